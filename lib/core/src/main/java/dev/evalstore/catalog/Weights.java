package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.util.Objects;

/** The rule for a use case's weights. */
final class Weights {
    private Weights() {}

    /** Refuses all but an object of finite numbers of at least 0. */
    static void check(String field, Json weights) {
        Objects.requireNonNull(weights, field);
        if (!weights.text().stripLeading().startsWith("{")) {
            throw new IllegalArgumentException(field + " must be an object of criteria to numbers");
        }
        weights.asMap().forEach((name, weight) -> {
            if (!(weight instanceof Number number)
                    || !(number.doubleValue() >= 0)
                    || Double.isInfinite(number.doubleValue())) {
                throw new IllegalArgumentException(field + " must hold numbers of at least 0");
            }
        });
    }
}
