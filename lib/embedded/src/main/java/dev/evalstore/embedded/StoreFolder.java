package dev.evalstore.embedded;

import dev.evalstore.embedded.EmbeddedStoreException.Reason;
import dev.evalstore.servers.Folders;
import dev.evalstore.servers.Programs;
import dev.evalstore.servers.ServerFailedException;
import dev.evalstore.servers.ServerFolder;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a store, locked for this process: {@code data} is PostgreSQL's, {@code programs} its programs, {@code log} its
 * log, and {@code password} what the store logs in with. A folder without {@code data} has no store yet.
 */
final class StoreFolder implements AutoCloseable {
    /** The server listens there alone. */
    static final String ADDRESS = "127.0.0.1";

    /** The database, and the role that owns it. */
    static final String NAME = "evalstore";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);
    private static final String NEW = "data.new";
    private static final Set<String> OURS =
            Set.of("lock", "data", "programs", "log", "password", "start.log", "lost+found");

    private final Path path;
    private final FolderLock lock;
    private @Nullable Programs programs;
    private @Nullable ServerFolder server;
    private @Nullable ServerLog log;
    private @Nullable ProcessHandle running;

    private StoreFolder(Path path, FolderLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes the folder where it is missing, and locks it. */
    static StoreFolder open(Path given) {
        // PostgreSQL's programs call each other through a shell.
        if (given.toAbsolutePath().toString().matches("(?s).*[\"$`\\\\\n\r].*") && !isWindows()) {
            throw new EmbeddedStoreException(
                    Reason.NOT_A_STORE, "the path of a store has no quotation mark, $, `, \\ or line break", null);
        }
        try {
            Files.createDirectories(given);
            Path path = given.toRealPath();
            requireOwn(path);
            requireStore(path);
            return new StoreFolder(path, FolderLock.take(path));
        } catch (IOException e) {
            throw failure(e, given);
        }
    }

    private static boolean isWindows() {
        return System.getProperty("os.name").startsWith("Windows");
    }

    /** A server reads no data of another user's, even if it could. */
    private static void requireOwn(Path path) throws IOException {
        UserPrincipal me = me(path);
        for (Path one : List.of(path, path.resolve("data"))) {
            if (Files.exists(one) && !Files.getOwner(one).equals(me)) {
                throw new EmbeddedStoreException(
                        Reason.OTHER_USER,
                        one + " belongs to the user " + Files.getOwner(one).getName() + ", and this process runs as "
                                + me.getName() + ". Use a folder of this user's, such as a new one inside it",
                        null);
            }
        }
    }

    private static UserPrincipal me(Path path) throws IOException {
        Path process = Path.of("/proc/self");
        return Files.exists(process)
                ? Files.getOwner(process)
                : path.getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(System.getProperty("user.name"));
    }

    /** Nothing is mixed with what somebody has in the folder already. */
    private static void requireStore(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            boolean isOther = files.map(file -> file.getFileName().toString())
                    .anyMatch(name -> !OURS.contains(name) && !name.startsWith(NEW));
            if (isOther && !Files.exists(path.resolve("data/PG_VERSION"))) {
                throw new EmbeddedStoreException(
                        Reason.NOT_A_STORE, path + " has other files in it. Use an empty folder, or a new one", null);
            }
        }
    }

    Path path() {
        return path;
    }

    String version() {
        return programs().version();
    }

    private Programs programs() {
        if (programs == null) {
            programs = System.getProperty(Programs.FOLDER) != null
                    ? Programs.shared()
                    : Programs.in(path.resolve("programs"));
        }
        return programs;
    }

    String password() throws IOException {
        return Files.readString(path.resolve("password"));
    }

    /** Starts the server, in a new database cluster if there is none. */
    int startServer() throws IOException {
        try {
            requireMajor();
            ServerFolder data = new ServerFolder(programs(), path.resolve("data"), "start.log");
            takeOver(data);
            if (!Files.exists(data.data())) {
                create();
            }
            server = data;
            log = ServerLog.in(path.resolve("log"));
            Files.deleteIfExists(data.log());
            Map<String, String> settings = new HashMap<>(log.settings());
            settings.put("listen_addresses", ADDRESS);
            List.of("fsync", "full_page_writes", "synchronous_commit").forEach(safety -> settings.put(safety, "on"));
            // PostgreSQL's own puts the schema first that is called as the role, and the library's is, once it is
            // there.
            settings.put("search_path", "public");
            int port = data.startOnFreePort(settings, EmbeddedStore.TIMEOUT);
            running = data.process().orElse(null);
            return port;
        } catch (ServerFailedException e) {
            throw EmbeddedStore.failed(e, path);
        }
    }

    private void requireMajor() throws IOException {
        Path file = path.resolve("data/PG_VERSION");
        if (!Files.exists(file)) {
            return;
        }
        String stored = Files.readString(file).strip();
        if (!stored.equals(Integer.toString(programs().major()))) {
            throw new EmbeddedStoreException(
                    Reason.OTHER_VERSION,
                    "the store in " + path + " was made by PostgreSQL " + stored + ", and PostgreSQL " + version()
                            + " is on the class path. Nothing was changed. Either depend on dev.evalstore:evalstore-postgresql-"
                            + stored
                            + ", or move the rows to a new folder, as lib/docs/embedded.md says under \"Another major"
                            + " release\"",
                    null);
        }
    }

    /**
     * Stops the server of a process that was killed. It is stopped and not used on: so what that process had begun has ended, and
     * the server runs with this process's settings.
     */
    private void takeOver(ServerFolder data) throws IOException {
        if (data.process().isPresent()) {
            LOG.warn("a process was killed and left its server in {}; the server is stopped and started anew", path);
            data.stop(EmbeddedStore.TIMEOUT);
        }
        // The folder's lock is held, so nobody else's server can be starting.
        data.forgetDead();
    }

    /** Makes the cluster beside, and moves it in place when it is whole: a process may be killed at any moment. */
    private void create() throws IOException {
        for (Path left : List.copyOf(unfinished())) {
            Folders.delete(left);
        }
        Path fresh = Files.createTempDirectory(path, NEW);
        String password = HexFormat.of().formatHex(random());
        writeSecret(path.resolve("password"), password);
        ServerFolder made = new ServerFolder(programs(), fresh, "start.log");
        List<String> options = new ArrayList<>(List.of("--auth=reject", "--data-checksums"));
        // Sorts by code points, whatever the system's libraries do after their next update.
        options.addAll(
                programs().major() >= 17
                        ? List.of("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
                        : List.of("--locale=C.UTF-8"));
        made.create(options.toArray(String[]::new));
        // Over a connection nobody is a superuser.
        made.execute(
                "create role " + NAME + " login password '" + password + "'",
                "create database " + NAME + " owner " + NAME);
        Files.writeString(fresh.resolve("pg_hba.conf"), "host all " + NAME + " " + ADDRESS + "/32 scram-sha-256\n");
        Files.move(fresh, path.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private List<Path> unfinished() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.getFileName().toString().startsWith(NEW))
                    .toList();
        }
    }

    private static byte[] random() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static void writeSecret(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        FileAttribute<Set<PosixFilePermission>> mine =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.createFile(file, isWindows() ? new FileAttribute<?>[0] : new FileAttribute<?>[] {mine});
        Files.writeString(file, text, StandardOpenOption.WRITE);
    }

    EmbeddedStoreException failure(IOException e) {
        return failure(e, path);
    }

    private static EmbeddedStoreException failure(IOException e, Path path) {
        String said = String.valueOf(e.getMessage());
        if (said.contains("No space left on device")) {
            return new EmbeddedStoreException(Reason.DISK_FULL, "the disk has no room for the store in " + path, e);
        }
        if (e instanceof AccessDeniedException || said.contains("Read-only file system")) {
            return new EmbeddedStoreException(
                    Reason.READ_ONLY, "the store's folder cannot be written by this process: " + said, e);
        }
        if (e instanceof FileAlreadyExistsException) {
            return new EmbeddedStoreException(Reason.NOT_A_STORE, path + " is not a folder", e);
        }
        String why = said.equals(path.toString()) ? "nothing is there, and no folder can be made" : said;
        return new EmbeddedStoreException(
                Reason.NOT_STARTED, "the store's folder cannot be used: " + path + ": " + why, e);
    }

    /** Stops the server, and unlocks the folder. */
    @Override
    public void close() {
        try {
            if (server != null) {
                stop(server);
            }
        } catch (ServerFailedException e) {
            throw EmbeddedStore.failed(e, path);
        } finally {
            if (log != null) {
                log.close();
            }
            unlock();
        }
    }

    /** Where the folder was renamed or deleted meanwhile, its name does not lead to the server any more, which has gone on. */
    private void stop(ServerFolder stopped) {
        if (running == null || Files.exists(path.resolve("data/PG_VERSION"))) {
            stopped.stop(EmbeddedStore.TIMEOUT);
        } else {
            // The polite signal waits for its sessions, and the pool has ended them.
            running.destroy();
            running.onExit()
                    .completeOnTimeout(running, EmbeddedStore.TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }
    }

    private void unlock() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("the lock of {} could not be given back: {}", path, e.getMessage());
        }
    }
}
