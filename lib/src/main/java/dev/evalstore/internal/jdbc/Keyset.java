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
import org.jspecify.annotations.Nullable;

/**
 * The order of a list that is read newest first, with the id as tie-breaker, and its cursors. A time alone would lose rows that
 * share it, and an offset would lose or repeat rows while others are added.
 */
public record Keyset<T>(
        String list,
        String timeColumn,
        String idColumn,
        String bound,
        Function<T, Instant> time,
        Function<T, UUID> id) {
    public static <T> Keyset<T> newestFirst(String list, Function<T, Instant> time, Function<T, UUID> id) {
        return newestFirst(list, "", time, id);
    }

    /** The same where the table has an alias, given with its dot. */
    public static <T> Keyset<T> newestFirst(
            String list, String alias, Function<T, Instant> time, Function<T, UUID> id) {
        return new Keyset<>(list, alias + "created_at", alias + "id", "?", time, id);
    }

    /** The same by a column that holds days, of UTC, whatever the session's time zone. */
    public static <T> Keyset<T> newestDayFirst(
            String list, String dateColumn, Function<T, LocalDate> day, Function<T, UUID> id) {
        return new Keyset<>(
                list,
                dateColumn,
                "id",
                "(?::timestamptz at time zone 'UTC')::date",
                row -> day.apply(row).atStartOfDay(ZoneOffset.UTC).toInstant(),
                id);
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

    /** What follows the cursor, in order, one row more than the page so that its end shows. */
    private Sql page(Sql filtered, int limit, @Nullable Cursor after) {
        Sql from = filtered;
        if (after != null) {
            Key key = decode(after);
            from = filtered.and(
                    "and (" + timeColumn + ", " + idColumn + ") < (" + bound + ", ?)", key.time(), key.id());
        }
        return from.and("order by " + timeColumn + " desc, " + idColumn + " desc limit ?", limit + 1);
    }

    private Cursor after(T row) {
        long micros = Values.micros(time.apply(row));
        String key = list + "|" + micros + "|" + id.apply(row);
        return new Cursor(
                Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.US_ASCII)));
    }

    private record Key(Instant time, UUID id) {}

    private Key decode(Cursor cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor.value()), StandardCharsets.US_ASCII);
            String[] key = text.split("\\|", -1);
            if (key.length == 3 && key[0].equals(list)) {
                return new Key(Instant.EPOCH.plus(Long.parseLong(key[1]), ChronoUnit.MICROS), UUID.fromString(key[2]));
            }
        } catch (RuntimeException e) {
            // Falls through: whatever was wrong with it, it is not a cursor of this list.
        }
        throw new IllegalArgumentException("cursor is not one of the list of " + list);
    }
}
