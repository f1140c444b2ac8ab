package dev.evalstore.reliability;

import dev.evalstore.testkit.BareDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;

/** A pool that does nothing by itself: no test of connections, no thread, no waiting. So each request through it is the library's. */
final class SparePool extends BareDataSource implements AutoCloseable {
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
    protected Connection lend() throws SQLException {
        Connection spare = idle.poll();
        while (spare != null && isClosed(spare)) {
            spare = idle.poll();
        }
        return spare != null ? spare : DriverManager.getConnection(url, login);
    }

    @Override
    protected void takeBack(Connection connection) {
        idle.push(connection);
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
}
