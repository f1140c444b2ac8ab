package dev.evalstore.examples;

import dev.evalstore.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL that an example runs on: the one that {@code EVALSTORE_URL} names, or else an embedded one, which listens on a
 * free port of this machine and is gone, data and all, when closed.
 */
public final class ExampleServer implements AutoCloseable {
    /** What a server needs to keep what it has confirmed; the embedded one is started for tests and leaves them out. */
    private static final Map<String, String> DURABLE =
            Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "on");

    private final String url;
    private final @Nullable EmbeddedPostgres embedded;

    private ExampleServer(String url, @Nullable EmbeddedPostgres embedded) {
        this.url = url;
        this.embedded = embedded;
    }

    /** For a story: quick rather than durable. */
    public static ExampleServer start() {
        String url = System.getenv("EVALSTORE_URL");
        return url == null ? embedded(Map.of()) : at(url);
    }

    /** For a measurement: every commit is on disk before it is confirmed. */
    public static ExampleServer durable() {
        String url = System.getenv("EVALSTORE_URL");
        return url == null ? embedded(DURABLE) : at(url);
    }

    /** One that is there already; closing this leaves it alone. */
    public static ExampleServer at(String url) {
        return new ExampleServer(url, null);
    }

    private static ExampleServer embedded(Map<String, String> settings) {
        try {
            EmbeddedPostgres.Builder server = EmbeddedPostgres.builder()
                    .setOverrideWorkingDirectory(workingDirectory().toFile())
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setServerConfig("max_connections", "300")
                    .setServerConfig("shared_buffers", "512MB")
                    .setServerConfig("max_wal_size", "4GB");
            settings.forEach(server::setServerConfig);
            EmbeddedPostgres started = server.start();
            return new ExampleServer("postgres://postgres@localhost:" + started.getPort() + "/postgres", started);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The server's programs are unpacked here once and kept; one folder a user, since nobody can write to another's. */
    private static Path workingDirectory() {
        return Path.of(System.getProperty("java.io.tmpdir"), "evalstore-examples-" + System.getProperty("user.name"));
    }

    /** Where the server is, credentials included, in a form that {@link DatabaseConfig} and other processes understand. */
    public String url() {
        return url;
    }

    /** Whether the server is gone when this is closed. */
    public boolean isEmbedded() {
        return embedded != null;
    }

    /** A configuration for this server. */
    public DatabaseConfig.Builder config() {
        return DatabaseConfig.builder().url(url);
    }

    @Override
    public void close() {
        if (embedded != null) {
            try {
                embedded.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
