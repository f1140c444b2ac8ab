package dev.evalstore.internal;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses bad input before the database is asked, naming the field and never the value. The bounds that several classes
 * share stand here.
 */
public final class Check {
    /** The maximum of a time span, a hundred years near enough: server and Java can add it to any time and count it. */
    public static final Duration MAX_PERIOD = Duration.ofDays(36_500);

    /** The maximum of one attempt, its lease, and the backoff before it. */
    public static final Duration MAX_ATTEMPT = Duration.ofDays(366);

    /**
     * The maximum of a text that an index holds, in UTF-8. An entry of an index has at most 2,704 bytes, and no index
     * has more than three such texts.
     */
    public static final int MAX_NAME_BYTES = 800;

    /** The maximum of the text of a failure, in characters, with the note of what was cut. */
    public static final int MAX_ERROR = 10_000;

    /** Room for that note. */
    private static final int CUT_NOTE = 40;

    /** The maximum of a figure, which leaves room for the sums and differences that statistics are made of. */
    public static final double MAX_FIGURE = 1e300;

    private static final int MAX_SLUG = 100;
    private static final int MAX_URL = 2_000;
    private static final Pattern SLUG = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern URL = Pattern.compile("https?://[^\\s\\p{Z}\\p{Cc}]+");
    private static final BigDecimal BILLION = BigDecimal.valueOf(1_000_000_000);
    private static final Instant YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant YEAR_2101 = Instant.parse("2101-01-01T00:00:00Z");
    private static final Instant YEAR_1 = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");

    private Check() {}

    /** A list without a null in it, copied. */
    public static <T> List<T> list(String field, @Nullable List<T> values) {
        List<T> copy = new ArrayList<>(Objects.requireNonNull(values, field));
        copy.forEach(value -> Objects.requireNonNull(value, field));
        return List.copyOf(copy);
    }

    /** The same of an array. */
    public static <T> List<T> list(String field, T @Nullable [] values) {
        return list(field, Arrays.asList(Objects.requireNonNull(values, field)));
    }

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

    /** {@link #text} of so many characters, counted as the server counts them. */
    public static String text(String field, @Nullable String value, int min, int max) {
        String text = text(field, value);
        int length = text.codePointCount(0, text.length());
        if (length < min || length > max) {
            throw new IllegalArgumentException(field + " must have " + min + " to " + max + " characters");
        }
        return text;
    }

    /** {@link #text} of at most so many characters, where it is given. */
    public static @Nullable String textOrNull(String field, @Nullable String value, int max) {
        return value == null ? null : text(field, value, 1, max);
    }

    /** A name in addresses: lower-case letters and digits in parts joined by single hyphens, 2 to 100 characters. */
    public static String slug(String field, @Nullable String value) {
        Objects.requireNonNull(value, field);
        if (value.length() < 2 || !isSlug(value)) {
            throw new IllegalArgumentException(
                    field + " must be lower-case letters and digits in parts joined by single" + " hyphens, 2 to "
                            + MAX_SLUG + " characters");
        }
        return value;
    }

    /** At most so many labels, each written as a {@link #slug} of 1 to 100 characters; copied without repetition. */
    public static List<String> labels(String field, List<String> values, int max) {
        List<String> labels = list(field, values).stream().distinct().toList();
        if (labels.size() > max || !labels.stream().allMatch(Check::isSlug)) {
            throw new IllegalArgumentException(
                    field + " must be at most " + max + ", each of lower-case letters and digits"
                            + " in parts joined by single hyphens, 1 to " + MAX_SLUG + " characters");
        }
        return labels;
    }

    public static boolean isSlug(String value) {
        return value.length() <= MAX_SLUG && SLUG.matcher(value).matches();
    }

    /** An address of the web, where it is given: of http or https, at most 2,000 characters without a space. */
    public static @Nullable String urlOrNull(String field, @Nullable String value) {
        if (value != null
                && (value.length() > MAX_URL
                        || !URL.matcher(characters(field, value)).matches())) {
            throw new IllegalArgumentException(field + " must begin with http:// or https:// and have at most "
                    + MAX_URL + " characters, none of them a space");
        }
        return value;
    }

    /** {@link #text} that an index can hold. */
    public static String name(String field, @Nullable String value) {
        return indexed(field, text(field, value));
    }

    /** {@link #name} where it is given. */
    public static @Nullable String nameOrNull(String field, @Nullable String value) {
        return value == null ? null : name(field, value);
    }

    /** {@link #text} that says why something failed. It is cut and not refused: a failure must be storable. */
    public static String error(String field, @Nullable String value) {
        return text(field, cut("", Objects.requireNonNull(value, field)));
    }

    /**
     * Both texts, together at most {@link #MAX_ERROR} long: of a longer value the beginning, and how much was cut. Copies
     * no more than is returned, and splits no surrogate pair.
     */
    public static String cut(String before, String value) {
        if (value.length() <= MAX_ERROR - before.length()) {
            return before + value;
        }
        int end = Math.max(0, Math.min(value.length(), MAX_ERROR - CUT_NOTE - before.length()));
        if (end > 0
                && end < value.length()
                && Character.isHighSurrogate(value.charAt(end - 1))
                && Character.isLowSurrogate(value.charAt(end))) {
            end--;
        }
        return before + value.substring(0, end) + "… (" + (value.length() - end) + " more characters)";
    }

    /** A list of {@linkplain #name names}, copied. */
    public static List<String> names(String field, List<String> values) {
        List<String> copy = list(field, values);
        copy.forEach(value -> name(field, value));
        return copy;
    }

    /** Any storable text that an index can hold, also empty. */
    public static String indexed(String field, String value) {
        return indexed(field, value, MAX_NAME_BYTES);
    }

    /** The same with another bound. */
    public static String indexed(String field, String value, int maxBytes) {
        if (utf8Length(characters(field, value)) > maxBytes) {
            throw new IllegalArgumentException(field + " must have at most " + maxBytes + " bytes in UTF-8");
        }
        return value;
    }

    /** How many bytes storable text has in UTF-8. */
    public static int utf8Length(String value) {
        return value.getBytes(StandardCharsets.UTF_8).length;
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
        int at = firstNotStorable(value);
        if (at >= 0) {
            throw new IllegalArgumentException(field
                    + (value.charAt(at) == 0 ? " holds a NUL character" : " holds half a surrogate pair") + " at index "
                    + at);
        }
        return value;
    }

    /** Whether {@link #characters} lets the text pass. */
    public static boolean isStorable(String value) {
        return firstNotStorable(value) < 0;
    }

    private static int firstNotStorable(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean isPair = Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1));
            if (isPair) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                return i;
            }
        }
        return -1;
    }

    /** A list of texts that are not blank, copied. */
    public static List<String> texts(String field, List<String> values) {
        List<String> copy = list(field, values);
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

    /** A measured or computed number, of which means, deviations and percentiles can be computed: from -1e300 to 1e300. */
    public static void figureOrNull(String field, @Nullable Double value) {
        if (value != null && !(Math.abs(value) <= MAX_FIGURE)) {
            throw new IllegalArgumentException(field + " must be from -1e300 to 1e300");
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
            throw new IllegalArgumentException(field + " must be in the years 2000 to 2100");
        }
    }

    /** A time that server and driver can hold and count with, in any format: of the years 1 to 9999. */
    public static Instant time(String field, @Nullable Instant value) {
        Objects.requireNonNull(value, field);
        if (value.isBefore(YEAR_1) || !value.isBefore(YEAR_10000)) {
            throw new IllegalArgumentException(field + " must be in the years 1 to 9999");
        }
        return value;
    }

    /** {@link #time} where it is given. */
    public static @Nullable Instant timeOrNull(String field, @Nullable Instant value) {
        return value == null ? null : time(field, value);
    }

    /** A day in the years 1 to 9999. */
    public static LocalDate day(String field, @Nullable LocalDate value) {
        Objects.requireNonNull(value, field);
        if (value.getYear() < 1 || value.getYear() > 9999) {
            throw new IllegalArgumentException(field + " must be in the years 1 to 9999");
        }
        return value;
    }

    /** {@link #day} where it is given. */
    public static @Nullable LocalDate dayOrNull(String field, @Nullable LocalDate value) {
        return value == null ? null : day(field, value);
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

    /** {@link #period}, but may be zero. */
    public static Duration periodOrZero(String field, @Nullable Duration value) {
        Objects.requireNonNull(value, field);
        return value.isZero() ? value : period(field, notNegative(field, value));
    }

    /**
     * How long to wait: zero for not at all, and a longer time than {@link #MAX_PERIOD}, such as "for ever", counts as
     * that, which no process lives to see.
     */
    public static Duration wait(String field, @Nullable Duration value) {
        Objects.requireNonNull(value, field);
        return notNegative(field, value).compareTo(MAX_PERIOD) > 0 ? MAX_PERIOD : value;
    }

    private static Duration notNegative(String field, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(field + " must not be negative");
        }
        return value;
    }

    /** {@link #period} where it is given. */
    public static @Nullable Duration periodOrNull(String field, @Nullable Duration value) {
        return value == null ? null : period(field, value);
    }

    /**
     * Refuses other than a plain PostgreSQL name: a letter or underscore, then letters, digits and underscores, all
     * lower case, at most 63, not beginning with {@code pg_}.
     */
    public static String schema(String field, String name) {
        Objects.requireNonNull(name, field);
        if (!name.matches("[a-z_][a-z0-9_]{0,62}") || name.startsWith("pg_") || name.equals("information_schema")) {
            throw new IllegalArgumentException(
                    field + " must begin with a lower-case letter or an underscore, have at most 63 lower-case letters,"
                            + " digits and underscores, and be no system schema's");
        }
        return name;
    }
}
