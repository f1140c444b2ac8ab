package dev.evalstore.internal.jdbc;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The order of a list, and its cursors: newest first by a time with the id as tie-breaker, or by a number; or from the least up.
 * A time alone would skip rows that share it; an offset would skip or repeat rows while others are added.
 *
 * @param list the list's name, which a cursor carries so that no other list accepts it
 * @param direction {@code desc} or {@code asc}
 * @param bound the placeholders that compare the columns with {@code args}
 * @param key the part of a row that a cursor keeps
 * @param args the key's arguments; throws if the text is no key
 */
public record Keyset<T>(
        String list,
        List<String> columns,
        String direction,
        String bound,
        Function<T, String> key,
        Function<String, Object[]> args) {
    /** The greatest first. */
    public Keyset(
            String list, List<String> columns, String bound, Function<T, String> key, Function<String, Object[]> args) {
        this(list, columns, "desc", bound, key, args);
    }

    /** The least first, by a number and a text that are unique together. */
    public static <T> Keyset<T> leastFirst(
            String list, String numberColumn, String textColumn, ToIntFunction<T> number, Function<T, String> text) {
        return new Keyset<>(
                list,
                List.of(numberColumn, textColumn),
                "asc",
                "?, ?",
                row -> number.applyAsInt(row) + "|" + text.apply(row),
                Keyset::numberAndText);
    }

    public static <T> Keyset<T> newestFirst(String list, Function<T, Instant> time, Function<T, UUID> id) {
        return newestFirst(list, "created_at", "id", time, id);
    }

    /** The earliest first. */
    public static <T> Keyset<T> oldestFirst(String list, Function<T, Instant> time, Function<T, UUID> id) {
        Keyset<T> newest = newestFirst(list, time, id);
        return new Keyset<>(list, newest.columns, "asc", newest.bound, newest.key, newest.args);
    }

    /** By another time and id. */
    public static <T> Keyset<T> newestFirst(
            String list, String timeColumn, String idColumn, Function<T, Instant> time, Function<T, UUID> id) {
        return byTime(list, List.of(timeColumn, idColumn), "?, ?", time, id);
    }

    /** By a column of days in UTC, whatever the session's time zone. */
    public static <T> Keyset<T> newestDayFirst(
            String list, String dateColumn, Function<T, LocalDate> day, Function<T, UUID> id) {
        return byTime(
                list,
                List.of(dateColumn, "id"),
                "(?::timestamptz at time zone 'UTC')::date, ?",
                row -> day.apply(row).atStartOfDay(ZoneOffset.UTC).toInstant(),
                id);
    }

    /** By a unique number that grows with each new row. */
    public static <T> Keyset<T> lastNumberFirst(String list, String column, ToLongFunction<T> number) {
        return new Keyset<>(list, List.of(column), "?", row -> Long.toString(number.applyAsLong(row)), key ->
                new Object[] {Long.parseLong(key)});
    }

    private static <T> Keyset<T> byTime(
            String list, List<String> columns, String bound, Function<T, Instant> time, Function<T, UUID> id) {
        return new Keyset<>(
                list, columns, bound, row -> Values.micros(time.apply(row)) + "|" + id.apply(row), Keyset::timeAndId);
    }

    private static Object[] numberAndText(String key) {
        int bar = key.indexOf('|');
        return new Object[] {Integer.parseInt(key.substring(0, bar)), Check.characters("cursor", key.substring(bar + 1))
        };
    }

    private static Object[] timeAndId(String key) {
        int bar = key.indexOf('|');
        return new Object[] {
            Check.time("cursor", Instant.EPOCH.plus(Long.parseLong(key.substring(0, bar)), ChronoUnit.MICROS)),
            UUID.fromString(key.substring(bar + 1))
        };
    }

    /** One page of the filtered rows. */
    public Page<T> read(Jdbc jdbc, Sql filtered, RowMapper<T> mapper, int limit, @Nullable Cursor after) {
        Check.limit(limit);
        List<T> rows = jdbc.list(page(filtered, limit, after), mapper);
        if (rows.size() <= limit) {
            return new Page<>(rows, null);
        }
        List<T> items = rows.subList(0, limit);
        return new Page<>(items, after(items.get(limit - 1)));
    }

    /** The rows after the cursor, in order; one row more than the page shows whether there is a next page. */
    private Sql page(Sql filtered, int limit, @Nullable Cursor after) {
        String comparison = direction.equals("asc") ? ") > (" : ") < (";
        Sql from = after == null
                ? filtered
                : filtered.and("and (" + String.join(", ", columns) + comparison + bound + ")", decode(after));
        return from.and(
                "order by " + String.join(" " + direction + ", ", columns) + " " + direction + " limit ?", limit + 1);
    }

    private Cursor after(T row) {
        return cursor(list, key.apply(row));
    }

    private Object[] decode(Cursor cursor) {
        return decode(list, cursor, args);
    }

    /** A cursor of the list that keeps the key. */
    static Cursor cursor(String list, String key) {
        byte[] text = (list + "|" + key).getBytes(StandardCharsets.UTF_8);
        return new Cursor(Base64.getUrlEncoder().withoutPadding().encodeToString(text));
    }

    /** What the key of a cursor of the list stands for. */
    static <P> P decode(String list, Cursor cursor, Function<String, P> parsed) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor.value()), StandardCharsets.UTF_8);
            if (text.startsWith(list + "|")) {
                return parsed.apply(text.substring(list.length() + 1));
            }
        } catch (RuntimeException e) {
            // Falls through: it is not a cursor of this list.
        }
        throw new IllegalArgumentException("cursor is not one of the list of " + list);
    }
}
