package dev.evalstore.analysis.report;

import dev.evalstore.analysis.internal.Numbers;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Values as reports show them. What is shown is rounded from the ten digits of a figure that are the same on every JDK.
 *
 * @param decimals of each number of a column; -1 for numbers with an exponent
 */
record Shown(int decimals) {
    private static final int DIGITS = 4;

    /** Of any number, unless there are fewer. */
    private static final int LEAST = 3;

    /** How many decimals the largest number of a column takes on for the others. */
    private static final int MAX_MORE = 3;

    private static final int MAX_DECIMALS = 8;
    private static final double SMALLEST_P = 0.0001;
    private static final int P_DECIMALS = 4;
    private static final int STATISTIC_DIGITS = 7;
    private static final int CENTS = 2;

    /** Instead of decimals, where the largest number of a column begins behind more of them than are shown. */
    private static final int NONE = -1;

    /** Room for what is said of a cut. */
    private static final int CUT_NOTE = 24;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** For numbers that are compared with each other; see {@link #ofRows}. */
    static Shown of(Stream<@Nullable Double> values) {
        return ofRows(values.map(Arrays::asList));
    }

    /**
     * For rows of numbers, each of which is a value with its interval, that are compared with each other: the largest has four
     * digits, if it is not too small for that, and whole numbers have no decimals. Where a few more decimals keep the others
     * from losing theirs, all have so many.
     */
    static Shown ofRows(Stream<List<@Nullable Double>> rows) {
        List<List<@Nullable Double>> all = rows.toList();
        List<@Nullable Double> numbers = new ArrayList<>();
        all.forEach(numbers::addAll);
        double largest = largest(numbers);
        boolean isWhole = numbers.stream()
                .allMatch(value -> value == null || !Double.isFinite(value) || value == Math.rint(value));
        if (isWhole || largest == 0) {
            return new Shown(0);
        }
        int before = digitsBefore(largest);
        if (before < LEAST - MAX_DECIMALS) {
            return new Shown(NONE);
        }
        int decimals = Math.max(0, Math.min(MAX_DECIMALS, DIGITS - before));
        int[] kept = new int[all.size()];
        Arrays.setAll(kept, row -> keeping(decimals, all.get(row)));
        boolean isNear = Arrays.stream(kept).allMatch(each -> each >= decimals && each <= decimals + MAX_MORE);
        return new Shown(isNear ? Arrays.stream(kept).max().orElse(decimals) : decimals);
    }

    /**
     * So many decimals, or more where else the largest of these numbers would lose one of its first three digits; -1 for an
     * exponent, where it begins behind more decimals than are shown.
     */
    static int keeping(int decimals, List<@Nullable Double> together) {
        double largest = largest(together);
        int before = digitsBefore(largest);
        if (largest == 0 || decimals == NONE || decimals >= LEAST - before) {
            return decimals;
        }
        int most = Math.min(MAX_DECIMALS, DIGITS - before);
        for (int fewer = decimals; fewer <= most; fewer++) {
            int each = fewer;
            if (together.stream().allMatch(value -> isWhole(value, each))) {
                return fewer;
            }
        }
        return before < LEAST - MAX_DECIMALS ? NONE : most;
    }

    /** Whether so many decimals are all that a number has. */
    private static boolean isWhole(@Nullable Double value, int decimals) {
        return value == null
                || !Double.isFinite(value)
                || new BigDecimal(Numbers.text(Numbers.figure(value)))
                                .stripTrailingZeros()
                                .scale()
                        <= decimals;
    }

    private static double largest(List<@Nullable Double> numbers) {
        double largest = 0;
        for (Double value : numbers) {
            if (value != null && Double.isFinite(value)) {
                largest = Math.max(largest, Math.abs(Numbers.figure(value)));
            }
        }
        return largest;
    }

    /** Before the decimal point; negative where zeros follow on it. */
    private static int digitsBefore(double value) {
        BigDecimal exact = new BigDecimal(value);
        return exact.precision() - exact.scale();
    }

    /** By itself. */
    String number(double value) {
        return number(value, null, null);
    }

    /** With the decimals of its interval, beyond which its own say nothing. */
    String number(double value, @Nullable Double low, @Nullable Double high) {
        return text(value, keeping(decimals, Arrays.asList(value, low, high)));
    }

    @Nullable
    String numberOrNull(@Nullable Double value) {
        return value == null ? null : number(value);
    }

    @Nullable
    String numberOrNull(@Nullable Double value, @Nullable Double low, @Nullable Double high) {
        return value == null ? null : number(value, low, high);
    }

    /** Null where an end is. */
    @Nullable
    String interval(@Nullable Double low, @Nullable Double high) {
        if (low == null || high == null) {
            return null;
        }
        int kept = keeping(decimals, Arrays.asList(low, high));
        return "[" + text(low, kept) + ", " + text(high, kept) + "]";
    }

    private static String text(double value, int decimals) {
        if (!Double.isFinite(value)) {
            return value > 0 ? "∞" : value < 0 ? "−∞" : "NaN";
        }
        double figure = Numbers.figure(value);
        if (figure != 0 && decimals == NONE) {
            return AxisTicks.scientific(new BigDecimal(Numbers.significant(figure, DIGITS)));
        }
        return Math.abs(figure) >= 1e15
                ? AxisTicks.scientific(new BigDecimal(Numbers.text(figure)))
                : AxisTicks.grouped(Numbers.fixed(figure, Math.max(0, decimals)));
    }

    static String whole(long value) {
        return AxisTicks.grouped(Long.toString(value));
    }

    /** A p-value. Below 0.0001 it says so: a smaller one means nothing more. */
    static @Nullable String p(@Nullable Double value) {
        if (value == null) {
            return null;
        }
        return value < SMALLEST_P ? "< 0.0001" : Numbers.fixed(Numbers.figure(value), P_DECIMALS);
    }

    /** The value of a test, with the halves that sums of ranks have. */
    static @Nullable String statistic(@Nullable Double value) {
        if (value == null) {
            return null;
        }
        String text = Numbers.significant(value, STATISTIC_DIGITS);
        return text.contains("e") ? text : AxisTicks.grouped(text);
    }

    /** With all digits that it has: 0.999999 is not 1. */
    static String percent(double share) {
        return percent(new BigDecimal(Numbers.text(share)));
    }

    /** The level of intervals by which a test at alpha goes. */
    static String level(double alpha) {
        return percent(BigDecimal.ONE.subtract(new BigDecimal(Numbers.text(alpha))));
    }

    private static String percent(BigDecimal share) {
        return Numbers.text(share.movePointRight(2)) + " %";
    }

    /** How many decimals amounts of a column need so that none loses a digit: at least two. */
    static int cents(Stream<@Nullable BigDecimal> values) {
        int decimals = CENTS;
        for (BigDecimal value : values.toList()) {
            decimals = value == null
                    ? decimals
                    : Math.max(decimals, value.stripTrailingZeros().scale());
        }
        return decimals;
    }

    /** US dollars with so many decimals. */
    static String usd(BigDecimal value, int decimals) {
        return AxisTicks.grouped(value.stripTrailingZeros().setScale(decimals).toPlainString());
    }

    /** US dollars with all decimals that they have, at least two. */
    static String usd(BigDecimal value) {
        return usd(value, Math.max(CENTS, value.stripTrailingZeros().scale()));
    }

    /** A name of at most so many characters: what is too much is left out of its middle. */
    static String shortened(String name, int max) {
        int[] points = name.codePoints().toArray();
        int kept = (max - 1) / 2;
        return points.length <= max ? name : Directions.cut(points, max - 1 - kept, points.length - kept);
    }

    static @Nullable String time(@Nullable Instant value) {
        return value == null ? null : TIME.format(value);
    }

    static String duration(Duration value) {
        long seconds = value.toSeconds();
        if (seconds < 60) {
            return Numbers.text(BigDecimal.valueOf(value.toMillis(), 3)) + " s";
        }
        List<String> parts = new ArrayList<>();
        part(parts, seconds / 86_400, "d");
        part(parts, seconds / 3_600 % 24, "h");
        part(parts, seconds / 60 % 60, "min");
        part(parts, seconds % 60, "s");
        return String.join(" ", parts);
    }

    /** An enum value in words: {@code FINE_TUNING} as {@code fine tuning}. */
    static String words(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** A text of any length where one of at most so many characters is asked for, and how many are left out. */
    static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Math.max(1, max - CUT_NOTE);
        if (Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end) + "… (" + whole(text.length() - (long) end) + " more)";
    }

    /** A name for a place that needs one, whatever was stored. */
    static String line(@Nullable String text) {
        return line(text, Document.MAX_LINE);
    }

    static String line(@Nullable String text, int max) {
        String stripped = Objects.requireNonNullElse(text, "").strip().replaceAll("\\s+", " ");
        return stripped.isBlank() ? "(no name)" : cut(stripped, max);
    }

    private static void part(List<String> parts, long value, String unit) {
        if (value > 0) {
            parts.add(value + " " + unit);
        }
    }
}
