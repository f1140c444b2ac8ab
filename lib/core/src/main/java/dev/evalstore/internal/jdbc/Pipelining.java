package dev.evalstore.internal.jdbc;

import dev.evalstore.internal.jdbc.Statements.PreparedText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgResultSet;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Sends texts of several statements and reads their answers.
 *
 * <p>pgjdbc sends such a text in one piece only in the extended protocol, and only if it can bound the length of each later
 * answer's rows ({@code QueryExecutorImpl.flushIfDeadlockRisk}).
 */
final class Pipelining {
    private static final int XID8 = 5069;

    private static final Set<Integer> FIXED = Set.of(
            Oid.BOOL,
            Oid.INT2,
            Oid.INT4,
            Oid.INT8,
            Oid.FLOAT4,
            Oid.FLOAT8,
            Oid.UUID,
            Oid.DATE,
            Oid.TIMESTAMP,
            Oid.TIMESTAMPTZ,
            Oid.VOID,
            XID8);

    private Pipelining() {}

    /** By the types' numbers: to name them, the driver would send a statement of its own, which goes to no tenant's server. */
    private static boolean isFixed(ResultSet result) throws SQLException {
        PgResultSet types = result.unwrap(PgResultSet.class);
        int columns = result.getMetaData().getColumnCount();
        return IntStream.rangeClosed(1, columns).map(types::getColumnOID).allMatch(FIXED::contains);
    }

    private static boolean isPossible(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getPreferQueryMode() != PreferQueryMode.SIMPLE;
    }

    /**
     * Keeps several statements in one text together, as one transaction. From the sixth execution on the driver splits them if
     * one had an argument of unknown type, a null: it then has the statement described. Before a statement that may return long
     * rows it waits for the earlier answers, which ends their transaction and releases their locks.
     */
    static void keepTogether(PreparedStatement statement, PreparedText text, Sql sql) throws SQLException {
        if (sql.args().contains(null) && text.sql().indexOf(';') >= 0) {
            statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        }
    }

    /** Runs several statements as one transaction, however the driver sends them. */
    static <T> T together(Statements statements, Connection connection, Use<T> use) throws SQLException {
        try {
            statements.begin(connection);
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

    /** The rows of the last of several statements; the earlier ones only take locks. */
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
        rememberIfPipelined(statement, text, isFixed);
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

    /** The rows of every one of several statements. */
    static <T> List<T> each(PreparedStatement statement, PreparedText text, EachMapper<T> mapper) throws SQLException {
        List<T> rows = new ArrayList<>();
        int results = 0;
        boolean isFixed = true;
        boolean isResult = statement.execute();
        for (; isResult || statement.getUpdateCount() != -1; isResult = statement.getMoreResults()) {
            if (isResult) {
                try (ResultSet result = statement.getResultSet()) {
                    isFixed &= results == 0 || text.pipelined().get() || Pipelining.isFixed(result);
                    Row row = new Row(result);
                    while (result.next()) {
                        rows.add(mapper.map(results, row));
                    }
                }
                results++;
            }
        }
        rememberIfPipelined(statement, text, isFixed);
        return Collections.unmodifiableList(rows);
    }

    /** How many rows the last statement wrote. */
    static int count(PreparedStatement statement, PreparedText text) throws SQLException {
        int last = 0;
        boolean isFixed = true;
        boolean isResult = statement.execute();
        for (boolean isFirst = true; isResult || statement.getUpdateCount() != -1; isFirst = false) {
            isFixed &= isFirst || !isResult || Pipelining.isFixed(statement.getResultSet());
            last = isResult ? 0 : statement.getUpdateCount();
            isResult = statement.getMoreResults();
        }
        rememberIfPipelined(statement, text, isFixed);
        return last;
    }

    private static void rememberIfPipelined(PreparedStatement statement, PreparedText text, boolean isFixed)
            throws SQLException {
        if (text.several() && isFixed && !text.pipelined().get()) {
            text.pipelined().set(Pipelining.isPossible(statement.getConnection()));
        }
    }
}
