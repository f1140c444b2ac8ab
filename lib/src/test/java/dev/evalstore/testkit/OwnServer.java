package dev.evalstore.testkit;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

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

    private final Path folder;
    private final Map<String, String> settings;
    private final Prepare prepare;
    private EmbeddedPostgres server;

    /** Puts files into the data directory before the server starts for the first time. */
    @FunctionalInterface
    public interface Prepare {
        void in(Path dataDirectory) throws IOException;
    }

    private OwnServer(Path folder, Map<String, String> settings, Prepare prepare) throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.prepare = prepare;
        this.server = launch(0);
    }

    public static OwnServer start(Map<String, String> settings, Prepare prepare) {
        try {
            return new OwnServer(Files.createTempDirectory("evalstore-server"), settings, prepare);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static OwnServer start() {
        return start(Map.of(), data -> {});
    }

    private EmbeddedPostgres launch(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setPort(port)
                .setPGStartupWait(Duration.ofSeconds(60));
        if (port == 0) {
            builder.setDataDirectoryCustomizer(this::customize);
        }
        settings.forEach(builder::setServerConfig);
        return builder.start();
    }

    private void customize(java.io.File data) {
        try {
            Files.write(data.toPath().resolve("pg_hba.conf"), HBA);
            prepare.in(data.toPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getPort();
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
        try {
            long pid = Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid"))
                    .get(0)
                    .strip());
            List<ProcessHandle> all = Stream.concat(
                            ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants),
                            ProcessHandle.of(pid).stream())
                    .toList();
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            Awaitility.await().until(() -> all.stream().noneMatch(ProcessHandle::isAlive) && !answers());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Starts again what was killed, on the same port and data: the server recovers. */
    public void restart() {
        int port = port();
        try {
            server.close();
            server = launch(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
