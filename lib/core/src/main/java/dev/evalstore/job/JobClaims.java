package dev.evalstore.job;

import dev.evalstore.Lease;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.queue.Ask;
import dev.evalstore.internal.queue.ClaimMemory;
import dev.evalstore.internal.queue.Grant;
import dev.evalstore.internal.queue.Granted;
import dev.evalstore.internal.queue.Kinds;
import dev.evalstore.internal.queue.LaneCursors.Covered;
import dev.evalstore.internal.queue.Leases;
import dev.evalstore.internal.queue.PerWorker;
import dev.evalstore.internal.schema.Partitions;
import dev.evalstore.worker.Worker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Gives out jobs. */
final class JobClaims {
    private static final String COVERED = """
            /* jobs.lanes */ select n.lane, n.queue, n.required_tags, n.fair_key, coalesce(k.weight, 1) as weight,
                exists (select from evalstore.job_limits) as limited
            from evalstore.job_lanes n
            left join evalstore.job_limits k on k.scope = 'fair_key' and k.name = n.fair_key
            where n.required_tags <@ ?::text[] and (cardinality(?::text[]) = 0 or n.queue = any (?::text[]))
            order by n.lane""";

    /** The lanes are known; each table in a statement is planned again with each claim, since a generic plan looks dearer. */
    private static final String CLAIMED = """
            /* jobs.claimed */ select {own}, j.error from evalstore.jobs j where j.seq = any (?::bigint[])""".replace("{own}", JobRows.OWN);

    private static final String HELD = """
            /* jobs.held */ select l.token, l.attempt, l.lane, l.rank, l.claimed_at, l.deadline, {wide}, j.error,
                extract(epoch from l.deadline - statement_timestamp())::float8 as seconds_left
            from evalstore.job_leases l
            join evalstore.jobs j on j.seq = l.seq
            join evalstore.job_lanes n on n.lane = l.lane
            where l.worker = ? and l.deadline > statement_timestamp()
            order by l.rank, l.seq""".replace("{wide}", JobRows.WIDE);

    private static final Comparator<ClaimedJob> URGENT_FIRST = Comparator.comparingInt(
                    (ClaimedJob claimed) -> -claimed.job().priority())
            .thenComparingLong(claimed -> claimed.job().seq());

    private static final Shared<PerWorker<ClaimMemory<View>>> MEMORIES =
            Shared.of(jdbc -> new PerWorker<>(ClaimMemory::new));

    private final Jdbc jdbc;

    JobClaims(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** The lanes of a worker, and whether anything is limited. */
    private record View(List<Covered> covered, Map<Integer, JobRoute> routes, boolean limited) {}

    private Ask<View> ask(Worker worker, int limit) {
        return new Ask<>(
                worker.generation(), limit, Integer.MAX_VALUE, 0, () -> look(worker), View::covered, View::limited);
    }

    private ClaimMemory<View> memory(Worker worker) {
        return jdbc.shared(MEMORIES).of(worker.generation());
    }

    List<ClaimedJob> claim(Worker worker, int limit) {
        return read(worker, Kinds.JOBS.claim(jdbc, memory(worker), ask(worker, limit)));
    }

    /** Ends attempts and claims, in one commit. */
    NextJobs next(Worker worker, List<Outcome> outcomes, int limit) {
        JobOutcomes ends = new JobOutcomes(jdbc);
        if (jdbc.inTransaction()) {
            Leases.requireAble(jdbc, worker.generation());
            List<Lease> lost = ends.end(outcomes);
            return new NextJobs(claim(worker, limit), lost);
        }
        List<Sql> statements = ends.statements(outcomes);
        Granted<View> granted = Partitions.inserting(
                jdbc,
                "job_attempts",
                Set.of(),
                () -> Kinds.JOBS.next(jdbc, statements, memory(worker), ask(worker, limit)));
        List<Lease> lost = outcomes.stream()
                .map(Outcome::lease)
                .filter(lease -> granted.lost().contains(lease.token()))
                .distinct()
                .toList();
        return new NextJobs(read(worker, granted), lost);
    }

    /** A lease that is held, and the time to its deadline by the server's clock. */
    record Held(ClaimedJob claimed, Duration left) {}

    /** The jobs that a worker holds, read after its claims under way are done. */
    List<Held> held(Worker worker) {
        Kinds.JOBS.awaitClaims(jdbc, worker.generation());
        return jdbc.list(
                Sql.of(HELD, worker.generation()),
                row -> new Held(
                        running(row, JobRows.route(row), Grant.of(row), worker.workerId()),
                        JobRows.duration(row.real("seconds_left"))));
    }

    /** The claimed jobs, read after the gate is open for others; without those that were deleted meanwhile. */
    private List<ClaimedJob> read(Worker worker, Granted<View> granted) {
        if (granted.grants().isEmpty()) {
            return List.of();
        }
        Map<Long, Grant> bySeq = new HashMap<>();
        granted.grants().forEach(grant -> bySeq.put(grant.seq(), grant));
        Sql sql = Sql.of(CLAIMED, SqlArray.bigints(granted.grants(), Grant::seq));
        List<ClaimedJob> claimed = new ArrayList<>(jdbc.readBack(() -> jdbc.list(sql, row -> {
            Grant grant = Objects.requireNonNull(bySeq.get(row.bigint("seq")));
            JobRoute route = Objects.requireNonNull(granted.view().routes().get(grant.lane()));
            return running(row, route, grant, worker.workerId());
        })));
        claimed.sort(URGENT_FIRST);
        return List.copyOf(claimed);
    }

    /** The lanes that there are for the worker now. */
    private View look(Worker worker) {
        SqlArray queues = SqlArray.texts(worker.queues());
        Map<Integer, JobRoute> routes = new HashMap<>();
        List<Boolean> limited = new ArrayList<>();
        List<Covered> covered = jdbc.list(Sql.of(COVERED, SqlArray.texts(worker.tags()), queues, queues), row -> {
            limited.add(row.bool("limited"));
            routes.put(row.integer("lane"), JobRows.route(row));
            return new Covered(row.integer("lane"), row.real("weight"));
        });
        return new View(covered, Map.copyOf(routes), limited.contains(true));
    }

    private static ClaimedJob running(Row row, JobRoute route, Grant grant, String worker) throws SQLException {
        Job job = JobRows.map(
                row,
                route,
                new JobRows.JobState(
                        JobStatus.RUNNING,
                        grant.attempt(),
                        null,
                        row.textOrNull("error"),
                        worker,
                        grant.claimedAt(),
                        null));
        return new ClaimedJob(job, grant.lease(job.id()));
    }
}
