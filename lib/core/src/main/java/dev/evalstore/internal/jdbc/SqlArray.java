package dev.evalstore.internal.jdbc;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** One column of many rows, for {@code unnest(?::type[], …)}. Nulls inside are allowed. */
@SuppressWarnings("ArrayRecordComponent") // Made for one statement, and neither compared nor kept.
public record SqlArray(String type, @Nullable Object[] values) {
    public static SqlArray uuids(Collection<UUID> ids) {
        return uuids(ids, id -> id);
    }

    public static <R> SqlArray uuids(Collection<R> rows, Function<R, @Nullable UUID> column) {
        return of("uuid", rows, column, UUID[]::new);
    }

    public static SqlArray texts(Collection<String> values) {
        return texts(values, value -> value);
    }

    public static <R> SqlArray texts(Collection<R> rows, Function<R, @Nullable String> column) {
        return of("text", rows, column, String[]::new);
    }

    public static <R> SqlArray words(Collection<R> rows, Function<R, @Nullable Enum<?>> column) {
        return texts(rows, given(column, Values::word));
    }

    public static <R> SqlArray ints(Collection<R> rows, Function<R, @Nullable Integer> column) {
        return of("int4", rows, column, Integer[]::new);
    }

    public static <R> SqlArray bigints(Collection<R> rows, Function<R, @Nullable Long> column) {
        return of("int8", rows, column, Long[]::new);
    }

    public static <R> SqlArray reals(Collection<R> rows, Function<R, @Nullable Double> column) {
        return of("float8", rows, column, Double[]::new);
    }

    public static <R> SqlArray numerics(Collection<R> rows, Function<R, @Nullable BigDecimal> column) {
        return of("numeric", rows, column, BigDecimal[]::new);
    }

    public static <R> SqlArray bools(Collection<R> rows, Function<R, @Nullable Boolean> column) {
        return of("bool", rows, column, Boolean[]::new);
    }

    public static <R> SqlArray bytes(Collection<R> rows, Function<R, byte @Nullable []> column) {
        return of("bytea", rows, column, byte[][]::new);
    }

    public static <R> SqlArray jsons(Collection<R> rows, Function<R, @Nullable Json> column) {
        return of("jsonb", rows, given(column, Json::text), String[]::new);
    }

    public static <R> SqlArray instants(Collection<R> rows, Function<R, @Nullable Instant> column) {
        Function<R, @Nullable String> text =
                given(column, time -> Values.timestamp(time).toString());
        return of("timestamptz", rows, text, String[]::new);
    }

    public static <R> SqlArray dates(Collection<R> rows, Function<R, @Nullable LocalDate> column) {
        return of("date", rows, column, LocalDate[]::new);
    }

    private static <R, V> Function<R, @Nullable String> given(
            Function<R, @Nullable V> column, Function<V, String> text) {
        return row -> {
            V value = column.apply(row);
            return value == null ? null : text.apply(value);
        };
    }

    private static <R, V> SqlArray of(
            String type, Collection<R> rows, Function<R, @Nullable V> column, IntFunction<@Nullable V[]> make) {
        @Nullable V[] values = make.apply(rows.size());
        int i = 0;
        for (R row : rows) {
            values[i++] = column.apply(row);
        }
        return new SqlArray(type, values);
    }

    @Override
    public String toString() {
        return type + "[" + values.length + "]";
    }
}
