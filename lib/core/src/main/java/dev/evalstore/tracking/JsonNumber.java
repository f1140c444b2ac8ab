package dev.evalstore.tracking;

import org.jspecify.annotations.Nullable;

/** The number that a JSON value stands for in a comparison. */
final class JsonNumber {
    /** Of a longer text, the beginning decides. */
    static final int MAX_LENGTH = 1_100;

    private static final double MAX = 1e300;
    private static final double MIN = 1e-300;

    private JsonNumber() {}

    /**
     * A boolean is 1 or 0. What is no number, or one beyond ±1e300, is NaN; one nearer to zero than 1e-300 is zero.
     *
     * @param json a value as PostgreSQL writes it, which has no exponent
     * @return null where there is no value
     */
    static @Nullable Double orNull(@Nullable String json) {
        if (json == null || json.equals("null")) {
            return null;
        }
        return switch (json.charAt(0)) {
            case 't' -> 1.0;
            case 'f' -> 0.0;
            case '"', '[', '{' -> Double.NaN;
            default -> number(Double.parseDouble(json));
        };
    }

    private static double number(double value) {
        double size = Math.abs(value);
        return size > MAX ? Double.NaN : size < MIN ? 0 : value;
    }
}
