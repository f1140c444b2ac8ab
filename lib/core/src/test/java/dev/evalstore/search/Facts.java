package dev.evalstore.search;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the oracle knows of an experiment.
 *
 * @param metrics the last value of each
 * @param attributes {@code String} for texts and words, {@link BigDecimal}, {@link Instant} or {@link UUID} for the other types;
 *     none for an empty column
 */
public record Facts(
        Map<String, Double> metrics,
        Map<String, ParamFact> params,
        Map<String, String> tags,
        Map<Attribute, Object> attributes) {

    /** A param as it was logged, and its value if it was logged as a number. */
    public record ParamFact(String text, @Nullable Double number) {}

    UUID id() {
        return (UUID) attributes.get(Attribute.ID);
    }
}
