package dev.evalstore.internal.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Borrowing;
import dev.evalstore.DatabaseException;
import dev.evalstore.HostTransactions;
import dev.evalstore.internal.Foreign;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Provides a statement's connection. */
sealed interface Source {
    Borrowed borrow(String doing);

    /** Called after a statement failed. */
    default void failed(DatabaseException e) {}

    /** Throws if the transaction has ended. */
    default void requireOpen() {}

    /** Throws if a statement of the transaction failed. */
    default void requireCommittable() {}

    /** A connection, and how to return it as it was. */
    record Borrowed(Connection connection, boolean autoCommit, boolean toClose) {
        private static final Logger LOG = LoggerFactory.getLogger(Borrowed.class);

        /** A pool hands out no closed connection, so an earlier statement lost this one; some pools report no SQLSTATE then. */
        SQLException explained(SQLException e) {
            try {
                return e.getSQLState() == null && connection.isClosed()
                        ? new SQLException("the connection was lost before", "08003", e)
                        : e;
            } catch (SQLException unexplained) {
                return e;
            }
        }

        /** {@link #giveBack()} after a failure, or null. */
        void giveBack(@Nullable Throwable failure) {
            if (toClose && failure instanceof VirtualMachineError) {
                abort();
            }
            giveBack();
        }

        /**
         * Ends the connection without a word to the server. Where memory or stack ran out within the driver, it has lost its place
         * in what the server says: a rollback would wait for an answer that has passed.
         */
        void abort() {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException | RuntimeException e) {
                LOG.debug("a connection could not be aborted", e);
            }
        }

        void giveBack() {
            if (!toClose) {
                return;
            }
            try {
                if (connection.getAutoCommit() != autoCommit) {
                    connection.setAutoCommit(autoCommit);
                }
            } catch (SQLException e) {
                LOG.debug("a connection could not be restored [{}]", e.getSQLState());
            }
            try {
                connection.close();
            } catch (SQLException e) {
                // The statement's outcome is decided already; the pool replaces a connection that cannot be returned.
                LOG.debug("a connection could not be given back [{}]", e.getSQLState());
            }
        }
    }

    /** A pooled connection for each call, except inside a transaction of the host. */
    record Pool(
            DataSource pool,
            Borrowing borrowing,
            Set<Runnable> beforeClose,
            Map<String, Set<Consumer<Set<String>>>> unitListeners)
            implements Source {
        private static final long CLOSING_MILLIS = 1_000;

        Pool(DataSource pool, Borrowing borrowing) {
            this(pool, borrowing, ConcurrentHashMap.newKeySet(), new ConcurrentHashMap<>());
        }

        /** The same pool, beside the host's transactions. */
        Pool apart() {
            return new Pool(pool, borrowing.hostTransactions(null), beforeClose, unitListeners);
        }

        /** Another pool of the same database, whose writes are told to the same listeners. */
        Pool on(DataSource other) {
            return new Pool(other, borrowing.hostTransactions(null), ConcurrentHashMap.newKeySet(), unitListeners);
        }

        /** Runs what waits for the end of the pool, within a second. */
        void closing() {
            if (beforeClose.isEmpty()) {
                return;
            }
            Thread last = new Thread(() -> beforeClose.forEach(Runnable::run), "evalstore-closing");
            last.setDaemon(true);
            last.start();
            boolean interrupted = Thread.interrupted();
            try {
                last.join(CLOSING_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        /** The host's transaction that the calling thread is in, or null. */
        @Nullable
        Bound joined() {
            HostTransactions host = borrowing.hostTransactions();
            Connection current = host == null ? null : host.current();
            if (host == null || current == null) {
                return null;
            }
            try {
                return current.getAutoCommit() ? null : new Bound(current, host);
            } catch (SQLException e) {
                // The connection is lost, and its transaction with it; the statement will tell.
                return new Bound(current, host);
            }
        }

        @Override
        public Borrowed borrow(String doing) {
            try {
                return take(doing);
            } catch (SQLException e) {
                HikariDataSource hikari = HikariPools.behind(pool);
                if (hikari != null && hikari.isClosed()) {
                    throw new IllegalStateException("the database is closed", e);
                }
                throw Errors.connecting(e, doing);
            }
        }

        /** A connection of the pool, unless that may be in a transaction of the host. */
        Borrowed take(String doing) throws SQLException {
            Connection connection = pool.getConnection();
            try {
                boolean autoCommit = connection.getAutoCommit();
                refuseHosts(connection, autoCommit, doing);
                return new Borrowed(connection, autoCommit, true);
            } catch (SQLException | RuntimeException e) {
                try {
                    connection.close();
                } catch (SQLException failed) {
                    e.addSuppressed(failed);
                }
                throw e;
            }
        }

        /** A data source that knows the host's transactions hands out their connection, and our commit would be theirs. */
        private void refuseHosts(Connection connection, boolean autoCommit, String doing) throws SQLException {
            if (borrowing.autoCommit() && (!autoCommit || isInTransaction(connection))) {
                throw new IllegalStateException(doing + ": the data source handed out a connection "
                        + (autoCommit ? "with an open transaction" : "with auto-commit off")
                        + ", which may be in a transaction of the host. Join that by Database.join(connection), or always"
                        + " by DatabaseOptions.hostTransactions; if the pool hands out all connections so, say"
                        + " DatabaseOptions.poolAutoCommit(false)");
            }
        }

        private static boolean isInTransaction(Connection connection) throws SQLException {
            return connection.isWrapperFor(BaseConnection.class)
                    && Transactions.state(connection) != TransactionState.IDLE;
        }

        /**
         * After a failover every idle connection is as dead as the one that failed, and the pool does not test connections that
         * were in use a moment ago. Without this each of them would cost an attempt. The connection of an interrupted thread says
         * nothing about the others: a virtual thread's is closed by the interrupt.
         */
        @Override
        public void failed(DatabaseException e) {
            if (!Errors.isConnectionLoss(e.sqlState()) || Thread.currentThread().isInterrupted()) {
                return;
            }
            HikariDataSource hikari = HikariPools.behind(pool);
            if (hikari != null && hikari.getHikariPoolMXBean() != null) {
                hikari.getHikariPoolMXBean().softEvictConnections();
            }
        }
    }

    /** The one connection of a transaction or savepoint, until that has ended. */
    final class Bound implements Source {
        private static final Logger LOG = LoggerFactory.getLogger(Bound.class);

        private final Borrowed borrowed;
        private final @Nullable HostTransactions host;
        private final Set<Consumer<Jdbc>> afterCommit = new LinkedHashSet<>();
        private volatile boolean ended;

        Bound(Connection connection) {
            this(connection, null);
        }

        /** @param host the transaction's own, if the library can hear of its end */
        Bound(Connection connection, @Nullable HostTransactions host) {
            this.borrowed = new Borrowed(connection, false, false);
            this.host = host;
        }

        /** @param pool for the action, if it is the host that commits */
        void afterCommit(Consumer<Jdbc> action, Jdbc pool) {
            if (host == null) {
                afterCommit.add(action);
                return;
            }
            try {
                host.afterCommit(() -> act(action, pool));
            } catch (Throwable e) {
                // The rows are written, and actions are only hints.
                Foreign.warn(LOG, "HostTransactions.afterCommit failed", e);
            }
        }

        /** What waits for the commit. */
        Set<Consumer<Jdbc>> afterCommit() {
            return afterCommit;
        }

        void committed(Jdbc pool) {
            afterCommit.forEach(action -> act(action, pool));
        }

        /** What is committed must not look as if it had failed. */
        private static void act(Consumer<Jdbc> action, Jdbc pool) {
            try {
                action.accept(pool);
            } catch (Throwable e) {
                Foreign.warn(LOG, "an action after a commit failed", e);
            }
        }

        void end() {
            ended = true;
        }

        @Override
        public Borrowed borrow(String doing) {
            if (ended) {
                throw new IllegalStateException("the transaction has ended; a Tx lives as long as its callback");
            }
            return borrowed;
        }

        @Override
        public void requireOpen() {
            borrow("transaction");
        }

        @Override
        public void requireCommittable() {
            Transactions.requireCommittable(borrow("transaction").connection());
        }

        /** The host may swallow the failure, and take a commit that the server answers by a rollback for one. */
        @Override
        public void failed(DatabaseException e) {
            if (host == null) {
                return;
            }
            try {
                if (Transactions.state(borrowed.connection()) == TransactionState.FAILED) {
                    host.beforeCommit(() -> Transactions.requireCommittable(borrowed.connection()));
                }
            } catch (Throwable failed) {
                e.addSuppressed(failed);
            }
        }
    }
}
