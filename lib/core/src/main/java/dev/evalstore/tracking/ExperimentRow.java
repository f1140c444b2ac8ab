package dev.evalstore.tracking;

import dev.evalstore.search.Attribute;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An experiment that a search found: of all that it has, what was selected. What is missing in a map was not selected, or the
 * experiment lacks it.
 *
 * @param attributes a {@code String}, {@link BigDecimal}, {@link Instant} or {@link UUID} each; none for an empty column
 * @param metrics the last values, by name, in the names' order
 * @param params by name, in the names' order
 * @param tags by name, in the names' order; the value of a bare tag is empty
 */
public record ExperimentRow(
        UUID id,
        Map<Attribute, Object> attributes,
        Map<String, Double> metrics,
        Map<String, ParamValue> params,
        Map<String, String> tags) {
    public ExperimentRow {
        Map<Attribute, Object> copy = new EnumMap<>(Attribute.class);
        copy.putAll(attributes);
        attributes = Collections.unmodifiableMap(copy);
        metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
        params = Collections.unmodifiableMap(new TreeMap<>(params));
        tags = Collections.unmodifiableMap(new TreeMap<>(tags));
    }

    /** How much it is: none of the names and values. */
    @Override
    public String toString() {
        return "ExperimentRow[id=" + id + ", " + attributes.size() + " attributes, " + metrics.size() + " metrics, "
                + params.size() + " params, " + tags.size() + " tags]";
    }

    /** The name, or null where it was not selected. */
    public @Nullable String name() {
        return text(Attribute.NAME);
    }

    /** An attribute as text: a word, a name, a number or time as it prints; null where it is missing. */
    public @Nullable String text(Attribute attribute) {
        Object value = attributes.get(attribute);
        return value == null ? null : value.toString();
    }

    /** An attribute that is a number, or null where it is missing. */
    public @Nullable BigDecimal number(Attribute attribute) {
        return attributes.get(attribute) instanceof BigDecimal number ? number : null;
    }

    /** An attribute that is a time, or null where it is missing. */
    public @Nullable Instant time(Attribute attribute) {
        return attributes.get(attribute) instanceof Instant time ? time : null;
    }

    /** The last value of a metric, or null where it is missing. */
    public @Nullable Double metric(String metric) {
        return metrics.get(metric);
    }

    /** The text of a param as it was logged, or null where it is missing. */
    public @Nullable String param(String param) {
        ParamValue value = params.get(param);
        return value == null ? null : value.text();
    }

    /** The value of a tag, or null where it is missing. */
    public @Nullable String tag(String tag) {
        return tags.get(tag);
    }
}
