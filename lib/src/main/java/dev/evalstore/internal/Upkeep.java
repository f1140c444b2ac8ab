package dev.evalstore.internal;

import dev.evalstore.Database;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.job.JobStatus;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The steps of the maintenance: each bounded, safe beside itself, and in need of no other. */
public final class Upkeep {
    /** Under so many whole months ahead a month could begin without its partitions. */
    public static final int ALARM_UNDER = 2;

    private static final int BATCH = 1_000;
    private static final int MOST_BATCHES = 100;
    private static final List<JobStatus> ENDED = List.of(JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED);

    private final List<Step> steps = new ArrayList<>();

    private Upkeep() {}

    /** A step; {@code work} gives how many rows or partitions it made or removed. */
    public record Step(String name, LongSupplier work) {}

    /**
     * All steps, in order. A room that needs upkeep adds its lines here.
     *
     * @param now the month it is
     */
    public static List<Step> steps(Database db, Jdbc jdbc, MaintenanceOptions options, YearMonth now) {
        Upkeep all = new Upkeep();
        for (String table : Partitions.tables(jdbc)) {
            all.step("partitions." + table, () -> Partitions.ahead(jdbc, table, now, options.monthsAhead()));
        }
        StateUpkeep state = new StateUpkeep(db, jdbc);
        all.step("state.expired", state::sweep);
        all.step("state.history", state::cleanHistory);
        all.step("jobs.expired", batches(() -> db.jobs().requeueExpired(BATCH)));
        all.step("configs.expired", () -> db.configs().resetStale(null));
        all.step("workers.stale", () -> db.workers().removeStale(options.staleWorkers()));
        all.retention("jobs", options.jobRetention(), period -> db.jobs().cleanup(period, ENDED));
        all.months(jdbc, "job_attempts", options.jobRetention());
        all.step("rankings.expired", () -> db.rankings().deleteExpired());
        all.months(jdbc, "benchmark_results", options.resultRetention());
        all.months(jdbc, "audit_log", options.auditRetention());
        all.months(jdbc, "monitoring_events", options.eventRetention());
        return all.steps;
    }

    private void step(String name, LongSupplier work) {
        steps.add(new Step(name, work));
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

    /** Again and again while there may be more, so many times at most: the next run goes on. */
    private static LongSupplier batches(LongSupplier batch) {
        return () -> {
            long done = 0;
            long last = BATCH;
            for (int i = 0; i < MOST_BATCHES && last == BATCH; i++) {
                last = batch.getAsLong();
                done += last;
            }
            return done;
        };
    }
}
