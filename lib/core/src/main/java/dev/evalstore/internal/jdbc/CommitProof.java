package dev.evalstore.internal.jdbc;

import dev.evalstore.DatabaseException;
import dev.evalstore.TransientDatabaseException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A transaction's id, and the timeline and life of its server, recorded when the transaction begins. With them a new connection
 * can ask whether a commit took place whose answer was lost. On another timeline (a promoted replica) the id may belong to
 * another transaction, so nothing is concluded there. The same holds after a crash, which forgets ids that had not reached the
 * log: "committed" then proves nothing, "aborted" still does. A crash is recognised because it resets the server's statistics,
 * even where the postmaster survived. After an administrator resets them, fewer outcomes can be proved.
 */
record CommitProof(String xid, String timeline, String life) {
    static final String QUERY = ServerLife.text("""
            /* commit.proof */ select pg_current_xact_id()::text, {timeline}, {life}""");

    private static final String STATUS = ServerLife.text("""
            /* commit.status */ select case when {timeline} <> ? then 'unknown'
                when {life} <> ? and pg_xact_status(?::xid8) = 'committed' then 'unknown'
                else coalesce(pg_xact_status(?::xid8), 'unknown') end as status""");

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    static CommitProof read(ResultSet result) throws SQLException {
        try (result) {
            result.next();
            return new CommitProof(result.getString(1), result.getString(2), result.getString(3));
        }
    }

    /**
     * Returns if the transaction was committed.
     *
     * @throws TransientDatabaseException retryable if it was not; the given one, {@code outcomeUnknown}, if nothing proves either
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
            return jdbc.one(Sql.of(STATUS, timeline, life, xid, xid), row -> row.text("status"));
        } catch (TransientDatabaseException e) {
            // A server that restarts comes back within seconds.
            return "unreachable";
        } catch (DatabaseException e) {
            lost.addSuppressed(e);
            return "unknown";
        }
    }
}
