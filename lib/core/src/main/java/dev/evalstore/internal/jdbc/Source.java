package dev.evalstore.internal.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.DatabaseException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Provides a statement's connection. */
sealed interface Source {
    Borrowed borrow(String doing);

    /** Called after a statement failed. */
    default void failed(DatabaseException e) {}

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

    /** A pooled connection for each call. */
    record Pool(DataSource pool) implements Source {
        @Override
        public Borrowed borrow(String doing) {
            try {
                Connection connection = pool.getConnection();
                try {
                    return new Borrowed(connection, connection.getAutoCommit(), true);
                } catch (SQLException e) {
                    connection.close();
                    throw e;
                }
            } catch (SQLException e) {
                if (pool instanceof HikariDataSource hikari && hikari.isClosed()) {
                    throw new IllegalStateException("the database is closed", e);
                }
                throw Errors.translate(e, doing, false);
            }
        }

        /**
         * After a failover every idle connection is as dead as the one that failed, and the pool does not test connections that
         * were in use a moment ago. Without this each of them would cost an attempt.
         */
        @Override
        public void failed(DatabaseException e) {
            if (Errors.isConnectionLoss(e.sqlState())
                    && pool instanceof HikariDataSource hikari
                    && hikari.getHikariPoolMXBean() != null) {
                hikari.getHikariPoolMXBean().softEvictConnections();
            }
        }
    }

    /** The one connection of a transaction or savepoint, until that has ended. */
    final class Bound implements Source {
        private final Borrowed borrowed;
        private final Set<Consumer<Jdbc>> afterCommit = new LinkedHashSet<>();
        private volatile boolean ended;

        Bound(Connection connection) {
            this.borrowed = new Borrowed(connection, false, false);
        }

        void afterCommit(Consumer<Jdbc> action) {
            afterCommit.add(action);
        }

        /** Takes over the actions of a savepoint that was released. */
        void adopt(Bound savepoint) {
            afterCommit.addAll(savepoint.afterCommit);
        }

        void committed(Jdbc pool) {
            afterCommit.forEach(action -> action.accept(pool));
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
    }
}
