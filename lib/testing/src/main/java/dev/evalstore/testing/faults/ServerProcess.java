package dev.evalstore.testing.faults;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An embedded PostgreSQL server in a folder of its own, on a free port of this machine, that can be killed and started again on
 * the same port and data. Its superuser is {@code postgres}. It is quick rather than durable unless the settings say otherwise,
 * and is deleted with its data when it is closed or this JVM ends.
 */
public final class ServerProcess implements AutoCloseable {
    /** The settings that make confirmed commits survive a crash; an embedded server leaves them out. */
    public static final Map<String, String> DURABLE =
            Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "on");

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Path folder;
    private final Map<String, String> settings;
    private final Prepare prepare;
    private final int port;
    private volatile EmbeddedPostgres server;

    /** Puts files into the data directory before the server starts for the first time. */
    @FunctionalInterface
    public interface Prepare {
        void in(Path dataDirectory) throws IOException;
    }

    private ServerProcess(Path folder, Map<String, String> settings, Prepare prepare) throws IOException {
        this.folder = folder;
        this.settings = Map.copyOf(settings);
        this.prepare = prepare;
        this.server = launch(0);
        this.port = server.getPort();
    }

    /** Starts a server with these settings. */
    public static ServerProcess start(Map<String, String> settings) {
        return start(settings, data -> {});
    }

    /** The same, with files of the caller's in its data directory. */
    public static ServerProcess start(Map<String, String> settings, Prepare prepare) {
        try {
            ServerProcess started = new ServerProcess(Files.createTempDirectory("evalstore-server"), settings, prepare);
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "server-stop"));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EmbeddedPostgres launch(int at) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(programs().toFile())
                .setDataDirectory(folder.resolve("data"))
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setOutputRedirector(Redirect.appendTo(log().toFile()))
                .setPort(at)
                .setPGStartupWait(TIMEOUT);
        if (at == 0) {
            builder.setDataDirectoryCustomizer(this::customize);
        }
        settings.forEach(builder::setServerConfig);
        return builder.start();
    }

    /** The server's programs are unpacked here once and kept; one folder a user, since nobody can write to another's. */
    private static Path programs() {
        String given = System.getProperty("ot.epg.working-dir");
        return given != null
                ? Path.of(given)
                : Path.of(System.getProperty("java.io.tmpdir"), "evalstore-" + System.getProperty("user.name"));
    }

    private void customize(File data) {
        try {
            prepare.in(data.toPath());
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
        return folder.resolve("server.log");
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

    /** The postmaster first, by the number that it wrote down: for root it is started through another process. None if it is down. */
    private List<ProcessHandle> processes() {
        try {
            long pid = Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid"))
                    .get(0)
                    .strip());
            return ProcessHandle.of(pid).stream()
                    .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts again what was killed or stopped, on the same port and data: the server recovers. */
    public void restart() {
        try {
            server.close();
            server = launch(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
            server.close();
            awaitEnd(all);
            delete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void delete() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // Closed before, or by the JVM's end at the same time.
        }
    }
}
