package dev.evalstore.exchange;

import dev.evalstore.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Checks a model's output against what a test case expects. Uses no database. Thread-safe.
 *
 * <p>An output passes if any expected output matches it, or there are none, and if it meets the output schema and every
 * constraint that is required and of severity error.
 *
 * <p>These are the kinds of expected outputs, and what their {@code matchConfig} may hold. Each setting may be left out;
 * a name that is not here is refused when the test case is made.
 *
 * <table>
 * <caption>Expected outputs</caption>
 * <tr><th>kind</th><th>matches</th><th>settings</th></tr>
 * <tr><td>{@code EXACT}</td><td>the same text</td><td>{@code ignore_case}, {@code trim}: true or false</td></tr>
 * <tr><td>{@code PATTERN}</td><td>a text in which the regular expression is found</td><td>{@code whole}: true, to fit
 *     the whole text</td></tr>
 * <tr><td>{@code FUZZY}</td><td>a similar text: 1 − edit distance ÷ the longer length, in code points, is at least the
 *     threshold. The edits are insertions, deletions and replacements of one code point. Two empty texts are the same
 *     </td><td>{@code threshold}: above 0, at most 1, otherwise 0.8; {@code ignore_case}, {@code trim}</td></tr>
 * <tr><td>{@code SEMANTIC}</td><td>what the host's {@link SemanticMatcher} says</td><td>any, for the matcher</td></tr>
 * </table>
 *
 * <p>These are the kinds of constraints, and what their {@code config} holds.
 *
 * <table>
 * <caption>Constraints</caption>
 * <tr><th>kind</th><th>demands</th><th>settings</th></tr>
 * <tr><td>{@code LENGTH}</td><td>a length in code points</td><td>{@code min}, {@code max}: one or both</td></tr>
 * <tr><td>{@code CONTAINS}</td><td>all of the texts</td><td>{@code texts}: 1 to 100 of 1 to 1,000 characters; {@code
 *     ignore_case}</td></tr>
 * <tr><td>{@code NOT_CONTAINS}</td><td>none of the texts</td><td>the same</td></tr>
 * <tr><td>{@code PATTERN}</td><td>the regular expression found in it</td><td>{@code pattern}; {@code whole}</td></tr>
 * <tr><td>{@code JSON}</td><td>a document as {@link Json#parse} takes it</td><td>{@code schema}: the JSON Schema that
 *     it fits</td></tr>
 * <tr><td>{@code ONE_OF}</td><td>one of the values</td><td>{@code values}: 1 to 1,000 of at most 10,000 characters;
 *     {@code ignore_case}, {@code trim}</td></tr>
 * </table>
 *
 * <p>Regular expressions are those of RE2: without look-around and back-references, and {@code $} is the end of the
 * text; {@code (?i)}, {@code (?m)} and {@code (?s)} set flags. They have at most 10,000 characters, also with
 * their counted repetitions written out. None takes exponential time.
 *
 * <p>A JSON Schema is of draft 2020-12, or of the draft 4, 6, 7 or 2019-09 that its {@code $schema} names. It may refer
 * to itself and to these drafts; nothing is loaded. Its patterns are those of RE2. Numbers have at most 1,000 digits, in
 * it and in the outputs that it checks. It needs the library {@code com.networknt:json-schema-validator} on the class
 * path.
 */
public final class OutputCheck {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final SemanticMatcher NONE = (expected, output) -> false;

    private OutputCheck() {}

    /**
     * Checks the output of a test case without expected outputs of kind {@link MatchKind#SEMANTIC}.
     *
     * @throws IllegalArgumentException if an expected output is of that kind
     * @throws OutputCheckException if the check does not end within five seconds or recurses too deep, or if an output has
     *     longer numbers than a JSON Schema is checked on
     * @throws IllegalStateException if the test case has a JSON Schema, and the library for it is missing
     */
    public static Verdict check(TestCase testCase, String output) {
        return check(testCase, output, NONE);
    }

    /**
     * Checks the output of any test case. Expected outputs are compared by priority until one matches, so the matcher
     * may not be called.
     *
     * @param semantic compares meanings; its time is not counted
     * @throws OutputCheckException if the check does not end within five seconds or recurses too deep, or if an output has
     *     longer numbers than a JSON Schema is checked on
     * @throws IllegalStateException if the test case has a JSON Schema, and the library for it is missing
     */
    public static Verdict check(TestCase testCase, String output, SemanticMatcher semantic) {
        return check(testCase.expectation(), testCase.outputSchema(), output, semantic, LIMIT);
    }

    static Verdict check(
            Expectation expectation, @Nullable Json schema, String output, SemanticMatcher semantic, Duration limit) {
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(semantic, "semantic");
        List<ExpectedOutput> outputs = expectation.outputs();
        if (semantic == NONE && outputs.stream().anyMatch(one -> one.kind() == MatchKind.SEMANTIC)) {
            throw new IllegalArgumentException("semantic must be given for an expected output of kind SEMANTIC");
        }
        Deadline deadline = Deadline.in(limit);
        ExpectedOutput matched = null;
        for (int i = 0; i < outputs.size() && matched == null; i++) {
            ExpectedOutput one = outputs.get(i);
            OutputRules.Test test = OutputRules.test(one, semantic);
            if (deadline.run("outputs[" + i + "]", () -> test.isPassed(output, deadline))) {
                matched = one;
            }
        }
        List<Violation> violations = new ArrayList<>();
        if (schema != null) {
            OutputRules.Demand demand = OutputRules.schemaDemand(schema);
            add(violations, null, deadline.run("outputSchema", () -> demand.failure(output, deadline)));
        }
        for (int i = 0; i < expectation.constraints().size(); i++) {
            OutputConstraint one = expectation.constraints().get(i);
            OutputRules.Demand demand = OutputRules.demand(one);
            add(violations, one, deadline.run("constraints[" + i + "]", () -> demand.failure(output, deadline)));
        }
        boolean passed =
                (outputs.isEmpty() || matched != null) && violations.stream().noneMatch(Violation::isFailure);
        return new Verdict(passed, matched, violations);
    }

    private static void add(
            List<Violation> violations, @Nullable OutputConstraint constraint, @Nullable String failure) {
        if (failure != null) {
            violations.add(new Violation(constraint, failure));
        }
    }

    /**
     * What a check found.
     *
     * @param passed whether the output passes
     * @param matched the expected output that matched, or null if none did, or there are none
     * @param violations what the output does not meet: the output schema first, then constraints in their order
     */
    public record Verdict(boolean passed, @Nullable ExpectedOutput matched, List<Violation> violations) {
        public Verdict {
            violations = List.copyOf(violations);
        }
    }

    /**
     * What an output does not meet.
     *
     * @param constraint null for the output schema of the test case
     * @param message why; holds nothing of the output but the names of a document's fields
     */
    public record Violation(@Nullable OutputConstraint constraint, String message) {
        /** Whether the output fails for it. */
        public boolean isFailure() {
            return constraint == null || constraint.required() && constraint.severity() == Severity.ERROR;
        }
    }
}
