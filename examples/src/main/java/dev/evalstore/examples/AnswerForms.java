package dev.evalstore.examples;

import dev.evalstore.Json;
import dev.evalstore.exchange.ConstraintKind;
import dev.evalstore.exchange.ExpectedOutput;
import dev.evalstore.exchange.MatchKind;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.OutputConstraint;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One test case for each kind of expectation, with an output that passes and one that fails. */
enum AnswerForms {
    EXACT(accept(MatchKind.EXACT, "Paris"), "Paris", "paris"),
    PATTERN(accept(MatchKind.PATTERN, "^\\(?[A-D]\\)?$"), "(B)", "B or C"),
    FUZZY(accept(MatchKind.FUZZY, "Mississippi"), "Missisippi", "Missouri"),
    SEMANTIC(accept(MatchKind.SEMANTIC, "42"), "forty-two", "twenty-four"),
    LENGTH(constrain(ConstraintKind.LENGTH, Map.of("min", 2, "max", 12)), "in one line", "in more than one line"),
    CONTAINS(constrain(ConstraintKind.CONTAINS, Map.of("texts", List.of("km"))), "42 km", "26 miles"),
    NOT_CONTAINS(
            constrain(ConstraintKind.NOT_CONTAINS, Map.of("texts", List.of("sorry"), "ignore_case", true)),
            "It is blue.",
            "Sorry, I cannot."),
    HAS_PATTERN(constrain(ConstraintKind.PATTERN, Map.of("pattern", "\\d{4}-\\d{2}")), "in 2026-11", "in November"),
    JSON(constrain(ConstraintKind.JSON, Map.of()), "[1, 2]", "[1, 2"),
    ONE_OF(constrain(ConstraintKind.ONE_OF, Map.of("values", List.of("yes", "no"))), "no", "perhaps"),
    SCHEMA(
            prompt("schema")
                    .answer(NewTestCase.Answer.NONE.outputSchema(
                            Json.parse("{\"type\": \"object\", \"required\": [\"answer\"]}"))),
            "{\"answer\": 4}",
            "{\"result\": 4}");

    private static final Map<String, String> NUMBERS = Map.of("forty-two", "42", "twenty-four", "24");

    private final NewTestCase newCase;
    private final String good;
    private final String bad;

    AnswerForms(NewTestCase newCase, String good, String bad) {
        this.newCase = newCase.caseKey(name().toLowerCase(Locale.ROOT)).sortOrder(ordinal());
        this.good = good;
        this.bad = bad;
    }

    NewTestCase newCase() {
        return newCase;
    }

    String good() {
        return good;
    }

    String bad() {
        return bad;
    }

    /** The matcher of the host: an embedding or a judging model would stand here. */
    static boolean meansTheSame(ExpectedOutput expected, String output) {
        return expected.outputText().equals(NUMBERS.get(output));
    }

    private static NewTestCase prompt(String kind) {
        return NewTestCase.of(kind, kind, "Answer so that it can be checked: {{question}}");
    }

    private static NewTestCase accept(MatchKind kind, String output) {
        return prompt("expected output").accept(ExpectedOutput.of(kind, output));
    }

    private static NewTestCase constrain(ConstraintKind kind, Map<String, ?> config) {
        return prompt("constraint").constrain(OutputConstraint.of(kind, Json.of(config)));
    }
}
