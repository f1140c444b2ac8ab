package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Json;
import dev.evalstore.exchange.OutputCheck.Verdict;
import dev.evalstore.exchange.OutputCheck.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutputCheckTest {
    private static ExpectedOutput expected(MatchKind kind, String text, String config) {
        return ExpectedOutput.of(kind, text).matchConfig(Json.parse(config));
    }

    private static OutputConstraint constraint(ConstraintKind kind, String config) {
        return OutputConstraint.of(kind, Json.parse(config));
    }

    private static Verdict check(Expectation expectation, String output) {
        return OutputCheck.check(TestCases.of(expectation, null), output);
    }

    private static boolean matches(MatchKind kind, String text, String config, String output) {
        return check(new Expectation(List.of(expected(kind, text, config)), List.of()), output)
                .passed();
    }

    private static boolean meets(ConstraintKind kind, String config, String output) {
        return check(new Expectation(List.of(), List.of(constraint(kind, config))), output)
                .passed();
    }

    @Test
    void an_exact_output_is_the_same_text() {
        assertThat(matches(MatchKind.EXACT, "Paris", "{}", "Paris")).isTrue();
        assertThat(matches(MatchKind.EXACT, "Paris", "{}", "paris")).isFalse();
        assertThat(matches(MatchKind.EXACT, "Paris", "{}", " Paris\n")).isFalse();
        assertThat(matches(MatchKind.EXACT, "", "{}", "")).isTrue();
        assertThat(matches(MatchKind.EXACT, "Paris", "{\"trim\": true}", " Paris\n"))
                .isTrue();
        assertThat(matches(MatchKind.EXACT, "STRASSE", "{\"ignore_case\": true}", "strasse"))
                .isTrue();
        assertThat(matches(MatchKind.EXACT, "ΣΙΓΜΑΣ", "{\"ignore_case\": true}", "σιγμας"))
                .as("both small sigmas")
                .isTrue();
    }

    @Test
    void a_pattern_is_found_in_the_output_or_fits_the_whole() {
        assertThat(matches(MatchKind.PATTERN, "[0-9]+", "{}", "It is 42.")).isTrue();
        assertThat(matches(MatchKind.PATTERN, "[0-9]+", "{\"whole\": true}", "It is 42."))
                .isFalse();
        assertThat(matches(MatchKind.PATTERN, "[0-9]+", "{\"whole\": true}", "42"))
                .isTrue();
    }

    @Test
    void a_fuzzy_output_is_as_similar_as_the_threshold_says() {
        assertThat(matches(MatchKind.FUZZY, "kitten", "{}", "sitting")).isFalse();
        assertThat(matches(MatchKind.FUZZY, "kitten", "{\"threshold\": 0.57}", "sitting"))
                .isTrue();
        assertThat(matches(MatchKind.FUZZY, "kitten", "{\"threshold\": 0.58}", "sitting"))
                .isFalse();
        assertThat(matches(MatchKind.FUZZY, "", "{\"threshold\": 1}", "")).isTrue();
        assertThat(matches(MatchKind.FUZZY, "abcde", "{}", "abcdX"))
                .as("0.8 by default")
                .isTrue();
        assertThat(matches(
                        MatchKind.FUZZY,
                        "ABCDE",
                        "{\"ignore_case\": true, \"threshold\": 1, \"trim\": true}",
                        " abcde "))
                .isTrue();
    }

    @Test
    void the_host_compares_meanings_and_its_time_is_not_counted() {
        ExpectedOutput meaning = expected(MatchKind.SEMANTIC, "yes", "{\"model\": \"judge\"}");
        TestCase testCase = TestCases.of(new Expectation(List.of(meaning), List.of()), null);
        List<String> asked = new ArrayList<>();
        SemanticMatcher matcher = (expected, output) -> {
            asked.add(expected.outputText() + " " + expected.matchConfig().text());
            return output.equals("of course");
        };
        assertThat(OutputCheck.check(testCase, "of course", matcher).matched()).isSameAs(meaning);
        assertThat(OutputCheck.check(testCase, "no", matcher).passed()).isFalse();
        assertThat(asked).containsOnly("yes {\"model\": \"judge\"}").hasSize(2);
        assertThatThrownBy(() -> OutputCheck.check(testCase, "of course"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("semantic must be given");
        assertThatThrownBy(() -> OutputCheck.check(testCase, "x", (expected, output) -> {
                    throw new IllegalStateException("the judge is away");
                }))
                .hasMessage("the judge is away");
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
        Deadline deadline = Deadline.in(Duration.ofNanos(10), now::get);
        assertThat(deadline.pausedFor(() -> now.addAndGet(1_000))).isNegative();
        now.addAndGet(9);
        deadline.check();
        now.addAndGet(1);
        assertThatThrownBy(deadline::check).isInstanceOf(OutputCheckException.class);
    }

    @Test
    void any_expected_output_is_enough_and_the_one_of_highest_priority_is_named() {
        ExpectedOutput last = ExpectedOutput.of(MatchKind.EXACT, "4");
        ExpectedOutput first = ExpectedOutput.of(MatchKind.PATTERN, "[0-9]").priority(5);
        ExpectedOutput never = ExpectedOutput.of(MatchKind.EXACT, "5").priority(9);
        Expectation expectation = new Expectation(List.of(last, first, never), List.of());
        assertThat(check(expectation, "4")).isEqualTo(new Verdict(true, first, List.of()));
        assertThat(check(expectation, "four")).isEqualTo(new Verdict(false, null, List.of()));
        assertThat(check(Expectation.NONE, "anything")).isEqualTo(new Verdict(true, null, List.of()));
    }

    @Test
    void only_what_is_required_and_an_error_fails_an_output() {
        OutputConstraint max = constraint(ConstraintKind.LENGTH, "{\"max\": 3}");
        OutputConstraint digits = constraint(ConstraintKind.PATTERN, "{\"pattern\": \"[0-9]\"}");
        Expectation expectation = new Expectation(
                List.of(ExpectedOutput.of(MatchKind.EXACT, "four")),
                List.of(max.severity(Severity.WARNING), digits.required(false), max.severity(Severity.INFO)));
        Verdict verdict = check(expectation, "four");
        assertThat(verdict.passed()).isTrue();
        assertThat(verdict.violations())
                .extracting(Violation::constraint)
                .containsExactlyElementsOf(expectation.constraints());
        assertThat(verdict.violations()).noneMatch(Violation::isFailure);
        Verdict failed = check(new Expectation(expectation.outputs(), List.of(digits, max)), "four");
        assertThat(failed.passed()).isFalse();
        assertThat(failed.matched()).isNotNull();
        assertThat(failed.violations())
                .containsExactly(
                        new Violation(digits, "the pattern does not fit it"),
                        new Violation(max, "its length is not within the bounds"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "LENGTH       | {\"min\": 2, \"max\": 3}                       | 😀😀        | 😀",
                "LENGTH       | {\"max\": 3}                                   | abc         | abcd",
                "LENGTH       | {\"min\": 1}                                   | a           | ``",
                "CONTAINS     | {\"texts\": [\"a\", \"b\"]}                    | xbxa        | xAxb",
                "CONTAINS     | {\"texts\": [\"É\"], \"ignore_case\": true}    | café        | cafe",
                "NOT_CONTAINS | {\"texts\": [\"a\", \"b\"]}                    | cAd         | cbd",
                "NOT_CONTAINS | {\"texts\": [\"a\"], \"ignore_case\": true}    | b           | bA",
                "PATTERN      | {\"pattern\": \"^[A-D]$\"}                     | B           | b",
                "PATTERN      | {\"pattern\": \"[A-D]\", \"whole\": true}      | B           | BB",
                "JSON         | {}                                             | [1, {}]     | [1, {}",
                "JSON         | {}                                             | null        | nil",
                "JSON         | {\"schema\": {\"type\": \"integer\"}}          | 3           | \"3\"",
                "JSON         | {\"schema\": {\"type\": \"integer\"}}          | 3           | three",
                "JSON         | {\"schema\": false}                            |             | 1",
                "ONE_OF       | {\"values\": [\"yes\", \"no\"]}                | no          | No",
                "ONE_OF       | {\"values\": [\"yes\"], \"ignore_case\": true, \"trim\": true} | ` YES ` | yes.",
            })
    void constraints_are_met_or_not(ConstraintKind kind, String config, String good, String bad) {
        if (good != null) {
            assertThat(meets(kind, config, good)).isTrue();
        }
        assertThat(meets(kind, config, bad)).isFalse();
    }

    @Test
    void the_short_forms_are_those_of_their_kinds() {
        same(OutputConstraint.length(1, 9), ConstraintKind.LENGTH, "{\"min\": 1, \"max\": 9}");
        same(OutputConstraint.contains("a", "b"), ConstraintKind.CONTAINS, "{\"texts\": [\"a\", \"b\"]}");
        same(OutputConstraint.notContains("a"), ConstraintKind.NOT_CONTAINS, "{\"texts\": [\"a\"]}");
        same(OutputConstraint.pattern("[A-D]"), ConstraintKind.PATTERN, "{\"pattern\": \"[A-D]\"}");
        same(OutputConstraint.json(), ConstraintKind.JSON, "{}");
        same(OutputConstraint.oneOf("yes", "no"), ConstraintKind.ONE_OF, "{\"values\": [\"yes\", \"no\"]}");
        assertThat(List.of(ExpectedOutput.exact("x"), ExpectedOutput.pattern("x"), ExpectedOutput.semantic("x")))
                .containsExactly(
                        ExpectedOutput.of(MatchKind.EXACT, "x"),
                        ExpectedOutput.of(MatchKind.PATTERN, "x"),
                        ExpectedOutput.of(MatchKind.SEMANTIC, "x"));
        ExpectedOutput fuzzy = ExpectedOutput.fuzzy("x", 0.5);
        assertThat(fuzzy.kind()).isEqualTo(MatchKind.FUZZY);
        assertThat(fuzzy.matchConfig().asMap()).isEqualTo(Map.of("threshold", 0.5));
    }

    private static void same(OutputConstraint given, ConstraintKind kind, String config) {
        assertThat(given.kind()).isEqualTo(kind);
        assertThat(given.config().asMap()).isEqualTo(Json.parse(config).asMap());
        assertThat(given.required()).isTrue();
        assertThat(given.severity()).isEqualTo(Severity.ERROR);
    }

    @Test
    void the_output_schema_of_a_case_is_checked_first() {
        Json schema = Json.parse("""
                {"type": "object", "properties": {"answer": {"type": "string", "pattern": "^[A-D]$"}},
                 "required": ["answer"], "additionalProperties": false}
                """);
        OutputConstraint short_ = constraint(ConstraintKind.LENGTH, "{\"max\": 20}");
        TestCase testCase = TestCases.of(new Expectation(List.of(), List.of(short_)), schema);
        assertThat(OutputCheck.check(testCase, "{\"answer\": \"B\"}").passed()).isTrue();
        Verdict verdict = OutputCheck.check(testCase, "{\"answer\": \"secret, and too long\"}");
        assertThat(verdict.passed()).isFalse();
        assertThat(verdict.violations())
                .containsExactly(
                        new Violation(null, "it does not fit the JSON Schema, at /answer: pattern"),
                        new Violation(short_, "its length is not within the bounds"));
        assertThat(OutputCheck.check(testCase, "{}").violations())
                .containsExactly(new Violation(null, "it does not fit the JSON Schema, at its root: required"));
        assertThat(OutputCheck.check(testCase, "B").violations())
                .singleElement()
                .extracting(Violation::message)
                .asString()
                .startsWith("json: not a JSON document");
    }

    @ParameterizedTest
    @EnumSource(MatchKind.class)
    void every_kind_of_expected_output_takes_its_defaults(MatchKind kind) {
        OutputRules.check(ExpectedOutput.of(kind, "a"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EXACT   | a  | {\"ignorecase\": true}   | matchConfig may have only ignore_case, trim",
                "EXACT   | a  | {\"trim\": \"yes\"}      | matchConfig must have true or false as trim",
                "EXACT   | a  | {\"trim\": null}         | matchConfig must have true or false as trim",
                "EXACT   | a  | []                       | matchConfig must be an object of at most 1000000 characters",
                "PATTERN | (a | {}                       | outputText is not a regular expression of RE2: missing closing )",
                "PATTERN | a  | {\"threshold\": 1}       | matchConfig may have only whole",
                "FUZZY   | a  | {\"threshold\": 0}       | matchConfig must have a number above 0, at most 1, as threshold",
                "FUZZY   | a  | {\"threshold\": 1.01}    | matchConfig must have a number above 0, at most 1, as threshold",
                "FUZZY   | a  | {\"threshold\": \"0.5\"} | matchConfig must have a number above 0, at most 1, as threshold",
                "FUZZY   | a  | {\"threshold\": 1e999}   | matchConfig must have a number above 0, at most 1, as threshold",
            })
    void a_bad_configuration_of_an_expected_output_is_refused_when_a_case_is_made(
            MatchKind kind, String text, String config, String message) {
        assertThatThrownBy(() -> NewTestCase.of("a", "A case", "Say it.").accept(expected(kind, text, config)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LENGTH   | {}                                  | config must have min, max, or both, and min at most max",
                "LENGTH   | {\"min\": 3, \"max\": 2}            | config must have min, max, or both, and min at most max",
                "LENGTH   | {\"min\": -1}                       | config must have a whole number from 0 to 2147483647 as min",
                "LENGTH   | {\"max\": 2147483648}               | config must have a whole number from 0 to 2147483647 as max",
                "LENGTH   | {\"max\": 1.5}                      | config must have a whole number from 0 to 2147483647 as max",
                "CONTAINS | {}                                  | config must have 1 to 100 texts of 1 to 1000 characters as texts",
                "CONTAINS | {\"texts\": []}                     | config must have 1 to 100 texts of 1 to 1000 characters as texts",
                "CONTAINS | {\"texts\": [\"\"]}                 | config must have 1 to 100 texts of 1 to 1000 characters as texts",
                "CONTAINS | {\"texts\": [null]}                 | config must have 1 to 100 texts of 1 to 1000 characters as texts",
                "NOT_CONTAINS | {\"texts\": \"a\"}              | config must have 1 to 100 texts of 1 to 1000 characters as texts",
                "NOT_CONTAINS | {\"text\": \"a\"}               | config may have only texts, ignore_case",
                "PATTERN  | {}                                  | config must have a text as pattern",
                "PATTERN  | {\"pattern\": \"a**\"}              | config pattern is not a regular expression of RE2: invalid nested repetition operator",
                "PATTERN  | {\"pattern\": \"a\", \"whole\": 1}  | config must have true or false as whole",
                "JSON     | {\"type\": \"object\"}              | config may have only schema",
                "JSON     | {\"schema\": null}                  | config must have a document as schema",
                "JSON     | {\"schema\": {\"type\": \"text\"}}  | config schema is not a JSON Schema, at /type: enum",
                "JSON     | {\"schema\": 1}                     | config schema is not a JSON Schema, at its root: type",
                "ONE_OF   | {\"values\": []}                    | config must have 1 to 1000 texts of 0 to 10000 characters as values",
                "ONE_OF   | {\"values\": [1]}                   | config must have 1 to 1000 texts of 0 to 10000 characters as values",
            })
    void a_bad_configuration_of_a_constraint_is_refused_when_a_case_is_made(
            ConstraintKind kind, String config, String message) {
        assertThatThrownBy(() -> NewTestCase.of("a", "A case", "Say it.").constrain(constraint(kind, config)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void every_kind_is_tried_here() {
        assertThat(Set.of(MatchKind.values())).hasSize(4);
        assertThat(Set.of(ConstraintKind.values())).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void a_check_that_does_not_end_in_time_is_a_typed_error_that_names_its_part(int constraints) {
        String output = "a".repeat(50_000);
        List<OutputConstraint> slow = List.of(constraint(ConstraintKind.PATTERN, "{\"pattern\": \"(a+)+$\"}"));
        Expectation expectation = constraints == 1
                ? new Expectation(List.of(), slow)
                : new Expectation(List.of(ExpectedOutput.of(MatchKind.PATTERN, "(a+)+$")), List.of());
        assertThatThrownBy(() -> OutputCheck.check(expectation, null, output, (one, other) -> false, Duration.ZERO))
                .isInstanceOf(OutputCheckException.class)
                .hasMessage((constraints == 1 ? "constraints[0]" : "outputs[0]") + " was not checked within 0 ms");
        assertThat(check(expectation, output).passed()).isTrue();
        assertThat(check(expectation, output + "!").passed()).isFalse();
    }
}
