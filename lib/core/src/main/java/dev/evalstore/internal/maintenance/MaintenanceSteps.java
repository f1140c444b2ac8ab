package dev.evalstore.internal.maintenance;

import dev.evalstore.Cleanup;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.account.UserRepository;
import dev.evalstore.event.EventCleanup;
import dev.evalstore.event.EventRepository;
import dev.evalstore.exchange.Exchange;
import dev.evalstore.governance.Governance;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.queue.Rescue;
import dev.evalstore.internal.schema.PartitionRetention;
import dev.evalstore.internal.schema.Partitions;
import dev.evalstore.internal.schema.PartitionsAhead;
import dev.evalstore.job.JobRepository;
import dev.evalstore.job.JobStatus;
import dev.evalstore.lock.LockRepository;
import dev.evalstore.matrix.Matrix;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import dev.evalstore.tracking.Tracking;
import dev.evalstore.version.Versions;
import dev.evalstore.worker.WorkerRepository;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a maintenance run. Each step may run beside itself in another process, and needs no other step. A step
 * that may have much to remove works in bounded batches.
 */
public final class MaintenanceSteps {
    /** With fewer whole months ahead than this, a month could begin without its partitions. */
    public static final int MIN_MONTHS_AHEAD = 2;

    private static final Duration FREE_LOCKS = Duration.ofDays(7);
    private static final int DUE_PROPOSALS = 1_000;
    private static final List<JobStatus> ENDED = List.of(JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED);

    private final List<Step> steps = new ArrayList<>();

    private MaintenanceSteps() {}

    /**
     * All steps, in order. A package whose rows need maintenance adds its lines here.
     *
     * @param now the server's month
     */
    public static List<Step> steps(Rooms rooms, Jdbc jdbc, MaintenanceOptions options, YearMonth now) {
        MaintenanceSteps all = new MaintenanceSteps();
        for (String table : Partitions.tables(jdbc)) {
            all.counted(
                    "partitions." + table, () -> PartitionsAhead.keepAhead(jdbc, table, now, options.monthsAhead()));
        }
        Map<String, Duration> kept = options.retention();
        StateMaintenance state = new StateMaintenance(rooms.state(), jdbc);
        all.step("state.expired", state::cleanupExpired);
        all.step("state.history", state::cleanupHistory);
        all.step("leases.expired", new Rescue(jdbc)::requeueExpired);
        all.counted("workers.stale", () -> rooms.workers().removeStale(options.staleWorkers()));
        all.step("locks.free", () -> rooms.locks().cleanup(FREE_LOCKS));
        all.step("unit_changes.old", () -> rooms.versions().cleanup());
        all.step("rankings.expired", () -> rooms.matrix().rankings().cleanup());
        all.step("user_tokens.expired", () -> rooms.users().tokens().cleanup());
        all.step("statistics.due", () -> rooms.exchange().statistics().refresh());
        all.counted("leaderboards.places", () -> rooms.exchange().leaderboards().markPlaces());
        all.step("proposals.due", () -> rooms.governance().proposals().closeDue(DUE_PROPOSALS));
        all.step("experiments.deleted", () -> rooms.tracking().experiments().purge());
        all.retention("workers", kept.get("workerRetention"), rooms.workers()::cleanup);
        all.retention("state_changes", kept.get("feedRetention"), state::cleanupChanges);
        all.retention("jobs", kept.get("jobRetention"), period -> rooms.jobs().cleanup(period, ENDED));
        Duration old = kept.get("experimentArchiving");
        if (old != null) {
            all.step("experiments.old", () -> rooms.tracking().experiments().archiveOld(old));
        }
        all.months(jdbc, "job_attempts", kept.get("jobRetention"));
        all.retention(
                "benchmark_results", kept.get("resultRetention"), rooms.matrix().results()::cleanup);
        all.months(jdbc, "audit_log", kept.get("auditRetention"));
        all.months(jdbc, "monitoring_events", kept.get("eventRetention"));
        all.months(jdbc, "cost_entries", kept.get("costRetention"));
        all.domainEvents(rooms.events(), kept.get("domainEventRetention"), options.dropsUndelivered());
        return all.steps;
    }

    private void step(String name, Supplier<Cleanup> work) {
        steps.add(new Step(name, () -> new Done(work.get(), List.of())));
    }

    /** A step that always does all there is to do. */
    private void counted(String name, LongSupplier work) {
        step(name, () -> new Cleanup(work.getAsLong(), false));
    }

    /** Removes rows that are older than the period; no step without a period. */
    private void retention(String what, @Nullable Duration period, Function<Duration, Cleanup> work) {
        if (period != null) {
            step("retention." + what, () -> work.apply(period));
        }
    }

    /** The same by whole monthly partitions. */
    private void months(Jdbc jdbc, String table, @Nullable Duration period) {
        if (period != null) {
            counted("retention." + table, () -> PartitionRetention.dropOlderThan(jdbc, table, period));
        }
    }

    private void domainEvents(EventRepository events, @Nullable Duration period, boolean undelivered) {
        if (period != null) {
            steps.add(new Step("retention.domain_events", () -> {
                EventCleanup dropped = events.cleanup(period, undelivered);
                return new Done(new Cleanup(dropped.months(), false), dropped.heldBy());
            }));
        }
    }

    /** The repositories whose rows need maintenance. */
    public record Rooms(
            JobRepository jobs,
            WorkerRepository workers,
            Matrix matrix,
            LockRepository locks,
            UserRepository users,
            Exchange exchange,
            Governance governance,
            Tracking tracking,
            EventRepository events,
            Versions versions,
            BiFunction<String, StateOptions, StateBackend> state) {}

    /**
     * A step.
     *
     * @param work does it; the result counts what was removed, or for some steps made or requeued
     */
    public record Step(String name, Supplier<Done> work) {}

    /**
     * What a step did.
     *
     * @param heldBy as in the report
     */
    public record Done(Cleanup cleanup, List<String> heldBy) {
        public static final Done NOTHING = new Done(Cleanup.NOTHING, List.of());
    }
}
