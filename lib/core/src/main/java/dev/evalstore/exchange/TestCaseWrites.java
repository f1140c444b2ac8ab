package dev.evalstore.exchange;

import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Stores test cases with their expectations: three binary copies for any number of cases. All of it belongs into one
 * transaction, in which the caller has locked the version.
 */
final class TestCaseWrites {
    private static final String COPIED = """
            case_key, name, description, weight, difficulty, tags, prompt_template, variables, system_prompt,
            few_shot_examples, input_format, input_config, reference_output, output_schema, evaluation_method,
            sort_order""";

    private static final String COPY_CASES = """
            /* test_cases.create_all */ copy evalstore.test_cases (id, version_id, {copied})
            from stdin (format binary)""".replace("{copied}", COPIED);

    private static final int CASE_COLUMNS = 18;

    private static final String COPY_OUTPUTS = """
            /* expected_outputs.create_all */ copy evalstore.expected_outputs (case_id, position, output_text, kind,
                match_config, priority, description) from stdin (format binary)""";

    private static final int OUTPUT_COLUMNS = 7;

    private static final String COPY_CONSTRAINTS = """
            /* output_constraints.create_all */ copy evalstore.output_constraints (case_id, position, kind, config,
                required, severity, description) from stdin (format binary)""";

    private static final int CONSTRAINT_COLUMNS = 7;

    /** The foreign keys are checked when all three inserts are done. */
    private static final String COPY_TO = """
            /* test_cases.copy_to */ with pairs as materialized (
                select id as old_id, evalstore.uuid_v7() as new_id from evalstore.test_cases where version_id = ?),
            cases as (
                insert into evalstore.test_cases (id, version_id, {copied})
                select p.new_id, ?, {copied} from evalstore.test_cases c join pairs p on p.old_id = c.id),
            outputs as (
                insert into evalstore.expected_outputs
                    (case_id, position, output_text, kind, match_config, priority, description)
                select p.new_id, position, output_text, kind, match_config, priority, description
                from evalstore.expected_outputs e join pairs p on p.old_id = e.case_id)
            insert into evalstore.output_constraints
                (case_id, position, kind, config, required, severity, description)
            select p.new_id, position, kind, config, required, severity, description
            from evalstore.output_constraints o join pairs p on p.old_id = o.case_id""".replace("{copied}", COPIED);

    private static final String CLEAR_OUTPUTS = """
            /* expected_outputs.clear */ delete from evalstore.expected_outputs where case_id = ?""";

    private static final String CLEAR_CONSTRAINTS = """
            /* output_constraints.clear */ delete from evalstore.output_constraints where case_id = ?""";

    private TestCaseWrites() {}

    /**
     * Stores the cases in a version.
     *
     * @param cases as {@link CaseRules#cases} has passed them
     * @return their ids, in the order given
     */
    static List<UUID> insert(Jdbc tx, UUID version, List<NewTestCase> cases) {
        List<UUID> ids = Stream.generate(Uuids::next).limit(cases.size()).toList();
        if (!cases.isEmpty()) {
            tx.copyIn(COPY_CASES, out -> {
                for (int i = 0; i < cases.size(); i++) {
                    write(out, ids.get(i), version, cases.get(i));
                }
            });
        }
        insertExpectations(
                tx, ids, cases.stream().map(row -> row.answer().expectation()).toList());
        return ids;
    }

    /** Stores copies of all cases of a version in another. */
    static void copy(Jdbc tx, UUID from, UUID to) {
        tx.update(Sql.of(COPY_TO, from, to));
    }

    /** Stores an expectation in place of the case's present one. */
    static void replaceExpectation(Jdbc tx, UUID testCase, Expectation expectation) {
        tx.update(Sql.of(CLEAR_OUTPUTS, testCase));
        tx.update(Sql.of(CLEAR_CONSTRAINTS, testCase));
        insertExpectations(tx, List.of(testCase), List.of(expectation));
    }

    private static void insertExpectations(Jdbc tx, List<UUID> ids, List<Expectation> expectations) {
        if (expectations.stream().anyMatch(row -> !row.outputs().isEmpty())) {
            tx.copyIn(COPY_OUTPUTS, out -> {
                for (int i = 0; i < ids.size(); i++) {
                    write(out, ids.get(i), expectations.get(i).outputs());
                }
            });
        }
        if (expectations.stream().anyMatch(row -> !row.constraints().isEmpty())) {
            tx.copyIn(COPY_CONSTRAINTS, out -> {
                for (int i = 0; i < ids.size(); i++) {
                    writeConstraints(out, ids.get(i), expectations.get(i).constraints());
                }
            });
        }
    }

    private static void write(BinaryCopy out, UUID id, UUID version, NewTestCase row) throws SQLException {
        NewTestCase.Prompt prompt = row.prompt();
        NewTestCase.Answer answer = row.answer();
        out.row(CASE_COLUMNS)
                .uuid(id)
                .uuid(version)
                .text(row.caseKey())
                .text(row.name())
                .text(row.description())
                .real(row.grade().weight())
                .word(row.grade().difficulty())
                .texts(row.tags())
                .text(prompt.promptTemplate())
                .json(prompt.variables())
                .text(prompt.systemPrompt())
                .json(prompt.fewShotExamples())
                .text(prompt.inputFormat())
                .json(prompt.inputConfig())
                .text(answer.referenceOutput())
                .json(answer.outputSchema())
                .json(answer.evaluationMethod())
                .integer(row.sortOrder());
    }

    private static void write(BinaryCopy out, UUID testCase, List<ExpectedOutput> outputs) throws SQLException {
        for (int i = 0; i < outputs.size(); i++) {
            ExpectedOutput output = outputs.get(i);
            out.row(OUTPUT_COLUMNS)
                    .uuid(testCase)
                    .integer(i)
                    .text(output.outputText())
                    .word(output.kind())
                    .json(output.matchConfig())
                    .integer(output.priority())
                    .text(output.description());
        }
    }

    private static void writeConstraints(BinaryCopy out, UUID testCase, List<OutputConstraint> constraints)
            throws SQLException {
        for (int i = 0; i < constraints.size(); i++) {
            OutputConstraint constraint = constraints.get(i);
            out.row(CONSTRAINT_COLUMNS)
                    .uuid(testCase)
                    .integer(i)
                    .word(constraint.kind())
                    .json(constraint.config())
                    .bool(constraint.required())
                    .word(constraint.severity())
                    .text(constraint.description());
        }
    }
}
