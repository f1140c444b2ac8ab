package dev.evalstore.exchange;

import dev.evalstore.Json;
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
