package dev.evalstore;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of the host, such as Spring's. With {@link DatabaseOptions#hostTransactions(HostTransactions)} every
 * call of a {@link Database} joins the transaction that the calling thread is in: its rows are stored exactly if the
 * host commits. Where there is none, a call takes a pooled connection as usual. The methods are called by any thread
 * and speak of the calling thread's transaction.
 */
public interface HostTransactions {
    /**
     * The connection of the calling thread's transaction, or null where there is none; a connection in auto-commit
     * counts as none. The library neither commits nor rolls back, nor closes it. Called several times for each call of
     * the library, so it must be cheap, and it must take no connection where there is no transaction.
     */
    @Nullable
    Connection current();

    /**
     * Runs the action after the current transaction has committed, and drops it if that is rolled back. Called only
     * where {@link #current()} is not null. The library sends wake-ups so; where this throws, runners find the new jobs
     * by polling.
     */
    void afterCommit(Runnable action);

    /**
     * Runs the check before the current transaction commits. Where the check throws, the transaction must be rolled
     * back, and the exception must reach the caller of the commit. Called after a statement of the library failed in
     * the transaction. PostgreSQL answers the commit of such a transaction by a rollback, which the driver reports as
     * success. Does nothing unless overridden, and a host that swallows the library's exception then believes that its
     * commit was stored.
     */
    default void beforeCommit(Runnable check) {}
}
