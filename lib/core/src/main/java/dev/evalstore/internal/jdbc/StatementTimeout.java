package dev.evalstore.internal.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bounds the wait for the server's answer, where a late answer is worth nothing. */
final class StatementTimeout {
    private static final Logger LOG = LoggerFactory.getLogger(StatementTimeout.class);

    private StatementTimeout() {}

    /** Uses the connection, which is broken off after so long without an answer; its own timeout is restored afterwards. */
    static <T> T withTimeout(Duration timeout, Connection connection, Use<T> use) throws SQLException {
        int before = connection.getNetworkTimeout();
        // No timeout is 0.
        int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toMillis()));
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
            // The statement is answered already, or the failure that broke the connection says more.
            LOG.debug("a connection's timeout could not be restored [{}]", e.getSQLState());
        }
    }
}
