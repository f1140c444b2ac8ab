package dev.evalstore.analysis.internal;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import tools.jackson.core.io.NumberOutput;

/**
 * The one place where numbers become text or lose digits: the same on every JDK, in every locale. Halves go to the even
 * digit, and what is rounded is the exact value of the double, not its shortest decimal.
 */
public final class Numbers {
    /**
     * The significant digits of a computed figure that is kept or compared. Logarithms and powers may differ in their
     * last bit between JDKs and processors, and sums of them in a few more: of about 16 digits, 10 are the same anywhere.
     */
    public static final int DIGITS = 10;

    /** The greatest size of a figure of which statistics are made, which leaves room for their squares and sums. */
    public static final double MAX_FIGURE = 1e140;

    private static final MathContext FIGURE = new MathContext(DIGITS, RoundingMode.HALF_EVEN);
    private static final double MAX_INTEGER = 1L << 53;
    private static final int MAX_PLAIN = 21;
    private static final int MIN_PLAIN = -6;

    private Numbers() {}

    /**
     * The shortest decimal that is read back as the same double, in the layout of ECMAScript and JSON: {@code 5}, {@code
     * 0.1}, {@code 1e-7}, {@code 1.5e+21}. Negative zero is {@code 0}; the others are {@code NaN}, {@code Infinity} and
     * {@code -Infinity}.
     */
    public static String text(double value) {
        if (value == (long) value && Math.abs(value) <= MAX_INTEGER) {
            return Long.toString((long) value);
        }
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        // Schubfach, as Double.toString has it since JDK 19.
        return layOut(NumberOutput.toString(value, true));
    }

    /** A decimal without an exponent, and without zeros at its end. */
    public static String text(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    /** The number with this many significant digits, 1 or more; NaN and infinities as they are. */
    public static double rounded(double value, int digits) {
        return rounded(value, new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    /** A computed figure with its {@link #DIGITS}. Zero is never negative. */
    public static double figure(double value) {
        return rounded(value, FIGURE);
    }

    /**
     * The number with exactly so many decimals and without an exponent, as tables show it: {@code 0.350}. Never {@code
     * -0.000}; NaN and infinities as {@link #text(double)} has them.
     *
     * @param decimals 0 or more
     */
    public static String fixed(double value, int decimals) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        return new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
    }

    /** The number with this many significant digits as {@link #text(double)}, for labels: {@code 0.35}, {@code 1200}. */
    public static String significant(double value, int digits) {
        return text(rounded(value, digits));
    }

    private static double rounded(double value, MathContext digits) {
        if (!Double.isFinite(value) || value == 0) {
            return value + 0.0;
        }
        return new BigDecimal(value).round(digits).doubleValue();
    }

    /** {@code 1.25E-7} and {@code 0.5} in the layout of ECMAScript. */
    private static String layOut(String java) {
        int e = java.indexOf('E');
        if (e < 0) {
            return java.endsWith(".0") ? java.substring(0, java.length() - 2) : java;
        }
        int begin = java.charAt(0) == '-' ? 1 : 0;
        String sign = java.substring(0, begin);
        // One digit before the point, and ".0" where there is none after it.
        String digits = java.charAt(begin) + (java.startsWith("0E", begin + 2) ? "" : java.substring(begin + 2, e));
        int point = Integer.parseInt(java.substring(e + 1)) + 1;
        if (point > digits.length() && point <= MAX_PLAIN) {
            return sign + digits + "0".repeat(point - digits.length());
        }
        if (point > 0 && point <= MAX_PLAIN) {
            return sign + digits.substring(0, point) + (point == digits.length() ? "" : "." + digits.substring(point));
        }
        if (point > MIN_PLAIN && point <= 0) {
            return sign + "0." + "0".repeat(-point) + digits;
        }
        return sign
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + (point > 0 ? "e+" : "e")
                + (point - 1);
    }
}
