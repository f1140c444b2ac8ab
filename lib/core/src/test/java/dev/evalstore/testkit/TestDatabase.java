package dev.evalstore.testkit;

import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.testing.faults.TcpProxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The test class's own database, opened as the application role: {@code @RegisterExtension static final TestDatabase
 * database = TestDatabase.migrated();}.
 */
public final class TestDatabase implements BeforeAllCallback, AfterAllCallback {
    private final boolean migrated;
    private final UnaryOperator<DatabaseConfig.Builder> settings;
    private final StatementNames names = new StatementNames();
    private String name = "";
    private Database db;
    private HikariDataSource pool;

    private TestDatabase(boolean migrated, UnaryOperator<DatabaseConfig.Builder> settings) {
        this.migrated = migrated;
        this.settings = settings;
    }

    public static TestDatabase migrated() {
        return new TestDatabase(true, UnaryOperator.identity());
    }

    public static TestDatabase migrated(UnaryOperator<DatabaseConfig.Builder> settings) {
        return new TestDatabase(true, settings);
    }

    public static TestDatabase empty() {
        return new TestDatabase(false, UnaryOperator.identity());
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        TestServer server = TestServer.get();
        name = migrated ? server.createMigrated() : server.createEmpty();
        DatabaseConfig config = config().build();
        db = Database.open(hikari(config), config.options());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        db.close();
        if (pool != null) {
            pool.close();
            // A base class's database serves one class after another.
            pool = null;
        }
        TestServer.get().drop(name);
        names.check();
    }

    /** The driver gives a session the JVM's time zone; here they differ on purpose. */
    private static HikariConfig hikari(DatabaseConfig config) {
        HikariConfig hikari = Pools.hikari(config);
        hikari.setConnectionInitSql("set time zone 'America/Los_Angeles'");
        return hikari;
    }

    /** The database as the application role. */
    public Database db() {
        return db;
    }

    public String name() {
        return name;
    }

    /** Hears of statements without a name, for a {@code Database} that has options of its own. */
    public StatementNames names() {
        return names;
    }

    /** The application role's connections without the library around them. */
    public HikariDataSource pool() {
        if (pool == null) {
            pool = Pools.open(hikari(config().build()));
        }
        return pool;
    }

    /**
     * The application role's configuration, to open a second pool with. Statements that run through it without a name fail the
     * test class, unless it has a listener of its own.
     */
    public DatabaseConfig.Builder config() {
        return settings.apply(TestServer.get().as("evalstore_app", name).listener(names));
    }

    /** The application role's configuration through a proxy in front of the server. */
    public DatabaseConfig.Builder through(TcpProxy proxy) {
        return config().url("jdbc:postgresql://localhost:" + proxy.port() + "/" + name);
    }

    /** A proxy in front of the server. */
    public TcpProxy proxy() {
        return TcpProxy.to(TestServer.get().host(), TestServer.get().port());
    }

    /** The owner's configuration. */
    public DatabaseConfig.Builder owner() {
        return TestServer.get().as("evalstore_owner", name).listener(names);
    }

    /** A plain connection of the application role, in auto-commit. */
    public Connection connection() throws SQLException {
        DatabaseConfig config = config().build();
        return DriverManager.getConnection(config.url(), config.user(), config.password());
    }

    /** Ends every other session of the database, as a failover or an administrator would. */
    public void endSessions() {
        query("select pg_terminate_backend(pid, 30000) from pg_stat_activity where datname = current_database()"
                + " and pid <> pg_backend_pid() and backend_type = 'client backend'");
    }

    /** Runs something as the superuser. */
    public void admin(String sql) {
        TestServer.get().execute(name, sql);
    }

    /** The first column of a query as text, run as the superuser. */
    public List<String> query(String sql) {
        return TestServer.get().query(name, sql);
    }

    /** The single value of a query as text. */
    public String value(String sql) {
        List<String> values = query(sql);
        if (values.size() != 1) {
            throw new IllegalStateException(values.size() + " rows instead of one");
        }
        return values.get(0);
    }

    /** Waits until a session of the database waits for a lock. */
    public void awaitBlocked() {
        awaitBlocked(1);
    }

    /** Waits until so many sessions of the database wait for locks. */
    public void awaitBlocked(int sessions) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> Integer.parseInt(value("select count(*) from pg_stat_activity"
                                + " where datname = current_database() and wait_event_type = 'Lock'"))
                        >= sessions);
    }
}
