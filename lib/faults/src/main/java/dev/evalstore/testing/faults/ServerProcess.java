package dev.evalstore.testing.faults;

import dev.evalstore.servers.Folders;
import dev.evalstore.servers.Programs;
import dev.evalstore.servers.ServerFailedException;
import dev.evalstore.servers.ServerFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An embedded PostgreSQL server in a folder of its own, on a free port of this machine, that can be killed and started again on
 * the same port and data. Its superuser is {@code postgres}. It is deleted with its data when it is closed or this JVM ends. Unless
 * the settings turn {@code fsync} on, it is quick rather than durable: its data is in memory, where the system has a file system
 * there with 4 GB free, since to make a database is to make a thousand files.
 */
public final class ServerProcess implements AutoCloseable {
    /** The settings that make confirmed commits survive a crash; an embedded server leaves them out. */
    public static final Map<String, String> DURABLE =
            Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "on");

    /** The system property that names a folder for the data of all servers, instead of memory or that of temporary files. */
    public static final String FOLDER = "evalstore.servers";

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final Map<String, String> QUICK =
            Map.of("fsync", "off", "synchronous_commit", "off", "max_connections", "300", "timezone", "UTC");

    private final Path folder;
    private final Map<String, String> settings;
    private final ServerFolder server;
    private final int port;

    /** Puts files into the data directory before the server starts for the first time. */
    @FunctionalInterface
    public interface Prepare {
        void in(Path dataDirectory) throws IOException;
    }

    private ServerProcess(Programs programs, Path folder, Map<String, String> settings, Prepare prepare)
            throws IOException {
        this.folder = folder;
        this.settings = new HashMap<>(QUICK);
        this.settings.putAll(settings);
        this.server = new ServerFolder(programs, folder.resolve("data"), "server.log");
        server.create("-A", "trust", "--no-sync");
        prepare.in(server.data());
        this.port = server.startOnFreePort(this.settings, TIMEOUT);
    }

    /** Starts a server with these settings. */
    public static ServerProcess start(Map<String, String> settings) {
        return start(settings, data -> {});
    }

    /** The same, with files of the caller's in its data directory. */
    public static ServerProcess start(Map<String, String> settings, Prepare prepare) {
        return start(Programs.shared(), settings, prepare);
    }

    /** Starts a server of the given release with these settings. */
    public static ServerProcess start(Programs programs, Map<String, String> settings) {
        return start(programs, settings, data -> {});
    }

    private static ServerProcess start(Programs programs, Map<String, String> settings, Prepare prepare) {
        boolean isDurable = "on".equals(settings.get("fsync"));
        try {
            Path folder = ServerFolders.create(isDurable ? ServerFolders.onDisk() : ServerFolders.inMemory());
            try {
                ServerProcess started = new ServerProcess(programs, folder, settings, prepare);
                Runtime.getRuntime().addShutdownHook(new Thread(started::close, "server-stop"));
                return started;
            } catch (IOException | RuntimeException e) {
                Folders.delete(folder);
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens, on localhost. */
    public int port() {
        return port;
    }

    /** The server's log, over all its starts. */
    public Path log() {
        return server.log();
    }

    /** kill -9 of the postmaster, as by a system that ran out of memory; its children notice and end. */
    public void kill() {
        end("KILL");
    }

    /** As {@code pg_ctl stop -m immediate}: everything ends at once and nothing is written out. */
    public void stopImmediately() {
        end("QUIT");
    }

    private void end(String signal) {
        List<ProcessHandle> all = processes();
        Signals.send(signal, all.get(0).pid());
        awaitEnd(all);
    }

    /** The postmaster first; none if it is down. */
    private List<ProcessHandle> processes() {
        return server.process().stream()
                .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()))
                .toList();
    }

    /** Starts again what was killed or stopped, on the same port and data: the server recovers. */
    public void restart() {
        server.stop(TIMEOUT);
        server.start(port, settings, TIMEOUT);
    }

    private static void awaitEnd(List<ProcessHandle> processes) {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        try {
            while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("the server did not end");
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Stops it and deletes everything; a second time does nothing. */
    @Override
    public void close() {
        try {
            List<ProcessHandle> all = processes();
            server.stop(TIMEOUT);
            awaitEnd(all);
            forgetSharedMemory();
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A killed server leaves shared memory in the system, which only a start in the same folder finds. */
    private void forgetSharedMemory() {
        if (Files.exists(server.data().resolve("postmaster.pid"))) {
            try {
                server.execute("select 1");
            } catch (ServerFailedException e) {
                // A standby's data: the memory was given back before the server said no.
            }
        }
    }
}
