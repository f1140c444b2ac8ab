package dev.evalstore.internal;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Refuses bad input before the database is asked, naming the field and never the value. */
public final class Check {
    /** A hundred years, near enough. */
    public static final Duration MAX_PERIOD = Duration.ofDays(36_500);

    private static final BigDecimal BILLION = BigDecimal.valueOf(1_000_000_000);
    private static final Instant YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant YEAR_2101 = Instant.parse("2101-01-01T00:00:00Z");

    private Check() {}

    /** Text that is not blank, and storable. */
    public static String text(String field, @Nullable String value) {
        Objects.requireNonNull(value, field);
        if (value.isBlank()) {
            throw new IllegalArgumentException(field + " must not be blank");
        }
        return characters(field, value);
    }

    /** {@link #text} where it is given. */
    public static @Nullable String textOrNull(String field, @Nullable String value) {
        return value == null ? null : text(field, value);
    }

    /** Any storable text, also empty. */
    public static String content(String field, @Nullable String value) {
        Objects.requireNonNull(value, field);
        return characters(field, value);
    }

    /** Any storable text where it is given. */
    public static @Nullable String contentOrNull(String field, @Nullable String value) {
        return value == null ? null : characters(field, value);
    }

    /**
     * Refuses a NUL, for which PostgreSQL's error names no field, and half a surrogate pair (a cut emoji), which pgjdbc
     * silently stores as a question mark.
     */
    public static String characters(String field, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == 0) {
                throw new IllegalArgumentException(field + " holds a NUL character at index " + i);
            }
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < value.length()
                        && Character.isLowSurrogate(value.charAt(i + 1))) {
                    i++;
                } else {
                    throw new IllegalArgumentException(field + " holds half a surrogate pair at index " + i);
                }
            }
        }
        return value;
    }

    /** A list of texts that are not blank, copied. */
    public static List<String> texts(String field, List<String> values) {
        List<String> copy = List.copyOf(values);
        copy.forEach(value -> text(field, value));
        return copy;
    }

    public static int range(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(field + " must be from " + min + " to " + max);
        }
        return value;
    }

    public static String oneOf(String field, String value, Set<String> allowed) {
        if (!allowed.contains(value)) {
            throw new IllegalArgumentException(field + " must be one of " + String.join(", ", new TreeSet<>(allowed)));
        }
        return value;
    }

    /** The size of a page or list: 1 to 1,000. */
    public static int limit(int limit) {
        return range("limit", limit, 1, 1_000);
    }

    public static long notNegative(String field, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(field + " must not be negative");
        }
        return value;
    }

    public static void notNegativeOrNull(String field, @Nullable Number value) {
        if (value != null && value.doubleValue() < 0) {
            throw new IllegalArgumentException(field + " must not be negative");
        }
    }

    public static void positiveOrNull(String field, @Nullable Long value) {
        if (value != null && value <= 0) {
            throw new IllegalArgumentException(field + " must be above 0");
        }
    }

    public static void finiteOrNull(String field, @Nullable Double value) {
        if (value != null && !Double.isFinite(value)) {
            throw new IllegalArgumentException(field + " must be a finite number");
        }
    }

    /** {@link #decimalOrNull} where it must be given. */
    public static BigDecimal decimal(String field, @Nullable BigDecimal value, int decimals) {
        Objects.requireNonNull(value, field);
        decimalOrNull(field, value, decimals);
        return value;
    }

    /**
     * Money as the columns store it, so that nothing is silently rounded: at least 0, below 10⁹, at most nine decimals.
     */
    public static BigDecimal usd(String field, @Nullable BigDecimal value) {
        return decimal(field, value, 9);
    }

    /** {@link #usd} where it is given. */
    public static void usdOrNull(String field, @Nullable BigDecimal value) {
        decimalOrNull(field, value, 9);
    }

    /** A number of at least 0, below 10⁹, with at most so many decimals. */
    public static void decimalOrNull(String field, @Nullable BigDecimal value, int decimals) {
        if (value == null) {
            return;
        }
        if (value.signum() < 0) {
            throw new IllegalArgumentException(field + " must not be negative");
        }
        if (value.stripTrailingZeros().scale() > decimals || value.compareTo(BILLION) >= 0) {
            throw new IllegalArgumentException(field + " must be below 1,000,000,000 with at most "
                    + (decimals == 9 ? "nine" : decimals) + " decimals");
        }
    }

    public static Duration atMost(String field, Duration value, Duration max) {
        if (value.compareTo(max) > 0) {
            throw new IllegalArgumentException(field + " must be at most " + max.toSeconds() + " s");
        }
        return value;
    }

    /** A plausible time, where it is given: each month that a row falls into becomes a table. */
    public static void yearsOrNull(String field, @Nullable Instant value) {
        if (value != null && (value.isBefore(YEAR_2000) || !value.isBefore(YEAR_2101))) {
            throw new IllegalArgumentException(field + " must be from 2000 to 2100");
        }
    }

    public static Duration positive(String field, @Nullable Duration value) {
        Objects.requireNonNull(value, field);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(field + " must be longer than zero");
        }
        return value;
    }

    /** A time span that the server can subtract from its clock: longer than zero, at most {@link #MAX_PERIOD}. */
    public static Duration period(String field, @Nullable Duration value) {
        Duration period = positive(field, value);
        if (period.compareTo(MAX_PERIOD) > 0) {
            throw new IllegalArgumentException(field + " must be at most " + MAX_PERIOD.toDays() + " days");
        }
        return period;
    }

    /** {@link #period} where it is given. */
    public static @Nullable Duration periodOrNull(String field, @Nullable Duration value) {
        return value == null ? null : period(field, value);
    }
}
