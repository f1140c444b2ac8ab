package dev.evalstore.internal.jdbc;

import dev.evalstore.internal.jdbc.Statements.PreparedText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Texts of several statements: how they are sent, and their answers read.
 *
 * <p>pgjdbc sends them in one piece in the extended protocol, and if it can tell how long each later answer's
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

    private static boolean isFixed(ResultSet result) throws SQLException {
        ResultSetMetaData columns = result.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            if (!FIXED.contains(columns.getColumnTypeName(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPossible(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getPreferQueryMode() != PreferQueryMode.SIMPLE;
    }

    /**
     * Several statements in one text are one transaction, unless the driver sends them apart. It does so from the sixth time on if
     * one of them had an argument of unknown type, a null: it has then asked the server to describe the statement, and before one
     * that may return long rows it waits for the answers to those before, which ends their transaction and frees their locks.
     */
    static void keepTogether(PreparedStatement statement, PreparedText text, Sql sql) throws SQLException {
        if (sql.args().contains(null) && text.sql().indexOf(';') >= 0) {
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        }
    }

    /** Several statements as one transaction, however the driver sends them. */
    static <T> T together(Connection connection, Jdbc.Use<T> use) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T result = use.apply(connection);
            connection.commit();
            return result;
        } catch (Throwable e) {
            try {
                connection.rollback();
            } catch (SQLException | RuntimeException failed) {
                e.addSuppressed(failed);
            }
            throw e;
        }
    }

    /** Of several statements sent together the last one's rows: those before it only take locks. */
    static <T> List<T> rows(PreparedStatement statement, PreparedText text, RowMapper<T> mapper) throws SQLException {
        ResultSet last = null;
        boolean isFixed = true;
        boolean isResult = statement.execute();
        for (boolean isFirst = true; isResult || statement.getUpdateCount() != -1; isFirst = false) {
            if (isResult) {
                if (last != null) {
                    last.close();
                }
                last = statement.getResultSet();
                isFixed &= isFirst || !text.several() || text.pipelined().get() || Pipelining.isFixed(last);
            }
            isResult = statement.getMoreResults(Statement.KEEP_CURRENT_RESULT);
        }
        note(statement, text, isFixed);
        List<T> rows = new ArrayList<>();
        if (last != null) {
            try (ResultSet result = last) {
                Row row = new Row(result);
                while (result.next()) {
                    rows.add(mapper.map(row));
                }
            }
        }
        return Collections.unmodifiableList(rows);
    }

    /** The number of rows that the last statement has written. */
    static int count(PreparedStatement statement, PreparedText text) throws SQLException {
        int last = 0;
        boolean isFixed = true;
        boolean isResult = statement.execute();
        for (boolean isFirst = true; isResult || statement.getUpdateCount() != -1; isFirst = false) {
            isFixed &= isFirst || !isResult || Pipelining.isFixed(statement.getResultSet());
            last = isResult ? 0 : statement.getUpdateCount();
            isResult = statement.getMoreResults();
        }
        note(statement, text, isFixed);
        return last;
    }

    private static void note(PreparedStatement statement, PreparedText text, boolean isFixed) throws SQLException {
        if (text.several() && isFixed && !text.pipelined().get()) {
            text.pipelined().set(Pipelining.isPossible(statement.getConnection()));
        }
    }
}
