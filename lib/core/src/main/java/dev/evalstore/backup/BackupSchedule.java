package dev.evalstore.backup;

import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.LoopThreads;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.maintenance.OneProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Exports that are repeated until this is closed. */
public final class BackupSchedule implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackupSchedule.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    /** When another process exports, or an export has failed. */
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(LoopThreads.named("evalstore-backup"));

    private final Backup backup;
    private final Jdbc jdbc;
    private final Duration interval;
    private final Path folder;
    private final ExportOptions options;
    private final BackupRetention retention;
    private final Consumer<ExportReport> reports;

    BackupSchedule(
            Backup backup,
            Jdbc jdbc,
            Duration interval,
            Path folder,
            ExportOptions options,
            BackupRetention retention,
            Consumer<ExportReport> reports) {
        this.backup = backup;
        this.jdbc = jdbc;
        this.interval = interval;
        this.folder = folder;
        this.options = options;
        this.retention = retention;
        this.reports = reports;
        next(Duration.ZERO);
    }

    private void next(Duration pause) {
        try {
            // The future never fails: turn() catches what would end the schedule.
            var unused = thread.schedule(this::turn, Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // It was closed meanwhile.
        }
    }

    private void turn() {
        Duration again = interval.compareTo(AGAIN) < 0 ? interval : AGAIN;
        try {
            Duration left = left();
            if (left.isZero()) {
                // Whoever held the lock until now may have exported.
                boolean ran = OneProcess.run(jdbc, "backup", () -> {
                    if (left().isZero()) {
                        export();
                    }
                });
                left = ran ? left() : again;
            }
            next(left);
        } catch (RuntimeException | Error e) {
            if (!thread.isShutdown()) {
                LOG.warn("the scheduled backup failed: {}", Foreign.message(e));
            }
            next(again);
        }
    }

    /** The time until a backup is due; zero when it is. */
    private Duration left() {
        return backup.newest(folder)
                .map(newest -> interval.minus(Duration.between(newest, jdbc.now())))
                // Of a moment in the future, which a clock that was put back leaves, no more than an interval is
                // waited.
                .map(left -> left.isNegative() ? Duration.ZERO : left.compareTo(interval) > 0 ? interval : left)
                .orElse(Duration.ZERO);
    }

    private void export() {
        ExportReport report = backup.export(folder, options);
        Foreign.run(LOG, "the consumer of backup reports", () -> reports.accept(report));
        RetentionReport kept = backup.retain(folder, retention);
        kept.untouched().forEach(problem -> LOG.warn("no whole backup: {}", problem.message()));
    }

    /**
     * Ends the schedule. An export in progress is broken off, which leaves nothing; waits for that up to 30 seconds. An
     * interrupt does not shorten the wait; the interrupt status is kept.
     */
    @Override
    public void close() {
        thread.shutdownNow();
        if (!LoopThreads.awaitEnd(thread, CLOSE_TIMEOUT)) {
            LOG.warn("a backup is still being written after {} s", CLOSE_TIMEOUT.toSeconds());
        }
    }
}
