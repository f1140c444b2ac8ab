package dev.evalstore.internal.jdbc;

import java.sql.SQLException;

/** Maps the rows of several statements. */
@FunctionalInterface
public interface EachMapper<T> {
    /**
     * Reads one row.
     *
     * @param result which of the statements that return rows returned it, from 0
     */
    T map(int result, Row row) throws SQLException;
}
