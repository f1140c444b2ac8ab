package dev.evalstore.examples;

import dev.evalstore.Json;
import dev.evalstore.exchange.ConstraintKind;
import dev.evalstore.exchange.ExpectedOutput;
import dev.evalstore.exchange.MatchKind;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.OutputConstraint;
import java.util.List;
import java.util.Map;

/** A test case for one kind of expectation, with an output that passes and one that fails. */
record AnswerForm(NewTestCase newCase, String good, String bad) {
    /** One for each kind. */
    static final List<AnswerForm> ALL = List.of(
            accept("exact", MatchKind.EXACT, "Paris", "Paris", "paris"),
            accept("pattern", MatchKind.PATTERN, "^\\(?[A-D]\\)?$", "(B)", "B or C"),
            accept("fuzzy", MatchKind.FUZZY, "Mississippi", "Missisippi", "Missouri"),
            accept("semantic", MatchKind.SEMANTIC, "42", "forty-two", "twenty-four"),
            constrain("length", ConstraintKind.LENGTH, Map.of("max", 12), "in one line", "in more than one line"),
            constrain("contains", ConstraintKind.CONTAINS, Map.of("texts", List.of("km")), "42 km", "26 miles"),
            constrain(
                    "not contains",
                    ConstraintKind.NOT_CONTAINS,
                    Map.of("texts", List.of("sorry"), "ignore_case", true),
                    "It is blue.",
                    "Sorry, I cannot."),
            constrain(
                    "has pattern",
                    ConstraintKind.PATTERN,
                    Map.of("pattern", "\\d{4}-\\d{2}"),
                    "in 2026-11",
                    "in November"),
            constrain("json", ConstraintKind.JSON, Map.of(), "[1, 2]", "[1, 2"),
            constrain("one of", ConstraintKind.ONE_OF, Map.of("values", List.of("yes", "no")), "no", "perhaps"),
            fit("schema", "{\"type\": \"object\", \"required\": [\"answer\"]}", "{\"answer\": 4}", "{\"result\": 4}"));

    private static final Map<String, String> NUMBERS = Map.of("forty-two", "42", "twenty-four", "24");

    /** The matcher of the host: an embedding or a judging model would stand here. */
    static boolean meansTheSame(ExpectedOutput expected, String output) {
        return expected.outputText().equals(NUMBERS.get(output));
    }

    private static AnswerForm accept(String key, MatchKind kind, String expected, String good, String bad) {
        return new AnswerForm(prompt(key).accept(ExpectedOutput.of(kind, expected)), good, bad);
    }

    private static AnswerForm constrain(
            String key, ConstraintKind kind, Map<String, ?> config, String good, String bad) {
        return new AnswerForm(prompt(key).constrain(OutputConstraint.of(kind, Json.of(config))), good, bad);
    }

    private static AnswerForm fit(String key, String schema, String good, String bad) {
        NewTestCase.Answer answer = NewTestCase.Answer.NONE.outputSchema(Json.parse(schema));
        return new AnswerForm(prompt(key).answer(answer), good, bad);
    }

    private static NewTestCase prompt(String key) {
        return NewTestCase.of(key, "Checked by: " + key, "Answer so that it can be checked: {{question}}");
    }
}
