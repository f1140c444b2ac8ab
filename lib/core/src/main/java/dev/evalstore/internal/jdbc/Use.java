package dev.evalstore.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** A use of a connection. */
@FunctionalInterface
public interface Use<T> {
    T apply(Connection connection) throws SQLException;
}
