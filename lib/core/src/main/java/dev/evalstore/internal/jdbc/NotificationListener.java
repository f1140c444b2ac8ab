package dev.evalstore.internal.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.internal.Foreign;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a connection of its own and opens a new one when that is lost; the action runs then too. Notifications are only a
 * hint, so an absent server is no error: the listener waits for it.
 */
public final class NotificationListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationListener.class);
    private static final int WAIT_MILLIS = 500;

    private final HikariDataSource pool;
    private final String channel;
    private final Runnable action;
    private final Thread thread;
    private volatile boolean closed;

    private NotificationListener(HikariDataSource pool, String channel, Runnable action) {
        this.pool = pool;
        this.channel = channel;
        this.action = action;
        this.thread = new Thread(this::listen, "evalstore-listener");
        this.thread.setDaemon(true);
    }

    /**
     * Starts to listen on a thread of its own.
     *
     * @param one the settings of its own pool, which this changes
     */
    public static NotificationListener start(HikariConfig one, String channel, Runnable action) {
        one.setPoolName(one.getPoolName() + "-listener");
        one.setMaximumPoolSize(1);
        one.setMinimumIdle(0);
        // The pool starts without a connection, whatever state the server is in.
        one.setInitializationFailTimeout(-1);
        NotificationListener listener = new NotificationListener(new HikariDataSource(one), channel, action);
        listener.thread.start();
        return listener;
    }

    private void listen() {
        boolean told = false;
        while (!closed) {
            try (Connection connection = pool.getConnection()) {
                try (var statement = connection.createStatement()) {
                    statement.execute("listen " + Statements.quoted(channel));
                }
                told = false;
                action.run();
                PGConnection direct = connection.unwrap(PGConnection.class);
                while (!closed) {
                    var notifications = direct.getNotifications(WAIT_MILLIS);
                    if (notifications != null && notifications.length > 0) {
                        action.run();
                    }
                }
            } catch (Throwable e) {
                if (!closed) {
                    tell(e, !told);
                    told = true;
                    // Whoever interrupted this thread did not mean that it must never wait again.
                    Thread.interrupted();
                    LockSupport.parkNanos(WAIT_MILLIS * 1_000_000L);
                }
            }
        }
    }

    private static void tell(Throwable failure, boolean first) {
        if (!(failure instanceof SQLException e)) {
            Foreign.warn(LOG, "what listens to notifications failed", failure);
        } else if (first) {
            LOG.warn(
                    "no notifications until there is a connection again; {}",
                    Errors.translate(e, "listen", false).getMessage());
        } else {
            LOG.debug("still no connection to listen on [{}]", e.getSQLState());
        }
    }

    @Override
    public void close() {
        closed = true;
        // The thread may wait for the pool, which does not wake waiting threads when it closes.
        thread.interrupt();
        pool.close();
        try {
            thread.join(WAIT_MILLIS * 10L);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
