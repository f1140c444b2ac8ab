package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.List;
import java.util.Objects;

/**
 * A change of a test case, whose expectation {@link TestCaseRepository#setExpectation} replaces; {@link NewTestCase}
 * describes the fields. Immutable.
 */
public final class UpdateTestCase extends Assignments<UpdateTestCase> {
    /** Changes nothing. */
    public static final UpdateTestCase NOTHING = new UpdateTestCase(new Columns());

    private UpdateTestCase(Columns columns) {
        super(columns, UpdateTestCase::new);
    }

    boolean isNothing() {
        return columns().isEmpty();
    }

    public UpdateTestCase caseKey(String value) {
        return with("case_key", CaseRules.caseKey(value));
    }

    public UpdateTestCase name(String value) {
        return with("name", CaseRules.name(value));
    }

    public UpdateTestCase description(Patch<String> change) {
        CaseRules.description(change.value());
        return with("description", change);
    }

    public UpdateTestCase weight(double value) {
        return with("weight", CaseRules.weight(value));
    }

    public UpdateTestCase difficulty(Difficulty value) {
        return with("difficulty", Objects.requireNonNull(value, "difficulty"));
    }

    public UpdateTestCase tags(List<String> values) {
        return with("tags", SqlArray.texts(CaseRules.tags(values)));
    }

    public UpdateTestCase promptTemplate(String value) {
        return with("prompt_template", CaseRules.promptTemplate(value));
    }

    public UpdateTestCase variables(Json value) {
        return with("variables", CaseRules.variables(value));
    }

    public UpdateTestCase systemPrompt(Patch<String> change) {
        CaseRules.systemPrompt(change.value());
        return with("system_prompt", change);
    }

    public UpdateTestCase fewShotExamples(Json value) {
        return with("few_shot_examples", CaseRules.fewShotExamples(value));
    }

    public UpdateTestCase inputFormat(String value) {
        return with("input_format", CaseRules.inputFormat(value));
    }

    public UpdateTestCase inputConfig(Patch<Json> change) {
        CaseRules.inputConfig(change.value());
        return with("input_config", change);
    }

    public UpdateTestCase referenceOutput(Patch<String> change) {
        CaseRules.referenceOutput(change.value());
        return with("reference_output", change);
    }

    public UpdateTestCase outputSchema(Patch<Json> change) {
        CaseRules.outputSchema(change.value());
        return with("output_schema", change);
    }

    public UpdateTestCase evaluationMethod(Json value) {
        return with("evaluation_method", CaseRules.evaluationMethod(value));
    }

    public UpdateTestCase sortOrder(int value) {
        return with("sort_order", value);
    }
}
