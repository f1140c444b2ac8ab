package dev.evalstore.testkit;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** An embedded server that a test may crash and start again; unlike the shared one it keeps what it has committed. */
public final class OwnServer implements AutoCloseable {
    private static final String DATABASE = "own";

    private final EmbeddedPostgres embedded;
    private final Path data;
    private final Path log;
    private final TestServer server;

    private OwnServer(EmbeddedPostgres embedded, Path data) throws IOException {
        this.embedded = embedded;
        this.data = data;
        this.log = Files.createTempFile("own-server", ".log");
        this.server = new TestServer("localhost", embedded.getPort(), "postgres", "");
    }

    /** Starts one with the current schema. */
    public static OwnServer start() {
        try {
            Path data = Files.createTempDirectory("own-server");
            OwnServer own = new OwnServer(
                    EmbeddedPostgres.builder()
                            .setDataDirectory(data)
                            .setServerConfig("synchronous_commit", "on")
                            .setPGStartupWait(Duration.ofSeconds(60))
                            .start(),
                    data);
            own.server.createEmpty(DATABASE);
            try (Database db =
                    Database.open(own.server.as("evalstore_owner", DATABASE).build())) {
                db.migrate();
            }
            return own;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all its processes as a crash does, and starts it again, which recovers. */
    public void crash() {
        run("stop", "-m", "immediate");
        run("start", "-l", log.toString(), "-o", "-p " + server.port() + " -F");
    }

    private void run(String... arguments) {
        try (Stream<Path> unpacked = Files.list(Path.of(System.getProperty("ot.epg.working-dir")))) {
            Path programs = unpacked.filter(path -> Files.exists(path.resolve("bin/pg_ctl")))
                    .max(Comparator.comparing(path -> path.toFile().lastModified()))
                    .orElseThrow();
            List<String> command = new ArrayList<>();
            if ("root".equals(System.getProperty("user.name"))) {
                // The server refuses to run as root; this is how the embedded one is started, too.
                command.addAll(List.of("unshare", "-U"));
            }
            command.add(programs.resolve("bin/pg_ctl").toString());
            command.addAll(List.of("-D", data.toString(), "-w"));
            command.addAll(List.of(arguments));
            int code = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException(
                        "pg_ctl " + arguments[0] + " gave " + code + ": " + Files.readString(log));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The application role's configuration. */
    public DatabaseConfig.Builder config() {
        return server.as("evalstore_app", DATABASE);
    }

    /** Runs something as the superuser. */
    public void admin(String sql) {
        server.execute(DATABASE, sql);
    }

    /** The first column of a query as text, run as the superuser. */
    public List<String> query(String sql) {
        return server.query(DATABASE, sql);
    }

    @Override
    public void close() throws IOException {
        embedded.close();
        Files.deleteIfExists(log);
    }
}
