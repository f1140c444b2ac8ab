package dev.evalstore;

import org.jspecify.annotations.Nullable;

/**
 * How the library borrows connections from a pool.
 *
 * @param autoCommit whether the pool hands out connections in auto-commit. With true, a connection in a transaction is
 *     refused, because the library would commit the host's work
 * @param hostTransactions the host's transactions, which calls join; null for none
 * @param shardingComments whether each statement names its schema in a comment, for a router between pool and servers
 */
public record Borrowing(boolean autoCommit, @Nullable HostTransactions hostTransactions, boolean shardingComments) {
    /** A pool in auto-commit, and no transactions of the host. */
    public static final Borrowing DEFAULT = new Borrowing(true, null, false);

    public Borrowing autoCommit(boolean isOn) {
        return new Borrowing(isOn, hostTransactions, shardingComments);
    }

    public Borrowing hostTransactions(@Nullable HostTransactions host) {
        return new Borrowing(autoCommit, host, shardingComments);
    }

    public Borrowing shardingComments(boolean areSent) {
        return new Borrowing(autoCommit, hostTransactions, areSent);
    }
}
