package dev.evalstore.internal.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections of a pool for a caller that keeps them; none of them may be in a transaction of the host. The first one is taken and
 * checked in the constructor, because a pool that keeps connections sets auto-commit on them, which would commit.
 */
final class UnsharedConnections implements DataSource {
    private static final String DOING = "cannot reserve a connection";

    private final Source.Pool source;
    private final AtomicReference<@Nullable Connection> first;

    /** @throws IllegalStateException if the connection is one of the host's */
    UnsharedConnections(Source.Pool source) {
        this.source = source;
        this.first = new AtomicReference<>(source.borrow(DOING).connection());
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection taken = first.getAndSet(null);
        return taken == null ? source.take(DOING).connection() : taken;
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return source.pool().getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        source.pool().setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        source.pool().setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return source.pool().getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return source.pool().getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return source.pool().unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return source.pool().isWrapperFor(type);
    }
}
