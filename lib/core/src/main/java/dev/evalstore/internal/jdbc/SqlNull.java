package dev.evalstore.internal.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * A null with its type. For a bare null the driver asks the server for the type, and then several statements in one text are not
 * prepared; see {@link Jdbc}.
 *
 * @param type as the catalogue names it: {@code jsonb}, {@code float8}, {@code varchar} for a text
 */
public record SqlNull(String type) {
    /** The value, or where it is null a null of the type that the value would have been bound as. */
    public static Object or(String type, @Nullable Object value) {
        return value == null ? new SqlNull(type) : value;
    }
}
