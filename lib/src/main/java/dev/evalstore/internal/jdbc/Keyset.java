package dev.evalstore.internal.jdbc;

import dev.evalstore.Cursor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The order of a list that is read newest first, with the id as tie-breaker, and its cursors. A time alone would lose rows that
 * share it, and an offset would lose or repeat rows while others are added.
 */
public record Keyset<T>(String list, String timeColumn, String bound, Function<T, Instant> time, Function<T, UUID> id) {
    public static <T> Keyset<T> newestFirst(String list, Function<T, Instant> time, Function<T, UUID> id) {
        return new Keyset<>(list, "created_at", "?", time, id);
    }

    /** The same by a column that holds days, of UTC, whatever the session's time zone. */
    public static <T> Keyset<T> newestDayFirst(
            String list, String dateColumn, Function<T, LocalDate> day, Function<T, UUID> id) {
        return new Keyset<>(
                list,
                dateColumn,
                "(?::timestamptz at time zone 'UTC')::date",
                row -> day.apply(row).atStartOfDay(ZoneOffset.UTC).toInstant(),
                id);
    }

    /** What follows the cursor, in order, one row more than the page so that its end shows. */
    Sql page(Sql filtered, int limit, @Nullable Cursor after) {
        Sql from = filtered;
        if (after != null) {
            String[] key = decode(after);
            from = filtered.and(
                    "and (" + timeColumn + ", id) < (" + bound + ", ?)",
                    Instant.EPOCH.plus(Long.parseLong(key[1]), ChronoUnit.MICROS),
                    UUID.fromString(key[2]));
        }
        return from.and("order by " + timeColumn + " desc, id desc limit ?", limit + 1);
    }

    Cursor after(T row) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time.apply(row));
        String key = list + "|" + micros + "|" + id.apply(row);
        return new Cursor(
                Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.US_ASCII)));
    }

    private String[] decode(Cursor cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor.value()), StandardCharsets.US_ASCII);
            String[] key = text.split("\\|", -1);
            if (key.length == 3 && key[0].equals(list)) {
                Instant.EPOCH.plus(Long.parseLong(key[1]), ChronoUnit.MICROS);
                UUID.fromString(key[2]);
                return key;
            }
        } catch (RuntimeException e) {
            // Falls through: whatever was wrong with it, it is not a cursor of this list.
        }
        throw new IllegalArgumentException("cursor is not one of the list of " + list);
    }
}
