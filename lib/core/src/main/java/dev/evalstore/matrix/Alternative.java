package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import java.util.Map;
import java.util.Objects;

/**
 * One of the things that are compared.
 *
 * @param <K> the type of its key
 * @param key identifies it
 * @param values a finite number for each criterion
 */
public record Alternative<K>(K key, Map<Criterion, Double> values) {
    public Alternative {
        Objects.requireNonNull(key, "key");
        values = Map.copyOf(values);
        values.forEach((criterion, value) -> Check.finiteOrNull(criterion.name(), value));
    }

    double value(Criterion criterion) {
        Double value = values.get(criterion);
        if (value == null) {
            throw new IllegalArgumentException("an alternative has no value for the criterion " + criterion.name());
        }
        return value;
    }
}
