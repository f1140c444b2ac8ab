package dev.evalstore.testkit;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/**
 * An embedded server that one test class has to itself, to give it certificates, to kill it and to start it again. Roles log in
 * with their passwords; the superuser needs none.
 */
public final class OwnServer implements AutoCloseable {
    private static final List<String> HBA = List.of(
            "local all all trust",
            "hostssl all evalstore_reader all cert",
            "host all postgres all trust",
            "host all all all scram-sha-256");

    private final ServerProcess process;

    private OwnServer(ServerProcess process) {
        this.process = process;
    }

    public static OwnServer start(Map<String, String> settings, ServerProcess.Prepare prepare) {
        return new OwnServer(ServerProcess.start(settings, data -> {
            Files.write(data.resolve("pg_hba.conf"), HBA);
            prepare.in(data);
        }));
    }

    public static OwnServer start() {
        return start(Map.of(), data -> {});
    }

    public int port() {
        return process.port();
    }

    /** The same as a test server, to make databases on and to run things as the superuser. */
    public TestServer asTestServer() {
        return new TestServer("localhost", port(), "postgres", "");
    }

    /** A new database with the current schema. */
    public String createMigrated() {
        String name = asTestServer().createEmpty();
        try (Database db =
                Database.open(asTestServer().as("evalstore_owner", name).build())) {
            db.migrate();
        }
        return name;
    }

    public DatabaseConfig.Builder as(String role, String database) {
        return asTestServer().as(role, database);
    }

    /** kill -9 of the postmaster; its children notice and end. */
    public void kill() {
        process.kill();
    }

    /** Starts again what was killed, on the same port and data: the server recovers. */
    public void restart() {
        process.restart();
    }

    @Override
    public void close() {
        process.close();
    }
}
