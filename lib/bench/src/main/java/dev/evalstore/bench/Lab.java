package dev.evalstore.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What a measurement works with: a durable server, one pool for all sides, and the library on that pool. */
final class Lab implements AutoCloseable {
    private final LocalServer server;
    private final HikariDataSource pool;
    private final Database db;
    private final Settings settings;
    private final Report report;

    private Lab(LocalServer server, HikariDataSource pool, Settings settings, Report report) {
        this.server = server;
        this.pool = pool;
        this.db = Database.using(pool);
        this.settings = settings;
        this.report = report;
    }

    /** A pool for a side that needs connections of its own; its maker closes it. */
    HikariDataSource newPool(int size) {
        return pool(server, size);
    }

    /** Starts or joins the server and migrates. Without a URL nothing is left behind; with one, the rows are. */
    static Lab open(Settings settings, Report report) throws SQLException {
        String url = settings.text("url");
        LocalServer server = url == null ? LocalServer.durable() : LocalServer.at(url);
        HikariDataSource pool = pool(server, settings.number("pool", 20));
        Lab lab = new Lab(server, pool, settings, report);
        lab.db.migrate();
        report.progress("PostgreSQL " + lab.db.health().serverVersion() + ", " + lab.durability());
        return lab;
    }

    private static HikariDataSource pool(LocalServer server, int size) {
        DatabaseConfig config = DatabaseConfig.builder(server.url()).build();
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(config.url());
        pool.setUsername(config.user());
        pool.setPassword(config.password());
        pool.setMaximumPoolSize(size);
        return new HikariDataSource(pool);
    }

    /** Whether a commit is on disk before it is confirmed, as the server has it: without, no figure of a write means much. */
    private String durability() throws SQLException {
        return db.inTransaction(tx -> {
            try (Statement statement = tx.connection().createStatement();
                    ResultSet result = statement.executeQuery(
                            "select string_agg(name || ' ' || setting, ', ' order by name)"
                                    + " from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')")) {
                result.next();
                return result.getString(1);
            }
        });
    }

    /** The library on {@link #pool()}. */
    Database db() {
        return db;
    }

    HikariDataSource pool() {
        return pool;
    }

    /** The server's URL, credentials included, for a child process. */
    LocalServer server() {
        return server;
    }

    Settings settings() {
        return settings;
    }

    Report report() {
        return report;
    }

    /** How many rounds count; seven unless given. Figures that are published take five at least. */
    int rounds() {
        return Math.max(1, settings.number("rounds", 7));
    }

    /** Bytes of write-ahead log that the server has written so far, for all databases. */
    long wal() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Runs statements, separated by semicolons, each in auto-commit. */
    void execute(String... statements) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public void close() {
        pool.close();
        server.close();
    }
}
