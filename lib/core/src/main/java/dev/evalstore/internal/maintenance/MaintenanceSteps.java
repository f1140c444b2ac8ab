package dev.evalstore.internal.maintenance;

import dev.evalstore.Database;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.schema.Partitions;
import dev.evalstore.job.JobStatus;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The steps of the maintenance: each safe beside itself, and in need of no other. What may have piled up is removed in batches and
 * bounded; rankings and registrations of workers, of which there are few, in one statement.
 */
public final class MaintenanceSteps {
    /** Under so many whole months ahead a month could begin without its partitions. */
    public static final int ALARM_UNDER = 2;

    private static final int BATCH = 1_000;
    private static final long MAX_ROWS = (long) BATCH * Batches.MAX;
    private static final long MAX_JOBS = 5_000L * Batches.MAX;
    private static final Duration LOCKS_FREE = Duration.ofDays(7);
    private static final List<JobStatus> ENDED = List.of(JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED);

    private final List<Step> steps = new ArrayList<>();

    private MaintenanceSteps() {}

    /** A step. */
    public record Step(String name, Supplier<Done> work) {}

    /** How many rows or partitions were made or removed, and whether that was as much as a run may, so that there may be more. */
    public record Done(long count, boolean more) {
        public static final Done NOTHING = new Done(0, false);

        static Done of(long count, long most) {
            return new Done(count, count >= most);
        }

        Done and(Done other) {
            return new Done(count + other.count, more || other.more);
        }
    }

    /**
     * All steps, in order. A room that needs upkeep adds its lines here.
     *
     * @param now the month it is
     */
    public static List<Step> steps(Database db, Jdbc jdbc, MaintenanceOptions options, YearMonth now) {
        MaintenanceSteps all = new MaintenanceSteps();
        for (String table : Partitions.tables(jdbc)) {
            all.step("partitions." + table, () -> Partitions.ahead(jdbc, table, now, options.monthsAhead()));
        }
        StateMaintenance state = new StateMaintenance(db, jdbc);
        all.steps.add(new Step("state.expired", () -> state.sweep(MAX_ROWS)));
        all.steps.add(new Step("state.history", () -> state.cleanHistory(MAX_ROWS)));
        all.step("jobs.expired", () -> Batches.run(BATCH, () -> db.jobs().requeueExpired(BATCH)));
        all.step("configs.expired", () -> db.configs().resetStale(null));
        all.step("workers.stale", () -> Batches.run(BATCH, () -> db.workers().removeStale(options.staleWorkers())));
        all.retention(
                "workers", options.workerRetention(), period -> db.workers().cleanup(period));
        all.step("locks.free", () -> db.locks().cleanup(LOCKS_FREE));
        Duration feed = options.feedRetention();
        if (feed != null) {
            all.steps.add(new Step("retention.state_changes", () -> state.compact(feed, MAX_ROWS)));
        }
        Duration jobs = options.jobRetention();
        if (jobs != null) {
            all.steps.add(new Step("retention.jobs", () -> Done.of(db.jobs().cleanup(jobs, ENDED), MAX_JOBS)));
        }
        all.months(jdbc, "job_attempts", options.jobRetention());
        all.step("rankings.expired", () -> db.rankings().deleteExpired());
        all.months(jdbc, "benchmark_results", options.resultRetention());
        all.months(jdbc, "audit_log", options.auditRetention());
        all.months(jdbc, "monitoring_events", options.eventRetention());
        return all.steps;
    }

    private void step(String name, LongSupplier work) {
        steps.add(new Step(name, () -> Done.of(work.getAsLong(), MAX_ROWS)));
    }

    /** Rows that have outlived their period, where there is one. */
    private void retention(String what, @Nullable Duration period, ToLongFunction<Duration> work) {
        if (period != null) {
            step("retention." + what, () -> work.applyAsLong(period));
        }
    }

    /** The same by whole partitions. */
    private void months(Jdbc jdbc, String table, @Nullable Duration period) {
        retention(table, period, time -> Partitions.dropOlderThan(jdbc, table, time));
    }
}
