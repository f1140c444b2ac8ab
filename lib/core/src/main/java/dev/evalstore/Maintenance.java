package dev.evalstore;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.maintenance.MaintenanceSteps;
import dev.evalstore.internal.schema.Partitions;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upkeep of the store: makes the partitions of the coming months, takes back what lost workers hold, and removes
 * what has outlived its retention. Every service may
 * run it; of those that do at the same time one does the work. A store without maintenance goes on working, makes its
 * partitions when rows come, and keeps everything. Thread-safe.
 */
public final class Maintenance {
    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

    private final Database db;
    private final Jdbc jdbc;
    private final MaintenanceOptions options;
    private final Function<Jdbc, YearMonth> calendar;

    Maintenance(Database db, MaintenanceOptions options) {
        this(db, options, Partitions::now);
    }

    private Maintenance(Database db, MaintenanceOptions options, Function<Jdbc, YearMonth> calendar) {
        this.db = db;
        this.jdbc = db.jdbc;
        this.options = options;
        this.calendar = calendar;
    }

    /** The same at another time: years pass quickly in a test. */
    Maintenance asOf(YearMonth month) {
        return new Maintenance(db, options, any -> month);
    }

    /**
     * Runs every step once, each on its own: one that fails is reported, and those after it run. A step that removes or takes back
     * rows does so in short commits, and so many of them at most (100,000 rows, of jobs 500,000, of each state namespace as many);
     * it reports where there may be more. Uses two connections, one of which only holds the lock by which processes take turns.
     *
     * @return what was done; {@code ran} false where another process was at it
     * @throws DatabaseException if the server cannot be asked whose turn it is
     */
    public MaintenanceReport runOnce() {
        List<MaintenanceReport.Step> done = new ArrayList<>();
        try {
            boolean mine = jdbc.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                boolean locked = lock(tx);
                if (locked) {
                    runAll(done);
                }
                return locked;
            });
            return new MaintenanceReport(mine, done);
        } catch (TransientDatabaseException e) {
            if (done.isEmpty()) {
                throw e;
            }
            // The connection that held the lock is gone; what was done is done, each step in its own commit.
            LOG.debug("the maintenance lost its lock at the end [{}]", e.sqlState());
            return new MaintenanceReport(true, done);
        }
    }

    private boolean lock(Jdbc tx) {
        tx.script("maintenance", "set local idle_in_transaction_session_timeout = 0");
        return tx.one(
                Sql.of(
                        "/* maintenance.lock */ select"
                            + " pg_try_advisory_xact_lock(hashtextextended('evalstore.maintenance.' || ?, 0)) as mine",
                        jdbc.options().schema()),
                row -> row.bool("mine"));
    }

    private void runAll(List<MaintenanceReport.Step> done) {
        YearMonth now = calendar.apply(jdbc);
        for (MaintenanceSteps.Step step : MaintenanceSteps.steps(db, jdbc, options, now)) {
            done.add(run(step));
        }
        int ahead = Partitions.monthsAhead(jdbc, now);
        if (ahead < MaintenanceSteps.ALARM_UNDER) {
            LOG.warn("only {} months ahead have their partitions", ahead);
        }
    }

    private MaintenanceReport.Step run(MaintenanceSteps.Step step) {
        long start = System.nanoTime();
        MaintenanceSteps.Done done = MaintenanceSteps.Done.NOTHING;
        String failure = null;
        try {
            done = step.work().get();
        } catch (RuntimeException e) {
            failure = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
        }
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        if (failure != null) {
            LOG.warn("maintenance step {} failed: {}", step.name(), failure);
        } else if (done.count() > 0) {
            LOG.info(
                    "maintenance step {}: {} in {} ms{}",
                    step.name(),
                    done.count(),
                    time.toMillis(),
                    done.more() ? ", and there may be more" : "");
        }
        return new MaintenanceReport.Step(step.name(), done.count(), done.more(), time, failure);
    }

    /**
     * Runs now, and again whenever the interval has passed since the end of the run before, or at once where that has left
     * something to do, on a daemon thread of its own. A run that fails is logged, and the next one comes all the same.
     *
     * @param interval at least one second; an hour is plenty
     * @return what ends it; close it before the {@link Database}
     */
    public Schedule start(Duration interval) {
        return start(interval, report -> {});
    }

    /** {@link #start(Duration)}, where each run's report is handed over, on the schedule's thread. */
    public Schedule start(Duration interval, Consumer<MaintenanceReport> reports) {
        Objects.requireNonNull(reports, "reports");
        if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("interval must be at least one second");
        }
        return new Schedule(interval, reports);
    }

    /** Maintenance that runs by itself until it is closed. */
    public final class Schedule implements AutoCloseable {
        private static final Duration PATIENCE = Duration.ofSeconds(30);

        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread daemon = new Thread(work, "evalstore-maintenance");
            daemon.setDaemon(true);
            return daemon;
        });

        private Schedule(Duration interval, Consumer<MaintenanceReport> reports) {
            // run() lets nothing out that would end the schedule, so the future has nothing to tell.
            var unused =
                    thread.scheduleWithFixedDelay(() -> run(reports), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void run(Consumer<MaintenanceReport> reports) {
            try {
                MaintenanceReport report;
                do {
                    report = runOnce();
                    reports.accept(report);
                } while (report.hasMore() && !thread.isShutdown());
            } catch (RuntimeException e) {
                LOG.warn("maintenance failed: {}", e.getMessage());
            }
        }

        /** Ends the schedule; waits up to 30 seconds for a run that is under way, which is then left to itself. */
        @Override
        public void close() {
            thread.shutdown();
            try {
                if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    LOG.warn("maintenance is still running after {} s", PATIENCE.toSeconds());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
