package dev.evalstore.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a statement's connection comes from. */
sealed interface Source {
    Borrowed borrow(String doing);

    /** A connection and how to give it back as it was. */
    record Borrowed(Connection connection, boolean autoCommit, boolean toClose) {
        private static final Logger LOG = LoggerFactory.getLogger(Borrowed.class);

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
                // What was sent is decided already; a connection that cannot be given back is the pool's to replace.
                LOG.debug("a connection could not be given back [{}]", e.getSQLState());
            }
        }
    }

    /** A connection for each call. */
    record Pool(DataSource pool) implements Source {
        @Override
        public Borrowed borrow(String doing) {
            try {
                Connection connection = pool.getConnection();
                return new Borrowed(connection, connection.getAutoCommit(), true);
            } catch (SQLException e) {
                throw Errors.translate(e, doing, false);
            }
        }
    }

    /** The one connection of a transaction, until the transaction has ended. */
    final class Bound implements Source {
        private final Borrowed borrowed;
        private volatile boolean ended;

        Bound(Connection connection) {
            this.borrowed = new Borrowed(connection, false, false);
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
