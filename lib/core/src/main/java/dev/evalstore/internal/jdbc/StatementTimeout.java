package dev.evalstore.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long the server's answer is waited for, where that matters more than the answer. */
final class StatementTimeout {
    private static final Logger LOG = LoggerFactory.getLogger(StatementTimeout.class);

    private StatementTimeout() {}

    /** Uses the connection, which breaks when nothing comes from the server for so long; it then keeps its own timeout. */
    static <T> T withTimeout(Duration most, Connection connection, Jdbc.Use<T> use) throws SQLException {
        int before = connection.getNetworkTimeout();
        // No timeout is 0.
        int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, most.toMillis()));
        connection.setNetworkTimeout(Runnable::run, before == 0 ? millis : Math.min(before, millis));
        try {
            return use.apply(connection);
        } finally {
            restore(connection, before);
        }
    }

    private static void restore(Connection connection, int millis) {
        try {
            if (!connection.isClosed()) {
                connection.setNetworkTimeout(Runnable::run, millis);
            }
        } catch (SQLException e) {
            // What was asked is answered already, or the failure that broke the connection tells more.
            LOG.debug("a connection's timeout could not be restored [{}]", e.getSQLState());
        }
    }
}
