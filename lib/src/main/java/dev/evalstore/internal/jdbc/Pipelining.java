package dev.evalstore.internal.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * When pgjdbc sends several statements in one piece: in the extended protocol, and if it can tell how long each later answer's
 * row may be ({@code QueryExecutorImpl.flushIfDeadlockRisk}).
 */
final class Pipelining {
    private static final Set<String> FIXED = Set.of(
            "bool",
            "int2",
            "int4",
            "int8",
            "float4",
            "float8",
            "uuid",
            "date",
            "timestamp",
            "timestamptz",
            "void",
            "xid8");

    private Pipelining() {}

    static boolean isFixed(ResultSet result) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            if (!FIXED.contains(columns.getColumnTypeName(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean isPossible(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getPreferQueryMode() != PreferQueryMode.SIMPLE;
    }
}
