package dev.evalstore.testkit;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
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
            "host replication postgres all trust",
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

    /**
     * A streaming replica: a copy of this server's files that follows what this one writes. It is what {@code
     * synchronous_standby_names} calls by the name.
     */
    public OwnServer replica(String replicaName) {
        try {
            Path copy = Files.createTempDirectory("evalstore-replica");
            backup(copy.resolve("data"));
            Files.createFile(copy.resolve("data/standby.signal"));
            // Not on the command line, which is taken apart at blanks on its way.
            Files.writeString(
                    copy.resolve("data/postgresql.auto.conf"),
                    "primary_conninfo = 'host=localhost port=" + port() + " user=postgres application_name="
                            + replicaName + "'\n");
            return new OwnServer(copy, Map.of(), data -> {});
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the server's files hold what a replica reads with. */
    public boolean canReplicate() {
        String library = asTestServer()
                .query("postgres", "select setting from pg_config where name = 'PKGLIBDIR'")
                .get(0);
        return Files.exists(Path.of(library, "libpqwalreceiver.so"));
    }

    /** The server's own way to copy its files while it runs, since it comes without {@code pg_basebackup}. */
    private void backup(Path to) throws IOException, SQLException {
        Path from = folder.resolve("data");
        try (Connection session = asTestServer().admin("postgres");
                var statement = session.createStatement()) {
            statement.execute("select pg_backup_start('replica', true)");
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.toList()) {
                    copy(from, file, to);
                }
            }
            try (ResultSet label = statement.executeQuery("select labelfile from pg_backup_stop(true)")) {
                label.next();
                Files.writeString(to.resolve("backup_label"), label.getString(1));
            }
        }
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
    }

    private static void copy(Path from, Path file, Path to) throws IOException {
        Path relative = from.relativize(file);
        boolean isLog = relative.startsWith("pg_wal") && !Files.isDirectory(file);
        if (isLog || relative.startsWith("postmaster.pid") || relative.startsWith("postmaster.opts")) {
            return;
        }
        try {
            Files.copy(file, to.resolve(relative));
        } catch (NoSuchFileException e) {
            // A file that goes while it is copied is in the log that the copy will read.
        }
    }

    /** Starts what was killed as a server that only reads: it waits for a primary that it does not know. */
    public void restartAsStandby() {
        try {
            Files.createFile(folder.resolve("data/standby.signal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        restart();
    }

    private EmbeddedPostgres launch(int port) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setPort(port)
                .setPGStartupWait(Duration.ofSeconds(60));
        if (port == 0 && !Files.exists(folder.resolve("data/PG_VERSION"))) {
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
