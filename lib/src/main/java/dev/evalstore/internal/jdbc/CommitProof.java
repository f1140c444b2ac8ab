package dev.evalstore.internal.jdbc;

import dev.evalstore.DatabaseException;
import dev.evalstore.TransientDatabaseException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A transaction's id and the timeline that it was given on, noted at its start: with them a new connection can ask the server
 * what became of a commit whose answer never came. On another timeline (a promoted replica) the same id may be somebody
 * else's, so nothing is concluded there.
 */
record CommitProof(String xid, String timeline) {
    private static final String TIMELINE = "left(pg_walfile_name(pg_current_wal_lsn()), 8)";

    static final String QUERY = "select pg_current_xact_id()::text, " + TIMELINE;

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    static CommitProof read(ResultSet result) throws SQLException {
        try (result) {
            result.next();
            return new CommitProof(result.getString(1), result.getString(2));
        }
    }

    /**
     * Returns if the transaction was committed.
     *
     * @throws TransientDatabaseException retryable if it was not; the one given, {@code outcomeUnknown}, if that cannot be told
     */
    void resolve(Jdbc jdbc, TransientDatabaseException lost) {
        long deadline = System.nanoTime() + PATIENCE;
        do {
            String status = status(jdbc, lost);
            if (status.equals("committed")) {
                return;
            }
            if (status.equals("aborted")) {
                throw new TransientDatabaseException(
                        "the connection was lost at commit, and the server undid the transaction",
                        lost.sqlState(),
                        false,
                        lost);
            }
            if (status.equals("unknown")) {
                throw lost;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        } while (System.nanoTime() < deadline);
        throw lost;
    }

    private String status(Jdbc jdbc, TransientDatabaseException lost) {
        try {
            return jdbc.one(
                    Sql.of(
                            "/* commit.status */ select case when " + TIMELINE
                                    + " = ? then coalesce(pg_xact_status(?::xid8), 'unknown') else 'unknown' end as status",
                            timeline,
                            xid),
                    row -> row.text("status"));
        } catch (TransientDatabaseException e) {
            // A server that restarts comes back within seconds.
            return "unreachable";
        } catch (DatabaseException e) {
            lost.addSuppressed(e);
            return "unknown";
        }
    }
}
