package dev.evalstore.internal.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.internal.Pools;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens on a connection of its own, and makes another when that is lost; the action is also run then. */
public final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final int WAIT_MILLIS = 500;

    private final HikariDataSource pool;
    private final String channel;
    private final Runnable action;
    private final Thread thread;
    private volatile boolean closed;

    private Listener(HikariDataSource pool, String channel, Runnable action) {
        this.pool = pool;
        this.channel = channel;
        this.action = action;
        this.thread = new Thread(this::listen, "evalstore-listener");
        this.thread.setDaemon(true);
    }

    public static Listener start(DatabaseConfig config, String channel, Runnable action) {
        HikariConfig one = Pools.hikari(config);
        one.setPoolName(config.applicationName() + "-listener");
        one.setMaximumPoolSize(1);
        one.setMinimumIdle(0);
        Listener listener = new Listener(Pools.open(one), channel, action);
        listener.thread.start();
        return listener;
    }

    private void listen() {
        while (!closed) {
            try (Connection connection = pool.getConnection()) {
                try (var statement = connection.createStatement()) {
                    statement.execute("listen " + Statements.quoted(channel));
                }
                action.run();
                PGConnection direct = connection.unwrap(PGConnection.class);
                while (!closed) {
                    var notifications = direct.getNotifications(WAIT_MILLIS);
                    if (notifications != null && notifications.length > 0) {
                        action.run();
                    }
                }
            } catch (SQLException e) {
                if (!closed) {
                    LOG.debug("listening again after a lost connection [{}]", e.getSQLState());
                    LockSupport.parkNanos(WAIT_MILLIS * 1_000_000L);
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        pool.close();
        LockSupport.unpark(thread);
    }
}
