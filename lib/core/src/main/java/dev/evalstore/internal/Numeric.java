package dev.evalstore.internal;

/** The range of PostgreSQL's {@code numeric}, in which {@code jsonb} keeps its numbers. */
final class Numeric {
    /** The most characters of a number that {@code jsonb} prints: sign, digits, point, digits. */
    static final int MAX_LENGTH = 1 + Numeric.MAX_DIGITS + 1 + Numeric.MAX_DECIMALS;

    private static final int MAX_DIGITS = 131_072;
    private static final int MAX_DECIMALS = 16_383;

    /** Longer exponents are beyond either bound, whatever the digits. */
    private static final int MAX_EXPONENT_DIGITS = 7;

    private Numeric() {}

    /** Whether {@code numeric} holds the number, written as JSON writes numbers. */
    static boolean holds(String number) {
        int digits = 0;
        int decimals = 0;
        boolean afterPoint = false;
        for (int i = 0; i < number.length(); i++) {
            char c = number.charAt(i);
            if (c == 'e' || c == 'E') {
                return holds(digits, decimals, number.substring(i + 1));
            }
            if (c == '.') {
                afterPoint = true;
            } else if (c != '-') {
                // Zeros before the first other digit do not count, but those behind the point move the others.
                digits += digits > 0 || c != '0' ? 1 : 0;
                decimals += afterPoint ? 1 : 0;
            }
        }
        return holds(digits, decimals, "0");
    }

    private static boolean holds(int digits, int decimals, String exponent) {
        String magnitude = exponent.replaceFirst("^[+-]?0*(?=[0-9])", "");
        if (magnitude.length() > MAX_EXPONENT_DIGITS) {
            return false;
        }
        int shift = Integer.parseInt(magnitude) * (exponent.startsWith("-") ? -1 : 1);
        return decimals - shift <= MAX_DECIMALS && (digits == 0 || digits - decimals + shift <= MAX_DIGITS);
    }
}
