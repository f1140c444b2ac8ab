package dev.evalstore.internal.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Makes a value of the row that the result stands on. */
@FunctionalInterface
public interface RowMapper<T extends @Nullable Object> {
    T map(Row row) throws SQLException;
}
