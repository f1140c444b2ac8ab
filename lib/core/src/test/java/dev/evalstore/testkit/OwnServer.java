package dev.evalstore.testkit;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.faults.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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

    private final ServerProcess process;
    private final Path data;

    private OwnServer(ServerProcess process) {
        this.process = process;
        this.data =
                Path.of(asTestServer().query("postgres", "show data_directory").get(0));
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

    /**
     * A server to make replicas of. They have no slots, so it keeps the log that one of them has not read yet. Each base backup begins
     * with a checkpoint, which would remove that log, and a replica that misses some never follows again.
     */
    public static OwnServer startPrimary() {
        return start(Map.of("synchronous_commit", "on", "wal_keep_size", "1GB"), data -> {});
    }

    /**
     * A streaming replica: a copy of this server's files that follows what this one writes. It is what {@code
     * synchronous_standby_names} calls by the name.
     */
    public OwnServer replica(String replicaName) {
        return new OwnServer(ServerProcess.start(Map.of(), to -> {
            try {
                backup(to);
            } catch (SQLException e) {
                throw new IOException(e);
            }
            Files.createFile(to.resolve("standby.signal"));
            // Not on the command line, which is taken apart at blanks on its way.
            Files.writeString(
                    to.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=localhost port=" + port() + " user=postgres application_name="
                            + replicaName + "'\nwal_retrieve_retry_interval = '500ms'\n");
        }));
    }

    /** A server that begins with the files of a base backup, and with these beside them, by their names. */
    public static OwnServer fromBackup(Path backup, Map<String, String> files) {
        return new OwnServer(ServerProcess.start(Map.of(), to -> {
            clear(to);
            List<Path> all = walk(backup);
            Collections.reverse(all);
            for (Path file : all) {
                if (!file.equals(backup) && !isItsOwn(backup.relativize(file))) {
                    Files.copy(file, to.resolve(backup.relativize(file)));
                }
            }
            for (Map.Entry<String, String> file : files.entrySet()) {
                Files.writeString(to.resolve(file.getKey()), file.getValue());
            }
        }));
    }

    /** A base backup by the server's own functions, without the log that it needs. */
    public void baseBackup(Path to) {
        try {
            Files.createDirectories(to);
            backup(to);
            Files.createDirectories(to.resolve("pg_wal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
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
        clear(to);
        try (Connection session = asTestServer().admin("postgres");
                var statement = session.createStatement()) {
            statement.execute("select pg_backup_start('replica', true)");
            List<Path> files = walk(data);
            Collections.reverse(files);
            for (Path file : files) {
                copy(file, to.resolve(data.relativize(file)));
            }
            try (ResultSet label = statement.executeQuery("select labelfile from pg_backup_stop(true)")) {
                label.next();
                Files.writeString(to.resolve("backup_label"), label.getString(1));
            }
        }
    }

    private static void clear(Path to) throws IOException {
        for (Path made : walk(to)) {
            if (!made.equals(to) && !isItsOwn(to.relativize(made))) {
                Files.delete(made);
            }
        }
    }

    /** Files before the folders that they are in. */
    private static List<Path> walk(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> all = new ArrayList<>(files.toList());
            Collections.reverse(all);
            return all;
        }
    }

    /** What belongs to the process that runs in a folder. */
    private static boolean isItsOwn(Path relative) {
        return relative.startsWith("epg-lock")
                || relative.startsWith("postmaster.pid")
                || relative.startsWith("postmaster.opts");
    }

    private void copy(Path file, Path to) throws IOException {
        Path relative = data.relativize(file);
        boolean isLog = relative.startsWith("pg_wal") && !Files.isDirectory(file);
        if (isLog || isItsOwn(relative) || file.equals(data)) {
            return;
        }
        try {
            Files.copy(file, to);
        } catch (NoSuchFileException e) {
            // A file that goes while it is copied is in the log that the copy will read.
        }
    }

    /** Starts what was killed as a server that only reads: it waits for a primary that it does not know. */
    public void restartAsStandby() {
        try {
            Files.createFile(data.resolve("standby.signal"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        restart();
    }

    /** How a replica follows, and the end of the server's log: for the report of a failure. */
    public String state() {
        String receives;
        try {
            receives = asTestServer()
                    .query(
                            "postgres",
                            "select 'replayed ' || coalesce(pg_last_wal_replay_lsn()::text, '-') || ', received '"
                                    + " || coalesce(pg_last_wal_receive_lsn()::text, '-') || ', paused '"
                                    + " || case when pg_is_in_recovery() then pg_is_wal_replay_paused()::text else '-' end"
                                    + " || ', receiver ' || coalesce((select to_jsonb(r)::text from pg_stat_wal_receiver r), 'none')")
                    .get(0);
        } catch (RuntimeException e) {
            receives = "does not answer: " + e.getMessage();
        }
        try {
            List<String> log = Files.readAllLines(process.log());
            return receives + "\n" + String.join("\n", log.subList(Math.max(0, log.size() - 40), log.size()));
        } catch (IOException e) {
            return receives + "\nno log: " + e;
        }
    }

    /** What the server has logged. */
    public List<String> log() throws IOException {
        return Files.readAllLines(process.log());
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
