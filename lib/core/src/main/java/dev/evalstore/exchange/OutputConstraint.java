package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.internal.Check;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What every output of a test case must meet. The bounds are checked when it is put into a test case.
 *
 * @param config what exactly is demanded, an object; {@link OutputCheck} says what each kind takes
 * @param required whether an output that does not meet it fails, where its severity is {@link Severity#ERROR}
 * @param description not blank, at most 5,000 characters, or null
 */
public record OutputConstraint(
        ConstraintKind kind,
        Json config,
        boolean required,
        Severity severity,
        @Nullable String description) {
    public OutputConstraint {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(severity, "severity");
    }

    /** Required, with severity {@link Severity#ERROR}. */
    public static OutputConstraint of(ConstraintKind kind, Json config) {
        return new OutputConstraint(kind, config, true, Severity.ERROR, null);
    }

    /** A length in code points, from the least to the greatest; required, with severity {@link Severity#ERROR}. */
    public static OutputConstraint length(int min, int max) {
        return of(ConstraintKind.LENGTH, Json.parse("{\"min\": " + min + ", \"max\": " + max + "}"));
    }

    /** All of the texts; required, with severity {@link Severity#ERROR}. */
    public static OutputConstraint contains(String... texts) {
        return of(ConstraintKind.CONTAINS, Json.of(Map.of("texts", Check.list("texts", texts)), JsonMapping.builtIn()));
    }

    /** None of the texts; required, with severity {@link Severity#ERROR}. */
    public static OutputConstraint notContains(String... texts) {
        return of(
                ConstraintKind.NOT_CONTAINS,
                Json.of(Map.of("texts", Check.list("texts", texts)), JsonMapping.builtIn()));
    }

    /** The regular expression is found in it; required, with severity {@link Severity#ERROR}. */
    public static OutputConstraint pattern(String expression) {
        return of(
                ConstraintKind.PATTERN,
                Json.of(Map.of("pattern", Objects.requireNonNull(expression, "expression")), JsonMapping.builtIn()));
    }

    /** A JSON document; required, with severity {@link Severity#ERROR}. */
    public static OutputConstraint json() {
        return of(ConstraintKind.JSON, Json.EMPTY);
    }

    /** One of the values; required, with severity {@link Severity#ERROR}. */
    public static OutputConstraint oneOf(String... values) {
        return of(
                ConstraintKind.ONE_OF, Json.of(Map.of("values", Check.list("values", values)), JsonMapping.builtIn()));
    }

    public OutputConstraint required(boolean value) {
        return new OutputConstraint(kind, config, value, severity, description);
    }

    public OutputConstraint severity(Severity value) {
        return new OutputConstraint(kind, config, required, value, description);
    }

    public OutputConstraint description(String value) {
        return new OutputConstraint(kind, config, required, severity, value);
    }

    /** The fields that may be logged: not what is demanded. */
    @Override
    public String toString() {
        return "OutputConstraint[kind=" + kind + ", required=" + required + ", severity=" + severity + "]";
    }
}
