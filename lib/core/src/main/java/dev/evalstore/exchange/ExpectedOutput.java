package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An output that a test case accepts. The bounds are checked when it is put into a test case.
 *
 * @param outputText what an output is compared with, for {@link MatchKind#PATTERN} a regular expression; may be empty,
 *     at most 1,000,000 characters
 * @param matchConfig how to compare, an object; {@link OutputCheck} says what each kind takes
 * @param priority compared first where it is higher
 * @param description not blank, at most 5,000 characters, or null
 */
public record ExpectedOutput(
        String outputText,
        MatchKind kind,
        Json matchConfig,
        int priority,
        @Nullable String description) {
    public ExpectedOutput {
        Objects.requireNonNull(outputText, "outputText");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(matchConfig, "matchConfig");
    }

    /** Compared by its kind's defaults, with priority 0. */
    public static ExpectedOutput of(MatchKind kind, String outputText) {
        return new ExpectedOutput(outputText, kind, Json.EMPTY, 0, null);
    }

    /** The same text, with priority 0. */
    public static ExpectedOutput exact(String text) {
        return of(MatchKind.EXACT, text);
    }

    /** A text in which the regular expression is found, with priority 0. */
    public static ExpectedOutput pattern(String expression) {
        return of(MatchKind.PATTERN, expression);
    }

    /**
     * A similar text, with priority 0.
     *
     * @param threshold the least similarity, above 0 and at most 1
     */
    public static ExpectedOutput fuzzy(String text, double threshold) {
        return of(MatchKind.FUZZY, text).matchConfig(Json.of(Map.of("threshold", threshold), JsonMapping.builtIn()));
    }

    /** A text of the same meaning, as the host's {@link SemanticMatcher} sees it, with priority 0. */
    public static ExpectedOutput semantic(String text) {
        return of(MatchKind.SEMANTIC, text);
    }

    public ExpectedOutput matchConfig(Json value) {
        return new ExpectedOutput(outputText, kind, value, priority, description);
    }

    public ExpectedOutput priority(int value) {
        return new ExpectedOutput(outputText, kind, matchConfig, value, description);
    }

    public ExpectedOutput description(String value) {
        return new ExpectedOutput(outputText, kind, matchConfig, priority, value);
    }

    /** The fields that may be logged: none of the texts. */
    @Override
    public String toString() {
        return "ExpectedOutput[kind=" + kind + ", priority=" + priority + "]";
    }
}
