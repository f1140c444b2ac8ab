package dev.evalstore.examples;

import dev.evalstore.Json;
import dev.evalstore.exchange.ExpectedOutput;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.OutputConstraint;
import java.util.List;
import java.util.Map;

/** A test case for one kind of expectation, with an output that passes and one that fails. */
record AnswerForm(NewTestCase newCase, String good, String bad) {
    /** One for each kind. */
    static final List<AnswerForm> ALL = List.of(
            accept("exact", ExpectedOutput.exact("Paris"), "Paris", "paris"),
            accept("pattern", ExpectedOutput.pattern("^\\(?[A-D]\\)?$"), "(B)", "B or C"),
            accept("fuzzy", ExpectedOutput.fuzzy("Mississippi", 0.8), "Missisippi", "Missouri"),
            accept("semantic", ExpectedOutput.semantic("42"), "forty-two", "twenty-four"),
            constrain("length", OutputConstraint.length(1, 12), "in one line", "in more than one line"),
            constrain("contains", OutputConstraint.contains("km"), "42 km", "26 miles"),
            constrain("not contains", OutputConstraint.notContains("orry"), "It is blue.", "Sorry, I cannot."),
            constrain("has pattern", OutputConstraint.pattern("\\d{4}-\\d{2}"), "in 2026-11", "in November"),
            constrain("json", OutputConstraint.json(), "[1, 2]", "[1, 2"),
            constrain("one of", OutputConstraint.oneOf("yes", "no"), "no", "perhaps"),
            new AnswerForm(
                    prompt("schema").outputSchema(Json.parse("{\"type\": \"object\", \"required\": [\"answer\"]}")),
                    "{\"answer\": 4}",
                    "{\"result\": 4}"));

    private static final Map<String, String> NUMBERS = Map.of("forty-two", "42", "twenty-four", "24");

    /** The matcher of the host: an embedding or a judging model would stand here. */
    static boolean meansTheSame(ExpectedOutput expected, String output) {
        return expected.outputText().equals(NUMBERS.get(output));
    }

    private static AnswerForm accept(String key, ExpectedOutput expected, String good, String bad) {
        return new AnswerForm(prompt(key).accept(expected), good, bad);
    }

    private static AnswerForm constrain(String key, OutputConstraint constraint, String good, String bad) {
        return new AnswerForm(prompt(key).constrain(constraint), good, bad);
    }

    private static NewTestCase prompt(String key) {
        return NewTestCase.of(key, "Checked by: " + key, "Answer so that it can be checked: {{question}}");
    }
}
