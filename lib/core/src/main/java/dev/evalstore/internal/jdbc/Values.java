package dev.evalstore.internal.jdbc;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/** Binds Java values as the server's types. */
public final class Values {
    private Values() {}

    static void bind(PreparedStatement statement, List<@Nullable Object> args) throws SQLException {
        for (int i = 0; i < args.size(); i++) {
            bind(statement, i + 1, args.get(i));
        }
    }

    private static void bind(PreparedStatement statement, int at, @Nullable Object value) throws SQLException {
        if (value == null) {
            statement.setNull(at, Types.NULL);
        } else if (value instanceof SqlNull none) {
            statement.setNull(at, Types.NULL, none.type());
        } else if (value instanceof String text) {
            statement.setString(at, text);
        } else if (value instanceof Integer number) {
            statement.setInt(at, number);
        } else if (value instanceof Long number) {
            statement.setLong(at, number);
        } else if (value instanceof Double number) {
            statement.setDouble(at, number);
        } else if (value instanceof Boolean bool) {
            statement.setBoolean(at, bool);
        } else if (value instanceof UUID || value instanceof LocalDate) {
            statement.setObject(at, value);
        } else if (value instanceof Instant instant) {
            statement.setObject(at, timestamp(instant));
        } else if (value instanceof Duration duration) {
            statement.setDouble(at, seconds(duration));
        } else if (value instanceof Json json) {
            statement.setObject(at, jsonb(json));
        } else if (value instanceof BigDecimal number) {
            statement.setBigDecimal(at, number);
        } else if (value instanceof byte[] bytes) {
            statement.setBytes(at, bytes);
        } else if (value instanceof Enum<?> word) {
            statement.setString(at, word(word));
        } else if (value instanceof SqlArray array) {
            statement.setArray(at, statement.getConnection().createArrayOf(array.type(), array.values()));
        } else {
            // A collection bound as one value is a mistake that the server would report far from its cause.
            throw new IllegalArgumentException(
                    "cannot bind a " + value.getClass().getName());
        }
    }

    /** The driver does not take an {@code Instant}, and rounds nanoseconds half up, possibly into the next second. */
    static OffsetDateTime timestamp(Instant instant) {
        return OffsetDateTime.ofInstant(instant.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC);
    }

    /** Microseconds since 1970, cut. {@code ChronoUnit.MICROS} counts by nanoseconds in Java 17, which end in the year 2262. */
    static long micros(Instant instant) {
        return Math.multiplyExact(instant.getEpochSecond(), 1_000_000) + instant.getNano() / 1_000;
    }

    /** In seconds, as the server counts; exact to the nanosecond up to 104 days. */
    public static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static PGobject jsonb(Json json) throws SQLException {
        PGobject object = new PGobject();
        object.setType("jsonb");
        object.setValue(json.text());
        return object;
    }
}
