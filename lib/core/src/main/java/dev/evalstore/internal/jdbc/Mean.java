package dev.evalstore.internal.jdbc;

/**
 * Means of floating columns by exact sums. A floating sum depends on the order and the number of what is added: the mean
 * of three 0.1 would differ from 0.1 in the last bit, and what is equal would be ranked as better and worse. The server
 * converts by 15 digits, so the result is kept between the least and the greatest value. Rounding lets a mean below any
 * normal number be zero, where the conversion would be refused as an underflow.
 */
public final class Mean {
    private static final String EXACT = "round(avg({c}::numeric), 307)::float8";

    private static final String MEAN = "greatest(min({c}), least(max({c}), {exact}))".replace("{exact}", EXACT);

    private Mean() {}

    /** The expression of the column's mean; null without values. */
    public static String of(String column) {
        return MEAN.replace("{c}", column);
    }
}
