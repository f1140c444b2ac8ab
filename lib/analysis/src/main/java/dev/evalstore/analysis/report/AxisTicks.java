package dev.evalstore.analysis.report;

import dev.evalstore.analysis.internal.Numbers;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The marks of an axis at round numbers, which enclose all values. Steps are 1, 2 or 5 times a power of ten, in decimal
 * arithmetic, so that a mark is the number that its label says.
 *
 * @param min the first mark
 * @param max the last mark
 * @param decimals of values between marks: two digits more than a step has; negative where values differ too much for that
 */
record AxisTicks(double min, double max, List<Tick> all, boolean logarithmic, int decimals) {
    private static final BigDecimal TWO = BigDecimal.valueOf(2);
    private static final BigDecimal FIVE = BigDecimal.valueOf(5);
    private static final MathContext MEANT = new MathContext(15, RoundingMode.HALF_EVEN);
    private static final double PLAIN_BELOW = 1e9;
    private static final int MAX_DECIMALS = 8;

    /** From this ratio of the greatest value to the least on, positive values are drawn on a logarithmic axis. */
    private static final double LOGARITHMIC_FROM = 50;

    private static final int MAX_DECADES = 12;

    /** Of the greatest power of ten that is a double. */
    private static final int MAX_EXPONENT = 308;

    /** @param label the value as the axis shows it */
    record Tick(double value, String label) {}

    /** At about so many equal steps. */
    static AxisTicks linear(double from, double to, int about) {
        double low = from;
        double high = to;
        if (!(high - low > Math.max(Math.abs(low), Math.abs(high)) * 1e-12) || high - low < 1e-290) {
            double around = low == 0 ? 1 : Math.max(Math.abs(low) / 10, 1e-280);
            low -= around;
            high += around;
        }
        BigDecimal step = step((high / about) - (low / about));
        BigDecimal first = multiple(low, step, RoundingMode.FLOOR);
        BigDecimal last = multiple(high, step, RoundingMode.CEILING);
        List<Tick> ticks = new ArrayList<>();
        for (BigDecimal at = first; at.compareTo(last) <= 0; at = at.add(step)) {
            ticks.add(new Tick(at.doubleValue(), label(at, step)));
        }
        return new AxisTicks(first.doubleValue(), last.doubleValue(), ticks, false, Math.max(0, 2 - exponent(step)));
    }

    /** At powers of ten, with 2 and 5 times them where there are few. */
    static AxisTicks logarithmic(double from, double to) {
        int low = exponent(decimal(from));
        int high = exponent(decimal(to));
        boolean fine = high - low <= 2;
        int every = 1 + (high - low) / MAX_DECADES;
        List<BigDecimal> values = new ArrayList<>();
        for (int e = low; e <= high + every; e += every) {
            BigDecimal unit = BigDecimal.ONE.scaleByPowerOfTen(Math.min(e, MAX_EXPONENT));
            values.add(unit);
            if (fine) {
                values.add(unit.multiply(TWO));
                values.add(unit.multiply(FIVE));
            }
        }
        int first = 0;
        while (first + 1 < values.size() && values.get(first + 1).doubleValue() <= from) {
            first++;
        }
        int last = values.size() - 1;
        while (last > first + 1 && values.get(last - 1).doubleValue() >= to) {
            last--;
        }
        List<Tick> ticks = values.subList(first, last + 1).stream()
                .map(value -> new Tick(Math.max(value.doubleValue(), Double.MIN_VALUE), label(value, value)))
                .toList();
        return new AxisTicks(ticks.get(0).value(), ticks.get(ticks.size() - 1).value(), ticks, true, -1);
    }

    /** Logarithmic where the values are positive and differ so much that most would else be in one place. */
    static AxisTicks fitting(double from, double to, int about) {
        return from > 0 && to / from >= LOGARITHMIC_FROM ? logarithmic(from, to) : linear(from, to, about);
    }

    /** Where the value is between the first mark, 0, and the last, 1. */
    double share(double value) {
        if (logarithmic) {
            double first = StrictMath.log10(min);
            return (StrictMath.log10(value) - first) / (StrictMath.log10(max) - first);
        }
        return (value / 2 - min / 2) / (max / 2 - min / 2);
    }

    /**
     * A value as texts beside the axis show it, so that its last digit is worth about a hundredth of a step, or less where the
     * value has else too few.
     */
    String text(double value) {
        return text(value, kept(value, null, null));
    }

    /** The same with its interval, where there is one. */
    String text(double value, @Nullable Double low, @Nullable Double high) {
        if (low == null || high == null) {
            return text(value);
        }
        int kept = kept(value, low, high);
        return text(value, kept) + " [" + text(low, kept) + ", " + text(high, kept) + "]";
    }

    private int kept(double value, @Nullable Double low, @Nullable Double high) {
        boolean hasDecimals = decimals >= 0 && decimals <= MAX_DECIMALS;
        return hasDecimals ? Shown.keeping(decimals, Arrays.asList(value, low, high)) : decimals;
    }

    private static String text(double value, int decimals) {
        if (value == 0) {
            return decimals > 0 && decimals <= MAX_DECIMALS ? Numbers.fixed(0, decimals) : "0";
        }
        if (decimals < 0 || decimals > MAX_DECIMALS || Math.abs(value) >= PLAIN_BELOW) {
            BigDecimal rounded = new BigDecimal(Numbers.significant(value, 4));
            return Math.abs(exponent(rounded)) < 5 ? grouped(rounded.toPlainString()) : scientific(rounded);
        }
        return grouped(Numbers.fixed(value, decimals));
    }

    private static BigDecimal step(double raw) {
        BigDecimal exact = decimal(raw);
        BigDecimal unit = BigDecimal.ONE.scaleByPowerOfTen(exponent(exact));
        for (BigDecimal times : List.of(BigDecimal.ONE, TWO, FIVE)) {
            if (exact.compareTo(unit.multiply(times)) <= 0) {
                return unit.multiply(times);
            }
        }
        return unit.scaleByPowerOfTen(1);
    }

    private static BigDecimal multiple(double value, BigDecimal step, RoundingMode mode) {
        return decimal(value).divide(step, 0, mode).multiply(step);
    }

    /** The number that is meant: 0.8, where the nearest double is a little above. */
    private static BigDecimal decimal(double value) {
        return new BigDecimal(value).round(MEANT);
    }

    /** Of the greatest power of ten that is not above the value. */
    private static int exponent(BigDecimal value) {
        return value.precision() - value.scale() - 1;
    }

    private static String label(BigDecimal value, BigDecimal step) {
        if (value.signum() == 0) {
            return "0";
        }
        int decimals = Math.max(0, step.stripTrailingZeros().scale());
        if (decimals > MAX_DECIMALS - 2 || value.abs().doubleValue() >= PLAIN_BELOW) {
            return scientific(value);
        }
        return grouped(value.setScale(decimals, RoundingMode.HALF_EVEN).toPlainString());
    }

    /** {@code 1.5e9}. */
    static String scientific(BigDecimal value) {
        BigDecimal digits = value.stripTrailingZeros();
        int exponent = exponent(digits);
        return grouped(digits.scaleByPowerOfTen(-exponent).toPlainString()) + "e" + exponent;
    }

    /** A comma between thousands; a real minus sign. */
    static String grouped(String plain) {
        boolean isNegative = plain.startsWith("-");
        String number = isNegative ? plain.substring(1) : plain;
        int point = number.indexOf('.') < 0 ? number.length() : number.indexOf('.');
        StringBuilder text = new StringBuilder(number);
        for (int i = point - 3; i > 0; i -= 3) {
            text.insert(i, ',');
        }
        return (isNegative ? "−" : "") + text;
    }
}
