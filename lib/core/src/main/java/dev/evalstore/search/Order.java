package dev.evalstore.search;

import java.util.List;
import java.util.Objects;

/**
 * One key that results are sorted by. Both ways, numbers come first, then NaN, then rows that lack the field. Texts and
 * words are sorted by their Unicode code points, ids by their bytes. Of params, numbers come first, by value, then NaN,
 * then all other texts, then rows without the param.
 */
public record Order(Field field, boolean descending) {
    public Order {
        Objects.requireNonNull(field, "field");
    }

    public static Order ascending(Field field) {
        return new Order(field, false);
    }

    public static Order descending(Field field) {
        return new Order(field, true);
    }

    /**
     * The keys that a text names, separated by commas, each with {@code asc} or {@code desc} or neither, which ascends:
     * {@code metrics.accuracy desc, name}.
     *
     * @throws SearchSyntaxException if the text does not fit the language, or names an unknown attribute
     */
    public static List<Order> parse(String text) {
        return new Parser("orderBy", text).orders();
    }

    @Override
    public String toString() {
        return field + (descending ? " desc" : " asc");
    }
}
