package dev.evalstore.testing;

import dev.evalstore.testing.faults.ServerProcess;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server for examples and measurements: the one that {@code EVALSTORE_URL} names, or else an embedded one. An
 * embedded server listens on a free port of this machine, and closing it deletes its data.
 */
public final class LocalServer implements AutoCloseable {
    private static final Map<String, String> ROOMY =
            Map.of("max_connections", "300", "shared_buffers", "512MB", "max_wal_size", "4GB");

    private final String url;
    private final @Nullable ServerProcess embedded;

    private LocalServer(String url, @Nullable ServerProcess embedded) {
        this.url = url;
        this.embedded = embedded;
    }

    /** A server for an example: quick rather than durable. */
    public static LocalServer start() {
        String url = System.getenv("EVALSTORE_URL");
        return url == null ? embedded(Map.of()) : at(url);
    }

    /** A server for a measurement: every commit is on disk before it is confirmed. */
    public static LocalServer durable() {
        String url = System.getenv("EVALSTORE_URL");
        return url == null ? embedded(ServerProcess.DURABLE) : at(url);
    }

    /** A server that runs already; closing this leaves it as it is. */
    public static LocalServer at(String url) {
        return new LocalServer(url, null);
    }

    private static LocalServer embedded(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(ROOMY);
        all.putAll(settings);
        ServerProcess started = ServerProcess.start(all);
        return new LocalServer("postgres://postgres@localhost:" + started.port() + "/postgres", started);
    }

    /** Where the server is, credentials included, in a form that {@code DatabaseConfig} and other processes understand. */
    public String url() {
        return url;
    }

    /** Whether closing this stops the server. */
    public boolean isEmbedded() {
        return embedded != null;
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
