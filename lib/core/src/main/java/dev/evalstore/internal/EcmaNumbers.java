package dev.evalstore.internal;

import java.math.BigInteger;

/**
 * Doubles as ECMAScript writes them ({@code Number::toString}), on every JDK: the shortest decimal that is read back as
 * the same double, and of several the closest. {@code Double.toString} gives other digits before JDK 19, and always at
 * least two.
 *
 * <p>The method is Schubfach: R. Giulietti, <i>The Schubfach way to render doubles</i>, 2020. The names are the paper's:
 * a double is {@code c·2^q}, its decimal {@code s·10^k}.
 */
public final class EcmaNumbers {
    private static final int FRACTION_BITS = 52;
    private static final int MIN_Q = -1074;

    /** Each integer up to here has a double of its own, and its digits are the shortest. */
    private static final long MAX_INTEGER = 1L << 53;

    private static final int MIN_K = -324;
    private static final int MAX_K = 292;
    private static final long LOW_63 = Long.MAX_VALUE;

    /** For each k, {@code floor(10^-k · 2^-r) + 1} in two halves of 63 bits, where r makes it 126 bits long. */
    private static final long[] POWERS = powers();

    private EcmaNumbers() {}

    /** A number, {@code NaN}, {@code Infinity} or {@code -Infinity}. Zero has no sign. */
    public static String text(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        StringBuilder text = new StringBuilder();
        append(text, value);
        return text.toString();
    }

    /** Appends a finite number. */
    static void append(StringBuilder out, double value) {
        if (Math.abs(value) <= MAX_INTEGER && value == (long) value) {
            out.append((long) value);
            return;
        }
        if (value < 0) {
            out.append('-');
        }
        long bits = Double.doubleToRawLongBits(value);
        long fraction = bits & (1L << FRACTION_BITS) - 1;
        int exponent = (int) (bits >>> FRACTION_BITS) & 0x7FF;
        if (exponent == 0) {
            shortest(out, fraction, MIN_Q, false);
        } else {
            // Below a power of two, the doubles are twice as close as above.
            boolean isEdge = fraction == 0 && exponent > 1;
            shortest(out, fraction | 1L << FRACTION_BITS, MIN_Q - 1 + exponent, isEdge);
        }
    }

    private static void shortest(StringBuilder out, long c, int q, boolean isEdge) {
        int k = isEdge ? floorLog10ThreeQuarters(q) : floorLog10(q);
        int h = q + floorLog2(-k) + 2;
        int at = (k - MIN_K) * 2;
        // Four times the value, and the bounds of what is read as it, in units of 10^k.
        long middle = scaled(at, 4 * c << h);
        long low = scaled(at, 4 * c - (isEdge ? 1 : 2) << h);
        long high = scaled(at, 4 * c + 2 << h);
        // A number midway between two doubles is read as the even one.
        long open = c & 1;
        long s = middle >> 2;
        long tens = s / 10;
        boolean isTens = low + open <= tens * 40;
        boolean isNextTens = tens * 40 + 40 + open <= high;
        if (isTens != isNextTens) {
            layOut(out, isTens ? tens : tens + 1, k + 1);
            return;
        }
        boolean isS = low + open <= s * 4;
        boolean isNext = s * 4 + 4 + open <= high;
        if (isS != isNext) {
            layOut(out, isS ? s : s + 1, k);
        } else {
            long beyondHalf = middle - (s * 4 + 2);
            layOut(out, beyondHalf < 0 || beyondHalf == 0 && (s & 1) == 0 ? s : s + 1, k);
        }
    }

    /** {@code factor} times the power, without its last 127 bits; the last bit of the result is 1 if any of those is. */
    private static long scaled(int at, long factor) {
        long upperLow = POWERS[at] * factor;
        long rest = (upperLow >>> 1) + Math.multiplyHigh(POWERS[at + 1], factor);
        long whole = Math.multiplyHigh(POWERS[at], factor) + (rest >>> 63);
        return whole | (rest & LOW_63) + LOW_63 >>> 63;
    }

    /** {@code digits·10^k} in the layout of ECMAScript: without an exponent from 1e-6 to below 1e21. */
    private static void layOut(StringBuilder out, long digits, int k) {
        long s = digits;
        int exponent = k;
        while (s % 10 == 0) {
            s /= 10;
            exponent++;
        }
        String text = Long.toString(s);
        int point = text.length() + exponent;
        if (exponent >= 0 && point <= 21) {
            out.append(text).append("0".repeat(exponent));
        } else if (point > 0 && point <= 21) {
            out.append(text, 0, point).append('.').append(text, point, text.length());
        } else if (point > -6 && point <= 0) {
            out.append("0.").append("0".repeat(-point)).append(text);
        } else {
            out.append(text.charAt(0));
            if (text.length() > 1) {
                out.append('.').append(text, 1, text.length());
            }
            out.append(point > 0 ? "e+" : "e").append(point - 1);
        }
    }

    /** {@code floor(log10(2^q))}. */
    private static int floorLog10(int q) {
        return (int) (q * 661_971_961_083L >> 41);
    }

    /** {@code floor(log10(3/4 · 2^q))}. */
    private static int floorLog10ThreeQuarters(int q) {
        return (int) (q * 661_971_961_083L - 274_743_187_321L >> 41);
    }

    /** {@code floor(log2(10^e))}. */
    private static int floorLog2(int e) {
        return (int) (e * 913_124_641_741L >> 38);
    }

    private static long[] powers() {
        long[] powers = new long[(MAX_K - MIN_K + 1) * 2];
        for (int k = MIN_K; k <= MAX_K; k++) {
            BigInteger ten = BigInteger.TEN.pow(Math.abs(k));
            int shift = 125 - floorLog2(-k);
            BigInteger power = (k <= 0
                            ? ten.shiftLeft(shift)
                            : BigInteger.ONE.shiftLeft(shift).divide(ten))
                    .add(BigInteger.ONE);
            powers[(k - MIN_K) * 2] = power.shiftRight(63).longValueExact();
            powers[(k - MIN_K) * 2 + 1] = power.longValue() & LOW_63;
        }
        return powers;
    }
}
