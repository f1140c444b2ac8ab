package dev.evalstore.analysis.internal;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
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

    /** Of a decimal with so many digits, or fewer, a double and sums of few of them keep every one. */
    public static final int DECIMALS = 14;

    /** Of a difference a few digits fewer, so that thirds are equal too. */
    private static final int OF_DIFFERENCE = 12;

    /** Powers of ten up to this one are doubles. */
    private static final int MAX_EXACT = 22;

    private static final int MIN_EXPONENT = -324;
    private static final double[] POWERS = powers();
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
        if (!Double.isFinite(value) || value == 0) {
            return value + 0.0;
        }
        int decimals = digits - exponent(Math.abs(value));
        if (decimals >= 0 && decimals <= MAX_EXACT && digits <= DECIMALS + 1) {
            double scaled = value * power(decimals);
            double whole = Math.rint(scaled);
            // Near a half, the product's own rounding could decide.
            if (Math.abs(scaled - whole) < 0.4) {
                return whole / power(decimals) + 0.0;
            }
        }
        return new BigDecimal(value)
                .round(new MathContext(digits, RoundingMode.HALF_EVEN))
                .doubleValue();
    }

    /**
     * {@code x - y} as the decimals have it for which the doubles stand: {@code 0.9 - 0.8} is what {@code 0.2 - 0.1} is, and
     * what differs by less than the fourteenth digit of the greater one is equal. Such a difference has 12 significant digits
     * at most, so that 1 - 2/3 is what 2/3 - 1/3 is. Of integers it is exact.
     */
    public static double difference(double x, double y) {
        double difference = x - y;
        if (difference == 0 || isInteger(x) && isInteger(y)) {
            return difference + 0.0;
        }
        int cancelled = exponent(Math.max(Math.abs(x), Math.abs(y))) - exponent(Math.abs(difference));
        int digits = Math.min(OF_DIFFERENCE, DECIMALS - cancelled);
        return digits < 1 ? 0 : rounded(difference, digits);
    }

    /** A mean of differences of these columns, or zero where it is no more than their rounding. */
    public static double mean(double mean, double[] x, double[] y) {
        return Math.abs(mean) <= Math.max(rounding(x), rounding(y)) ? 0 : mean;
    }

    /** By how much two means of such values may differ that are equal in decimals. */
    public static double rounding(double[] values) {
        return 2 * Math.ulp(Arrays.stream(values).map(Math::abs).max().orElse(0));
    }

    private static boolean isInteger(double value) {
        return value == Math.rint(value) && Math.abs(value) <= MAX_INTEGER;
    }

    /** The differences of two columns. */
    public static double[] differences(double[] x, double[] y) {
        double[] differences = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            differences[i] = difference(x[i], y[i]);
        }
        return differences;
    }

    /** How many digits a positive number has before its point; below 0.1, less how many zeros follow the point. */
    private static int exponent(double value) {
        int exponent = Math.getExponent(value) * 1233 >> 12;
        while (value < power(exponent)) {
            exponent--;
        }
        while (value >= power(exponent + 1)) {
            exponent++;
        }
        return exponent + 1;
    }

    private static double power(int exponent) {
        return POWERS[exponent - MIN_EXPONENT];
    }

    /** Of ten, from zero to infinity. */
    private static double[] powers() {
        double[] powers = new double[310 - MIN_EXPONENT];
        for (int i = 0; i < powers.length; i++) {
            powers[i] = Double.parseDouble("1e" + (i + MIN_EXPONENT));
        }
        return powers;
    }

    /** A computed figure with its {@link #DIGITS}. Zero is never negative. */
    public static double figure(double value) {
        return rounded(value, DIGITS);
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
