package dev.evalstore.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's log: quiet, without values, and bounded, by deleting what is old. */
final class ServerLog implements AutoCloseable {
    static final int FILES = 5;

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);
    private static final long MINUTES = 10;

    private final Path folder;
    private final ScheduledExecutorService cleaner = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "evalstore-embedded-log");
        thread.setDaemon(true);
        return thread;
    });

    private ServerLog(Path folder) {
        this.folder = folder;
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    static ServerLog in(Path folder) throws IOException {
        Files.createDirectories(folder);
        ServerLog log = new ServerLog(folder);
        log.cleaner.scheduleWithFixedDelay(log::deleteOld, 0, MINUTES, TimeUnit.MINUTES);
        return log;
    }

    /** What the server is told: starts, ends and crashes, and neither the statements that failed nor their values. */
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("logging_collector", "on");
        settings.put("log_directory", folder.toString());
        settings.put("log_filename", "server-%Y-%m-%dT%H-%M-%S.log");
        settings.put("log_rotation_size", "8MB");
        settings.put("log_min_messages", "log");
        settings.put("log_min_error_statement", "panic");
        settings.put("log_error_verbosity", "terse");
        settings.put("log_checkpoints", "off");
        settings.put("log_autovacuum_min_duration", "-1");
        return settings;
    }

    /** Names sort by time. */
    void deleteOld() {
        try (Stream<Path> found = Files.list(folder)) {
            List<Path> oldest =
                    found.sorted(Comparator.reverseOrder()).skip(FILES).toList();
            for (Path file : oldest) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "old files of the server's log could not be deleted: {}",
                    e.getClass().getName());
        }
    }

    @Override
    public void close() {
        cleaner.shutdownNow();
    }
}
