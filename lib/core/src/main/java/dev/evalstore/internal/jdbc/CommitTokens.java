package dev.evalstore.internal.jdbc;

import dev.evalstore.CommitToken;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.TransactionState;

/** How far the log had been written, asked after a commit. */
public final class CommitTokens {
    /** The position of what is inserted: without {@code synchronous_commit}, what is written may lie before the commit. */
    private static final String POSITION = """
            /* server.token */ select (select c.system_identifier from pg_control_system() c) as system,
                ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int as timeline,
                pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as position""";

    private CommitTokens() {}

    public static CommitToken now(Jdbc primary) {
        return primary.one(
                Sql.of(POSITION),
                row -> new CommitToken(row.bigint("system"), row.integer("timeline"), row.bigint("position")));
    }

    /**
     * Commits, and asks in the same round trip, in a transaction of its own: if the answer fails there, the server says so, and
     * the commit stands.
     *
     * @return null if the answer failed
     */
    static @Nullable CommitToken commit(Statements statements, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean isResult =
                    statement.execute(statements.eachRouted("commit; begin read only; " + POSITION + "; commit"));
            while (!isResult) {
                isResult = statement.getMoreResults();
            }
            try (ResultSet result = statement.getResultSet()) {
                result.next();
                return new CommitToken(result.getLong("system"), result.getInt("timeline"), result.getLong("position"));
            }
        } catch (SQLException e) {
            if (connection.isClosed() || Transactions.state(connection) != TransactionState.FAILED) {
                throw e;
            }
            connection.rollback();
            return null;
        }
    }
}
