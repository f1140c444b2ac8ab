package dev.evalstore.embedded;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.embedded.EmbeddedStoreException.Reason;
import dev.evalstore.servers.ServerFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store in a folder: a PostgreSQL server of its own, started here and stopped by {@link #close}, or when the JVM ends. What is
 * committed is on disk, and there at the next start. One process at a time has a folder open. Thread-safe.
 *
 * <pre>{@code
 * try (EmbeddedStore store = EmbeddedStore.start(Path.of("evalstore"))) {
 *     Database db = store.database();
 *     db.migrate();
 *     …
 * }
 * }</pre>
 */
public final class EmbeddedStore implements AutoCloseable {
    /** The variable that names the folder. */
    public static final String PATH = "DATABASE_PATH";

    static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);

    /** Of these the store decides itself. */
    private static final List<String> ITS_OWN = List.of(
            "DATABASE_URL",
            "DATABASE_HOST",
            "DATABASE_PORT",
            "DATABASE_NAME",
            "DATABASE_USER",
            "DATABASE_PASSWORD",
            "DATABASE_SSL_MODE");

    private final StoreFolder folder;
    private final DatabaseConfig config;
    private final Database database;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread atExit = new Thread(this::close, "evalstore-embedded-stop");

    private EmbeddedStore(StoreFolder folder, DatabaseConfig config, Database database) {
        this.folder = folder;
        this.config = config;
        this.database = database;
    }

    /**
     * Starts the server in a folder, which is made at first. Where a process was killed, its server is stopped first, and
     * what it had committed is recovered. Takes about a second, the first time about four.
     *
     * @param folder a folder of this user's, for the store alone
     * @throws EmbeddedStoreException if the store cannot be started; {@link EmbeddedStoreException#reason} and the message
     *     say why
     */
    public static EmbeddedStore start(Path folder) {
        return start(Objects.requireNonNull(folder, "folder"), Map.of());
    }

    /** {@link #fromEnv(Map)} with this process's environment. */
    public static EmbeddedStore fromEnv() {
        return fromEnv(System.getenv());
    }

    /**
     * Starts the server in the folder that {@code DATABASE_PATH} names. The other variables are those of {@link
     * DatabaseConfig#fromEnv}, without those that say where a server is.
     *
     * @throws IllegalArgumentException if {@code DATABASE_PATH} is not set or no path, a variable names a server beside it, or
     *     a value is refused; the message names the variable
     * @throws EmbeddedStoreException if the store cannot be started
     */
    public static EmbeddedStore fromEnv(Map<String, String> environment) {
        String path = environment.getOrDefault(PATH, "");
        if (path.isBlank()) {
            throw new IllegalArgumentException(PATH + " must be set to a folder");
        }
        for (String other : ITS_OWN) {
            if (environment.containsKey(other)) {
                throw new IllegalArgumentException(PATH + " and " + other + " are both set; set one of them");
            }
        }
        Map<String, String> variables = new HashMap<>(environment);
        variables.remove(PATH);
        // Before anything is started: a bad value is no reason to start a server.
        config(variables, 1, "checked");
        try {
            return start(Path.of(path), variables);
        } catch (java.nio.file.InvalidPathException e) {
            throw new IllegalArgumentException(PATH + " must be a path", e);
        }
    }

    private static EmbeddedStore start(Path path, Map<String, String> variables) {
        long begun = System.nanoTime();
        StoreFolder folder = StoreFolder.open(path);
        Database database = null;
        try {
            int port = folder.startServer();
            DatabaseConfig config = config(variables, port, folder.password());
            database = Database.open(config);
            EmbeddedStore store = new EmbeddedStore(folder, config, database);
            Runtime.getRuntime().addShutdownHook(store.atExit);
            LOG.info(
                    "PostgreSQL {} runs in {} after {} ms",
                    folder.version(),
                    folder.path(),
                    (System.nanoTime() - begun) / 1_000_000);
            return store;
        } catch (IOException | RuntimeException e) {
            if (database != null) {
                database.close();
            }
            try {
                folder.close();
            } catch (RuntimeException second) {
                e.addSuppressed(second);
            }
            throw e instanceof IOException io ? folder.failure(io) : (RuntimeException) e;
        }
    }

    private static DatabaseConfig config(Map<String, String> variables, int port, String password) {
        Map<String, String> all = new HashMap<>(variables);
        all.put("DATABASE_HOST", StoreFolder.ADDRESS);
        all.put("DATABASE_PORT", Integer.toString(port));
        all.put("DATABASE_NAME", StoreFolder.NAME);
        all.put("DATABASE_USER", StoreFolder.NAME);
        all.put("DATABASE_PASSWORD", password);
        return DatabaseConfig.fromEnv(all);
    }

    /** The store. It is closed with this object. */
    public Database database() {
        return database;
    }

    /**
     * Where the server is while this object is open: for another pool, or for {@code pg_dump}. Port and password are this
     * start's and this folder's.
     */
    public DatabaseConfig config() {
        return config;
    }

    /** The folder's real path. */
    public Path folder() {
        return folder.path();
    }

    /** The server's release, such as {@code 18.6}. */
    public String version() {
        return folder.version();
    }

    /**
     * Closes the pool, stops the server, and lets others have the folder. Statements that run are aborted. Does nothing the
     * second time. The JVM's end does the same, beside other shutdown hooks: a service that writes in one closes the store
     * itself.
     *
     * @throws EmbeddedStoreException if the server does not stop within two minutes; the next start stops it
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM ends.
        }
        try {
            database.close();
        } finally {
            folder.close();
        }
    }

    static EmbeddedStoreException failed(ServerFailedException e, Path folder) {
        // The server says the second where a write was cut short.
        boolean isFull =
                e.output().contains("No space left on device") || e.output().contains("Check free disk space");
        return isFull
                ? new EmbeddedStoreException(
                        Reason.DISK_FULL,
                        "the disk has no room for the store in " + folder + ". PostgreSQL said:\n"
                                + e.output().strip(),
                        e)
                : new EmbeddedStoreException(
                        Reason.NOT_STARTED, "PostgreSQL failed in " + folder + ": " + e.getMessage(), e);
    }
}
