package dev.evalstore.exchange;

import dev.evalstore.Cursor;
import dev.evalstore.JsonMapping;
import dev.evalstore.Page;
import dev.evalstore.Rows;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link TestCaseRepository} that only read. */
public sealed class TestCaseReads extends TableRows<TestCase, TestCaseFilter> permits TestCaseRepository {
    static final Table<TestCase> TABLE = Table.of("test case", "test_cases", """
                    id, version_id, case_key, name, description, weight, difficulty, tags, prompt_template, variables,
                    system_prompt, few_shot_examples, input_format, input_config, reference_output, output_schema,
                    evaluation_method, sort_order,
                    jsonb_build_object(
                        'outputs', array(
                            select jsonb_build_object('outputText', o.output_text, 'kind', upper(o.kind),
                                'matchConfig', o.match_config, 'priority', o.priority, 'description', o.description)
                            from evalstore.expected_outputs o where o.case_id = test_cases.id
                            order by o.priority desc, o.position),
                        'constraints', array(
                            select jsonb_build_object('kind', upper(o.kind), 'config', o.config,
                                'required', o.required, 'severity', upper(o.severity), 'description', o.description)
                            from evalstore.output_constraints o where o.case_id = test_cases.id
                            order by o.position)) as expectation,
                    created_at, updated_at""", TestCaseReads::map)
            .order(Keyset.leastFirst("test_cases", "sort_order", "case_key", TestCase::sortOrder, TestCase::caseKey));

    TestCaseReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The case of the version with exactly this key; empty when there is none. */
    public Optional<TestCase> findByKey(UUID versionId, String caseKey) {
        Check.text("caseKey", caseKey);
        Sql byKey = TABLE.select("find_by_key")
                .and("and version_id = ? and case_key = ?", Objects.requireNonNull(versionId, "versionId"), caseKey);
        return jdbc.find(byKey, TABLE.mapper());
    }

    /** A page of the version's cases, in order; see {@link Rows#list(Object, int, Cursor)}. */
    public Page<TestCase> listByVersion(UUID versionId, int limit, @Nullable Cursor after) {
        return list(TestCaseFilter.version(versionId), limit, after);
    }

    /**
     * Hands every case that the filter admits to the consumer, in order, all from one snapshot. About a million characters
     * are in memory at a time, or a few cases where one is longer; once, where long ones come behind short ones, up to
     * 1,000 of them. An exception of the consumer ends the reading and is thrown on.
     */
    public void stream(TestCaseFilter filter, Consumer<? super TestCase> consumer) {
        Sql all = TABLE.select("stream")
                .and(Objects.requireNonNull(filter, "filter"))
                .and("order by sort_order, case_key");
        jdbc.forEach(all, TABLE.mapper(), consumer);
    }

    /**
     * The prompt of a case: its template with a value in place of each {@code {{name}}}. A name has letters, digits
     * and underscores, does not begin with a digit, and has at most 64 characters; spaces around it do not count.
     * Whatever else is in the template stays as it is, other braces too. Asks no database.
     *
     * <p>The value is the given one, or else the default in the case's {@link TestCase#variables}. A text is inserted
     * as it is, and any other value as JSON by the library's own mapping. A value is not filled in turn, whatever
     * braces it has.
     *
     * @param variables values for variables that the template or the case's variables name
     * @return at most 10,000,000 characters
     * @throws IllegalArgumentException if a variable is given that neither the template nor the case's variables have,
     *     one of the template has neither a value nor a default, or a value cannot be written as JSON, as NaN cannot. The
     *     message names the variable, and never a value
     */
    public String render(TestCase testCase, Map<String, ?> variables) {
        Objects.requireNonNull(testCase, "testCase");
        return PromptTemplate.render(testCase.promptTemplate(), testCase.variables(), variables);
    }

    private static TestCase map(Row row) throws SQLException {
        return new TestCase(
                row.uuid("id"),
                row.uuid("version_id"),
                row.text("case_key"),
                row.text("name"),
                row.textOrNull("description"),
                row.real("weight"),
                row.enumValue("difficulty", Difficulty.class),
                row.texts("tags"),
                row.text("prompt_template"),
                row.json("variables"),
                row.textOrNull("system_prompt"),
                row.json("few_shot_examples"),
                row.text("input_format"),
                row.jsonOrNull("input_config"),
                row.textOrNull("reference_output"),
                row.jsonOrNull("output_schema"),
                row.json("evaluation_method"),
                row.integer("sort_order"),
                row.json("expectation").as(Expectation.class, JsonMapping.builtIn()),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
