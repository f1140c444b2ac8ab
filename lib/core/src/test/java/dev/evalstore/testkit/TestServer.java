package dev.evalstore.testkit;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.faults.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The PostgreSQL server of this JVM: embedded by default ({@code -Dpg.version} chooses the binaries), a container with
 * {@code -Dpg=docker}, or the one that {@code EVALSTORE_TEST_URL} names, whose user must be a superuser. Each test class gets a
 * database of its own, copied from a migrated template.
 *
 * @param host where it listens
 * @param port where it listens
 * @param admin a superuser
 * @param adminPassword its password
 */
public record TestServer(String host, int port, String admin, String adminPassword) {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final String PASSWORD = "test-only";

    /** Started at first use, stopped with the JVM. */
    private static final class Holder {
        private static final TestServer SERVER = start();
        private static final String TEMPLATE = SERVER.template();
    }

    public static TestServer get() {
        return Holder.SERVER;
    }

    private static TestServer start() {
        String url = System.getenv("EVALSTORE_TEST_URL");
        if (url != null) {
            DatabaseConfig config = DatabaseConfig.fromEnv(Map.of("DATABASE_URL", url));
            var at = java.net.URI.create(config.url().substring("jdbc:".length()));
            return new TestServer(
                    at.getHost(),
                    at.getPort() < 0 ? 5432 : at.getPort(),
                    String.valueOf(config.user()),
                    config.password() == null ? "" : config.password());
        }
        return "docker".equals(System.getProperty("pg")) ? container() : embedded();
    }

    private static TestServer embedded() {
        // Its log of changes is bounded, since it may be in memory.
        ServerProcess server =
                ServerProcess.start(Map.of("max_connections", "300", "log_statement", "none", "max_wal_size", "256MB"));
        return new TestServer("localhost", server.port(), "postgres", "");
    }

    private static TestServer container() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IllegalStateException("-Dpg=docker was asked for, and no Docker engine answers");
        }
        String version = System.getProperty("pg.version", "18.6.0").replaceFirst("\\.0$", "");
        PostgreSQLContainer server = new PostgreSQLContainer(DockerImageName.parse("postgres:" + version))
                .withCommand("postgres", "-c", "max_connections=300");
        server.start();
        return new TestServer(server.getHost(), server.getMappedPort(5432), server.getUsername(), server.getPassword());
    }

    private String template() {
        String name = "evalstore_template_" + ProcessHandle.current().pid();
        createEmpty(name);
        try (var db = dev.evalstore.Database.open(as("evalstore_owner", name).build())) {
            db.migrate();
        }
        return name;
    }

    /** A new database with the current schema. */
    public String createMigrated() {
        String template = Holder.TEMPLATE;
        String name = newName();
        execute("postgres", "create database " + name + " template " + template + " strategy file_copy");
        return name;
    }

    /** A new database with the roles and nothing else. */
    public String createEmpty() {
        String name = newName();
        createEmpty(name);
        return name;
    }

    private static String newName() {
        return "test_" + ProcessHandle.current().pid() + "_" + NEXT.incrementAndGet();
    }

    void createEmpty(String name) {
        execute("postgres", "create database " + name);
        execute(name, resource("dev/evalstore/roles/roles.sql"));
        execute(
                name,
                "alter role evalstore_owner password '" + PASSWORD + "'; alter role evalstore_app password '" + PASSWORD
                        + "'; alter role evalstore_reader password '" + PASSWORD + "'");
    }

    public void drop(String name) {
        execute("postgres", "drop database if exists " + name + " with (force)");
    }

    /** A configuration for one of the roles. */
    public DatabaseConfig.Builder as(String role, String database) {
        return DatabaseConfig.builder()
                .url("jdbc:postgresql://" + host + ":" + port + "/" + database)
                .user(role)
                .password(PASSWORD)
                .poolSize(10)
                .minimumIdle(0)
                .connectTimeout(Duration.ofSeconds(30));
    }

    /** A superuser's connection. */
    public Connection admin(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + host + ":" + port + "/" + database, admin, adminPassword);
    }

    /** Runs something as the superuser. */
    public void execute(String database, String sql) {
        try (Connection connection = admin(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of a query as text, run as the superuser. */
    public List<String> query(String database, String sql) {
        try (Connection connection = admin(database);
                var statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (result.next()) {
                values.add(result.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String resource(String name) {
        try (var in = TestServer.class.getClassLoader().getResourceAsStream(name)) {
            return new String(java.util.Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
