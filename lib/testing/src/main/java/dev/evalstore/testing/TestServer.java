package dev.evalstore.testing;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.faults.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL server of this JVM's tests, started at first use. Its databases are copies of a migrated template; the names
 * hold the number of a run, whose session is open as long as its JVM lives.
 */
final class TestServer {
    static final String URL = "EVALSTORE_TEST_URL";
    static final String DOCKER = "evalstore.test.docker";

    private static final String PREFIX = "evalstore_test_";

    /** Where the class path has no binding of SLF4J, Flyway logs each migration there. Held, since a logger is else forgotten. */
    private static final Logger FLYWAY = Logger.getLogger("org.flywaydb");

    private final DatabaseConfig admin;
    private final String run;
    private final String template;
    private final Logins logins;
    private final AtomicInteger made = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    private final ExecutorService maker = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "evalstore-testing");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable Future<String> spare;

    /** Held open: it tells other runs that this one is alive. */
    @SuppressWarnings("unused")
    private final Connection sign;

    /** Started at first use. */
    private static final class Holder {
        private static final TestServer SERVER = start();
    }

    TestServer(DatabaseConfig admin) {
        this.admin = admin;
        this.run = ProcessHandle.current().pid() + "_"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        this.sign = connection("postgres", PREFIX + run);
        removeLeftovers();
        this.logins = new Logins(PREFIX + run);
        this.template = PREFIX + run + "_template";
        make(template);
    }

    static TestServer get() {
        return Holder.SERVER;
    }

    private static TestServer start() {
        String url = System.getenv(URL);
        if (url != null && !url.isBlank()) {
            return given(url);
        }
        String image = System.getProperty(DOCKER);
        if (image != null) {
            return new TestServer(DockerServer.start(image.isBlank() ? "postgres:18" : image));
        }
        // Its log of changes is bounded, since it may be in memory.
        ServerProcess server = ServerProcess.start(Map.of(
                "log_min_messages", "log", "autovacuum", "off", "min_wal_size", "32MB", "max_wal_size", "128MB"));
        return new TestServer(DatabaseConfig.builder()
                .host("localhost")
                .port(server.port())
                .database("postgres")
                .user("postgres")
                .build());
    }

    private static TestServer given(String url) {
        DatabaseConfig admin = DatabaseConfig.fromEnv(Map.of("DATABASE_URL", url));
        requireSuperuser(admin);
        TestServer server = new TestServer(admin);
        Runtime.getRuntime().addShutdownHook(new Thread(server::dropAll, "evalstore-testing-end"));
        return server;
    }

    private static void requireSuperuser(DatabaseConfig admin) {
        try (Connection connection = connection(admin, admin.url(), "evalstore_testing");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select rolsuper from pg_catalog.pg_roles where rolname = current_user")) {
            if (!rows.next() || !rows.getBoolean(1)) {
                throw new IllegalStateException(URL + " must name a superuser: it makes databases and roles");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the server that " + URL + " names cannot be reached", e);
        }
    }

    /** Databases of runs that have no session any more, because they were killed. One that is in use is not dropped. */
    private void removeLeftovers() {
        List<String> left = query(
                "postgres",
                "select d.datname from pg_catalog.pg_database d where d.datname ~ '^" + PREFIX
                        + "[0-9]+_[0-9a-f]{8}_([0-9]+|template)$' and not exists (select from pg_catalog.pg_stat_activity a"
                        + " where a.application_name = substring(d.datname from '^" + PREFIX + "[0-9]+_[0-9a-f]{8}'))");
        for (String name : left) {
            tryTo("drop database if exists " + name);
        }
        query(
                        "postgres",
                        "select r.rolname from pg_catalog.pg_roles r where r.rolname ~ '^" + PREFIX
                                + "[0-9]+_[0-9a-f]{8}_[a-z]+$' and not exists (select from pg_catalog.pg_stat_activity a"
                                + " where a.application_name = substring(r.rolname from '^" + PREFIX
                                + "[0-9]+_[0-9a-f]{8}'))")
                .forEach(name -> tryTo("drop role if exists " + name));
    }

    /** Somebody uses it, another run drops it, or the server is gone: then the next run drops it. */
    private void tryTo(String drop) {
        try {
            execute("postgres", drop);
        } catch (IllegalStateException e) {
            // As said above.
        }
    }

    private void make(String name) {
        if (FLYWAY.getLevel() == null) {
            FLYWAY.setLevel(Level.SEVERE);
        }
        execute("postgres", "create database " + name);
        execute(name, roles());
        execute("postgres", logins.statements());
        try (Database db = Database.open(config(name, Role.OWNER).poolSize(4).build())) {
            db.migrate();
        }
    }

    private static String roles() {
        try (InputStream in = Database.class.getResourceAsStream("/dev/evalstore/roles/roles.sql")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new database with the current schema. The next one is made meanwhile. */
    String createDatabase() {
        Future<String> mine;
        lock.lock();
        try {
            mine = spare == null ? maker.submit(this::copy) : spare;
            spare = maker.submit(this::copy);
        } finally {
            lock.unlock();
        }
        try {
            return mine.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String copy() {
        String name = PREFIX + run + "_" + made.incrementAndGet();
        // For a database that small half of the time that logging its pages takes, as measured on 15 and on 18.
        execute(
                "postgres",
                "create database " + name + " template " + template + " strategy file_copy",
                // What roles.sql grants on a database is not copied along.
                "grant create on database " + name + " to " + Role.OWNER.user());
        return name;
    }

    /** Soon: nobody waits for it. */
    void drop(String name) {
        try {
            maker.execute(() -> dropNow(name));
        } catch (RejectedExecutionException e) {
            // The JVM ends, and all is dropped.
        }
    }

    private void dropNow(String name) {
        tryTo("drop database if exists " + name + " with (force)");
    }

    /** What this run has made, its template too: a server that is there for longer keeps nothing of it. */
    private void dropAll() {
        maker.shutdown();
        try {
            if (maker.awaitTermination(20, TimeUnit.SECONDS)) {
                query("postgres", "select datname from pg_catalog.pg_database where datname ~ '^" + PREFIX + run + "_'")
                        .forEach(this::dropNow);
                logins.names().forEach(name -> tryTo("drop role if exists " + name));
            }
        } catch (IllegalStateException e) {
            // The next run drops it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Url, user and password are enough to be the role, and no more than the role: other frameworks take no more. */
    DatabaseConfig.Builder config(String name, Role role) {
        return DatabaseConfig.builder()
                .url(url(name))
                .user(logins.name(role))
                .password(logins.password())
                .poolSize(10)
                .minimumIdle(0)
                .connectTimeout(Duration.ofSeconds(30));
    }

    private String url(String name) {
        return admin.url().replaceFirst("^(jdbc:postgresql://[^/]*/)[^?]*", "$1" + name);
    }

    /** A superuser's connection. */
    Connection connection(String database, String applicationName) {
        try {
            return connection(admin, url(database), applicationName);
        } catch (SQLException e) {
            throw new IllegalStateException("the server for tests cannot be reached", e);
        }
    }

    private static Connection connection(DatabaseConfig admin, String url, String applicationName) throws SQLException {
        Properties properties = new Properties();
        admin.properties().forEach(properties::setProperty);
        properties.setProperty("ApplicationName", applicationName);
        if (admin.user() != null) {
            properties.setProperty("user", admin.user());
        }
        if (admin.password() != null) {
            properties.setProperty("password", admin.password());
        }
        return DriverManager.getConnection(url, properties);
    }

    private void execute(String database, String... statements) {
        try (Connection connection = connection(database, "evalstore_testing");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> query(String database, String sql) {
        try (Connection connection = connection(database, "evalstore_testing");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
