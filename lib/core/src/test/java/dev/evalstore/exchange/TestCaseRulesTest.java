package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLException;

/** What no test case may be: refused by the field's name in Java, and by the constraint's name in the database. */
class TestCaseRulesTest {
    private static final String MARK = "pLaNtEd";
    private static final String LONG = "x".repeat(1_000_001);
    private static final Json LIST = Json.parse("[\"" + MARK + "\"]");
    private static final Json OBJECT = Json.parse("{\"" + MARK + "\": 1}");
    private static final Json LONG_OBJECT = Json.of(Map.of("x", LONG));
    private static final NewTestCase CASE = Cases.of("k");
    private static final NewTestCase.Prompt PROMPT = NewTestCase.Prompt.of("p");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static UUID version;
    private static UUID testCase;

    @BeforeAll
    static void draft() {
        UUID definition = ExchangeFixtures.create(database.db(), "mmlu").id();
        version = database.db()
                .exchange()
                .definitions()
                .version(definition, "1.0.0")
                .orElseThrow()
                .id();
        testCase = database.db().exchange().testCases().create(version, CASE).id();
    }

    /** A bad input, and the field that its message begins with. */
    record Bad(String field, ThrowingCallable call) {
        @Override
        public String toString() {
            return field;
        }
    }

    static Stream<Bad> bad() {
        UpdateTestCase none = UpdateTestCase.NOTHING;
        return Stream.of(
                new Bad("caseKey", () -> Cases.of(" ")),
                new Bad("caseKey", () -> Cases.of("🦖".repeat(201))),
                new Bad("caseKey", () -> Cases.of(MARK + "\0")),
                new Bad("caseKey", () -> none.caseKey(MARK + "\ud83e")),
                new Bad("name", () -> NewTestCase.of("k", "", "p")),
                new Bad("name", () -> none.name("n".repeat(201))),
                new Bad("description", () -> CASE.description(" ")),
                new Bad("description", () -> none.description(Patch.set("d".repeat(5_001)))),
                new Bad("weight", () -> CASE.weight(0)),
                new Bad("weight", () -> CASE.weight(1.0000001)),
                new Bad("weight", () -> CASE.weight(Double.NaN)),
                new Bad("weight", () -> none.weight(-0.5)),
                new Bad("tags", () -> CASE.tags(MARK)),
                new Bad("tags", () -> CASE.tags("a_b")),
                new Bad("tags", () -> CASE.tags("")),
                new Bad("tags", () -> CASE.tags("a".repeat(101))),
                new Bad(
                        "tags",
                        () -> none.tags(
                                IntStream.range(0, 21).mapToObj(i -> "t" + i).toList())),
                new Bad("promptTemplate", () -> NewTestCase.of("k", "n", " \n")),
                new Bad("promptTemplate", () -> none.promptTemplate(LONG)),
                new Bad("variables", () -> CASE.variables(LIST)),
                new Bad("variables", () -> none.variables(LONG_OBJECT)),
                new Bad(
                        "variables",
                        () -> CASE.variables(Json.of(IntStream.range(0, 1_001)
                                .boxed()
                                .collect(java.util.stream.Collectors.toMap(i -> "v" + i, i -> i))))),
                new Bad("systemPrompt", () -> PROMPT.systemPrompt("")),
                new Bad("systemPrompt", () -> none.systemPrompt(Patch.set(LONG))),
                new Bad("fewShotExamples", () -> PROMPT.fewShotExamples(OBJECT)),
                new Bad("fewShotExamples", () -> none.fewShotExamples(Json.of(1))),
                new Bad("inputFormat", () -> PROMPT.inputFormat("f".repeat(101))),
                new Bad("inputFormat", () -> none.inputFormat("")),
                new Bad("inputConfig", () -> PROMPT.inputConfig(LIST)),
                new Bad("inputConfig", () -> none.inputConfig(Patch.set(Json.of("text")))),
                new Bad("referenceOutput", () -> NewTestCase.Answer.NONE.referenceOutput(LONG)),
                new Bad("referenceOutput", () -> none.referenceOutput(Patch.set("\0"))),
                new Bad("outputSchema", () -> NewTestCase.Answer.NONE.outputSchema(LIST)),
                new Bad("outputSchema", () -> none.outputSchema(Patch.set(Json.parse("{\"type\": \"" + MARK + "\"}")))),
                new Bad("evaluationMethod", () -> NewTestCase.Answer.NONE.evaluationMethod(LIST)),
                new Bad("evaluationMethod", () -> none.evaluationMethod(Json.of(true))),
                new Bad("outputText", () -> CASE.accept(ExpectedOutput.of(MatchKind.EXACT, LONG))),
                new Bad("outputText", () -> CASE.accept(ExpectedOutput.of(MatchKind.EXACT, MARK + "\0"))),
                new Bad("outputText", () -> CASE.accept(ExpectedOutput.of(MatchKind.PATTERN, "(" + MARK))),
                new Bad(
                        "matchConfig",
                        () -> CASE.accept(
                                ExpectedOutput.of(MatchKind.SEMANTIC, "x").matchConfig(LIST))),
                new Bad(
                        "matchConfig",
                        () -> CASE.accept(
                                ExpectedOutput.of(MatchKind.EXACT, "x").matchConfig(OBJECT))),
                new Bad(
                        "description",
                        () -> CASE.accept(
                                ExpectedOutput.of(MatchKind.EXACT, "x").description(" "))),
                new Bad("config", () -> CASE.constrain(OutputConstraint.of(ConstraintKind.LENGTH, OBJECT))),
                new Bad("config", () -> CASE.constrain(OutputConstraint.of(ConstraintKind.ONE_OF, LIST))),
                new Bad(
                        "description",
                        () -> CASE.constrain(OutputConstraint.of(ConstraintKind.JSON, Json.EMPTY)
                                .description("d".repeat(5_001)))),
                new Bad(
                        "expectation",
                        () -> NewTestCase.Answer.NONE.expectation(new Expectation(
                                Collections.nCopies(101, ExpectedOutput.of(MatchKind.EXACT, "x")), List.of()))),
                new Bad(
                        "expectation",
                        () -> NewTestCase.Answer.NONE.expectation(new Expectation(
                                List.of(),
                                Collections.nCopies(101, OutputConstraint.of(ConstraintKind.JSON, Json.EMPTY))))),
                new Bad(
                        "expectation",
                        () -> database.db()
                                .exchange()
                                .testCases()
                                .setExpectation(
                                        testCase,
                                        new Expectation(
                                                Collections.nCopies(
                                                        11, ExpectedOutput.of(MatchKind.EXACT, LONG.substring(1))),
                                                List.of()))),
                new Bad(
                        "cases",
                        () -> database.db()
                                .exchange()
                                .testCases()
                                .createAll(version, List.of(Cases.of(MARK), Cases.of("x"), Cases.of(MARK)))),
                new Bad("cases", () -> ExchangeFixtures.version().cases(List.of(Cases.of(MARK), Cases.of(MARK)))),
                new Bad("cases", () -> ExchangeFixtures.version().cases(Collections.nCopies(100_001, CASE))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void is_refused_by_the_fields_name_and_without_its_value(Bad bad) {
        assertThatThrownBy(bad.call())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(bad.field() + " ")
                .hasMessageNotContaining(MARK);
    }

    @Test
    void the_greatest_of_each_is_stored() {
        String text = "🦖".repeat(1_000_000);
        NewTestCase greatest = NewTestCase.of("🦖".repeat(200), "🦖".repeat(200), text)
                .description("🦖".repeat(5_000))
                .weight(1)
                .tags(IntStream.range(0, 20)
                        .mapToObj(i -> (char) ('a' + i) + "a".repeat(99))
                        .toArray(String[]::new))
                .sortOrder(Integer.MIN_VALUE);
        greatest = greatest.prompt(greatest.prompt()
                        .systemPrompt(text)
                        .inputFormat("🦖".repeat(100))
                        .variables(Json.of(Map.of("x", "y".repeat(999_990)))))
                .answer(greatest.answer()
                        .referenceOutput(text)
                        .expectation(new Expectation(
                                Collections.nCopies(100, ExpectedOutput.of(MatchKind.EXACT, "🦖".repeat(4_000))),
                                List.of())));

        TestCase stored = database.db().exchange().testCases().create(version, greatest);

        assertThat(stored.promptTemplate()).isEqualTo(text);
        assertThat(stored.expectation()).isEqualTo(greatest.answer().expectation());
        assertThat(stored.sortOrder()).isEqualTo(Integer.MIN_VALUE);
        assertThat(database.db().exchange().testCases().findByKey(version, greatest.caseKey()))
                .contains(stored);
    }

    @Test
    void no_text_of_a_case_is_printed() {
        NewTestCase given = NewTestCase.of("not printed", MARK, MARK)
                .description(MARK)
                .accept(ExpectedOutput.of(MatchKind.EXACT, MARK).description(MARK))
                .constrain(OutputConstraint.of(ConstraintKind.CONTAINS, Json.of(Map.of("texts", List.of(MARK)))))
                .variables(OBJECT);
        TestCase stored = database.db().exchange().testCases().create(version, given);
        assertThat(List.of(
                        given.toString(),
                        given.prompt().toString(),
                        given.answer().toString(),
                        stored.toString()))
                .noneMatch(text -> text.contains(MARK));
    }

    /** As another program might write it. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            test_cases_case_key_length | case_key = ' '
            test_cases_case_key_length | case_key = repeat('x', 201)
            test_cases_name_length | name = repeat('x', 201)
            test_cases_description_length | description = ''
            test_cases_weight_range | weight = 0
            test_cases_weight_range | weight = 1.1
            test_cases_weight_range | weight = 'NaN'
            test_cases_difficulty_valid | difficulty = 'simple'
            test_cases_tags_format | tags = array['a b']
            test_cases_tags_format | tags = array['a,b']
            test_cases_tags_format | tags = array['a', null]
            test_cases_tags_format | tags = array['A']
            test_cases_tags_format | tags = array['-a']
            test_cases_tags_format | tags = array['']
            test_cases_tags_format | tags = array[repeat('a', 101)]
            test_cases_tags_format | tags = (select array_agg(concat('t', i)) from generate_series(1, 21) i)
            test_cases_prompt_template_length | prompt_template = E'\\n'
            test_cases_prompt_template_length | prompt_template = repeat('x', 1000001)
            test_cases_variables_object | variables = '[]'
            test_cases_system_prompt_length | system_prompt = ''
            test_cases_few_shot_examples_array | few_shot_examples = '{}'
            test_cases_input_format_length | input_format = ' '
            test_cases_input_config_object | input_config = '1'
            test_cases_reference_output_length | reference_output = repeat('x', 1000001)
            test_cases_output_schema_form | output_schema = '[]'
            test_cases_output_schema_form | output_schema = 'null'
            test_cases_evaluation_method_object | evaluation_method = 'null'
            test_cases_version_fk | version_id = gen_random_uuid()
            """)
    void a_bad_column_is_refused_by_a_named_constraint(String constraint, String assignment) throws SQLException {
        violates(constraint, "update evalstore.test_cases set " + assignment + " where id = '" + testCase + "'");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            expected_outputs_position_range | expected_outputs | (case_id, position, output_text, kind) values (?, 100, '', 'exact')
            expected_outputs_kind_valid | expected_outputs | (case_id, position, output_text, kind) values (?, 0, '', 'regex')
            expected_outputs_output_text_length | expected_outputs | (case_id, position, output_text, kind) values (?, 0, repeat('x', 1000001), 'exact')
            expected_outputs_match_config_object | expected_outputs | (case_id, position, output_text, kind, match_config) values (?, 0, '', 'exact', '[]')
            expected_outputs_description_length | expected_outputs | (case_id, position, output_text, kind, description) values (?, 0, '', 'exact', ' ')
            expected_outputs_pkey | expected_outputs | (case_id, position, output_text, kind) values (?, 0, '', 'exact'), (?, 0, '', 'exact')
            output_constraints_position_range | output_constraints | (case_id, position, kind) values (?, -1, 'json')
            output_constraints_kind_valid | output_constraints | (case_id, position, kind) values (?, 0, 'exact')
            output_constraints_config_object | output_constraints | (case_id, position, kind, config) values (?, 0, 'json', '1')
            output_constraints_severity_valid | output_constraints | (case_id, position, kind, severity) values (?, 0, 'json', 'fatal')
            output_constraints_description_length | output_constraints | (case_id, position, kind, description) values (?, 0, 'json', '')
            output_constraints_pkey | output_constraints | (case_id, position, kind) values (?, 0, 'json'), (?, 0, 'json')
            """)
    void a_bad_expectation_is_refused_by_a_named_constraint(String constraint, String table, String values)
            throws SQLException {
        violates(constraint, "insert into evalstore." + table + " " + values.replace("?", "'" + testCase + "'"));
    }

    private static void violates(String constraint, String sql) throws SQLException {
        try (Connection connection = database.connection();
                var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql))
                    .isInstanceOfSatisfying(
                            PSQLException.class,
                            e -> assertThat(e.getServerErrorMessage().getConstraint())
                                    .isEqualTo(constraint));
        }
    }

    @Test
    void a_tag_that_is_called_like_nothing_is_a_tag() throws SQLException {
        TestCase stored = database.db()
                .exchange()
                .testCases()
                .create(version, Cases.of("null tag").tags("null"));
        assertThat(database.db()
                        .exchange()
                        .testCases()
                        .list(TestCaseFilter.version(version).tag("null"))
                        .items())
                .containsExactly(stored);
    }
}
