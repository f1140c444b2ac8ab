package dev.evalstore.reliability;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A pool that does nothing by itself: no test of connections, no thread, no waiting. So each request through it is the library's. */
final class SparePool implements DataSource, AutoCloseable {
    private final String url;
    private final Properties login = new Properties();
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

    /** As a superuser who acts in the application's role: that needs no exchange of secrets, which takes longest. */
    SparePool(String url, String user, String password, String role) {
        this.url = url;
        login.setProperty("user", user);
        login.setProperty("password", password);
        login.setProperty("options", "-c role=" + role);
        login.setProperty("sslmode", "disable");
    }

    /** Sees to it that so many are open and idle. */
    void warm(int connections) throws SQLException {
        idle.removeIf(SparePool::isClosed);
        while (idle.size() < connections) {
            idle.push(DriverManager.getConnection(url, login));
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection spare = idle.poll();
        while (spare != null && isClosed(spare)) {
            spare = idle.poll();
        }
        Connection connection = spare != null ? spare : DriverManager.getConnection(url, login);
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    if (method.getName().equals("close")) {
                        idle.push(connection);
                        return null;
                    }
                    try {
                        return method.invoke(connection, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    /** Closes what is idle, well or not. */
    @Override
    public void close() {
        for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
            try {
                connection.close();
            } catch (SQLException e) {
                // The proxy has broken it off.
            }
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("no " + type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
