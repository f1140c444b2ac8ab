package dev.evalstore;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.Repeating;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.maintenance.MaintenanceSteps;
import dev.evalstore.internal.maintenance.OneProcess;
import dev.evalstore.internal.maintenance.PartlyDoneException;
import dev.evalstore.internal.schema.Partitions;
import dev.evalstore.internal.schema.PartitionsAhead;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the store in order: makes the partitions of the coming months, requeues expired leases, and removes what has
 * outlived its retention. Every process may run it; of those that run at the same time, one does the work. A store
 * without maintenance works on: it makes partitions when rows arrive, and keeps every row. Thread-safe.
 */
public final class Maintenance {
    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

    private final Database db;
    private final Jdbc jdbc;
    private final MaintenanceOptions options;
    private final Function<Jdbc, YearMonth> calendar;
    private final AtomicInteger next = new AtomicInteger();

    Maintenance(Database db, MaintenanceOptions options) {
        this(db, options, Partitions::now);
    }

    private Maintenance(Database db, MaintenanceOptions options, Function<Jdbc, YearMonth> calendar) {
        // Its steps commit each for itself, whatever the host is in.
        this.db = db.apart();
        this.jdbc = this.db.jdbc;
        this.options = options;
        this.calendar = calendar;
    }

    /** The same in another month, for tests in which years pass. */
    Maintenance asOf(YearMonth month) {
        return new Maintenance(db, options, any -> month);
    }

    /**
     * Runs every step once. A step that fails is reported, and the steps after it run. A step that removes or requeues
     * rows works in short commits and stops after a bounded number of rows; its report then says {@code more}. After the
     * options' turn no further step begins, and the next run of this object goes on there. Uses two connections, one of which only holds the lock by which processes take turns.
     *
     * @return what was done; {@code ran} is false if another process was running maintenance
     * @throws DatabaseException if the lock cannot be asked for
     */
    public MaintenanceReport runOnce() {
        return runOnce(() -> false);
    }

    /** @param stop whether no further step is to begin */
    private MaintenanceReport runOnce(BooleanSupplier stop) {
        List<MaintenanceReport.Step> done = new ArrayList<>();
        try {
            boolean ran = OneProcess.run(jdbc, "maintenance", () -> runAll(done, stop));
            return new MaintenanceReport(ran, done, ran && next.get() > 0);
        } catch (TransientDatabaseException e) {
            if (done.isEmpty()) {
                throw e;
            }
            // The connection that held the lock was lost. Each step has committed its own work.
            LOG.debug("maintenance lost its lock at the end [{}]", e.sqlState());
            return new MaintenanceReport(true, done, next.get() > 0);
        }
    }

    private void runAll(List<MaintenanceReport.Step> done, BooleanSupplier stop) {
        YearMonth now = calendar.apply(jdbc);
        var rooms = new MaintenanceSteps.Rooms(
                db.jobs(),
                db.workers(),
                db.matrix(),
                db.locks(),
                db.users(),
                db.exchange(),
                db.governance(),
                db.tracking(),
                db.events(),
                db.versions(),
                db::state);
        List<MaintenanceSteps.Step> steps = MaintenanceSteps.steps(rooms, jdbc, options, now);
        long start = System.nanoTime();
        // Where the last turn was over.
        for (int i = next.getAndSet(0); i < steps.size(); i++) {
            if (!done.isEmpty() && (isOver(start) || stop.getAsBoolean())) {
                next.set(i);
                break;
            }
            done.add(run(steps.get(i)));
        }
        warnOfFewMonths(now);
    }

    private boolean isOver(long start) {
        Duration turn = options.turn();
        return turn != null && System.nanoTime() - start >= turn.toNanos();
    }

    private void warnOfFewMonths(YearMonth now) {
        int ahead;
        try {
            ahead = PartitionsAhead.monthsAhead(jdbc, now);
        } catch (DatabaseException e) {
            // The steps are done, and their report must not be lost.
            LOG.warn("the partitions of the coming months could not be counted: {}", e.getMessage());
            return;
        }
        if (ahead < MaintenanceSteps.MIN_MONTHS_AHEAD) {
            LOG.warn("only {} months ahead have their partitions", ahead);
        }
    }

    private MaintenanceReport.Step run(MaintenanceSteps.Step step) {
        long start = System.nanoTime();
        MaintenanceSteps.Done result = MaintenanceSteps.Done.NOTHING;
        String failure = null;
        try {
            result = step.work().get();
        } catch (PartlyDoneException e) {
            result = new MaintenanceSteps.Done(e.done(), List.of());
            failure = e.getMessage();
        } catch (RuntimeException | Error e) {
            failure = Foreign.message(e);
        }
        Cleanup done = result.cleanup();
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        if (!result.heldBy().isEmpty()) {
            LOG.info("maintenance step {}: held by subscriptions {}", step.name(), result.heldBy());
        }
        if (failure != null) {
            LOG.warn("maintenance step {} failed: {}", step.name(), failure);
        } else if (done.removed() > 0) {
            LOG.info(
                    "maintenance step {}: {} in {} ms{}",
                    step.name(),
                    done.removed(),
                    time.toMillis(),
                    done.more() ? ", and there may be more" : "");
        }
        return new MaintenanceReport.Step(step.name(), done.removed(), done.more(), time, failure, result.heldBy());
    }

    /**
     * Runs now and then repeatedly, on a daemon thread. The next run begins when the interval has passed since the end
     * of the last one, or at once if that left something to do. A run that fails is logged, and the schedule goes on.
     *
     * @param interval from one second to 36,500 days; an hour is right for most stores
     * @return ends the schedule when closed; close it before the {@link Database}
     */
    public Schedule start(Duration interval) {
        return start(interval, report -> {});
    }

    /**
     * {@link #start(Duration)}, handing each run's report to the consumer on the schedule's thread. Whatever the
     * consumer throws, errors included, is logged, and the schedule goes on.
     */
    public Schedule start(Duration interval, Consumer<MaintenanceReport> reports) {
        Objects.requireNonNull(reports, "reports");
        if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("interval must be at least one second");
        }
        return new Schedule(Check.period("interval", interval), reports);
    }

    /** Maintenance that runs repeatedly until it is closed. */
    public final class Schedule implements AutoCloseable {
        private final Repeating repeating;
        private volatile boolean closed;

        private Schedule(Duration interval, Consumer<MaintenanceReport> reports) {
            repeating = new Repeating("evalstore-maintenance", interval, () -> {
                MaintenanceReport report = runOnce(() -> closed);
                Foreign.run(LOG, "the consumer of maintenance reports", () -> reports.accept(report));
                return report.hasMore();
            });
        }

        /**
         * Ends the schedule: no further step begins. Waits up to four seconds for the step in progress, also while the
         * database does not answer; a longer one ends by itself afterwards. An interrupt does not shorten the wait; the
         * interrupt status is kept.
         */
        @Override
        public void close() {
            closed = true;
            repeating.close();
        }
    }
}
