package dev.evalstore.job;

import dev.evalstore.Lease;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import dev.evalstore.internal.queue.Ask;
import dev.evalstore.internal.queue.ClaimMemory;
import dev.evalstore.internal.queue.Combiner;
import dev.evalstore.internal.queue.Grant;
import dev.evalstore.internal.queue.Granted;
import dev.evalstore.internal.queue.Kinds;
import dev.evalstore.internal.queue.LaneCursors.Covered;
import dev.evalstore.internal.queue.Leases;
import dev.evalstore.internal.queue.PerWorker;
import dev.evalstore.worker.Worker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives out jobs. */
final class JobClaims {
    private static final Logger LOG = LoggerFactory.getLogger(JobClaims.class);

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

    private static final int MAX_TOGETHER = 1_000;
    private static final Duration MAX_WAIT = Duration.ofMillis(50);

    /** The lanes that a warning has named. */
    private static final Shared<Set<Integer>> UNREADABLE = Shared.of(jdbc -> ConcurrentHashMap.newKeySet());

    private static final Shared<PerWorker<Memory>> MEMORIES = Shared.of(jdbc -> new PerWorker<>(Memory::new));

    private final Jdbc jdbc;

    JobClaims(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** The lanes of a worker, and whether anything is limited. */
    private record View(List<Covered> covered, Map<Integer, JobRoute> routes, boolean limited) {}

    /** One thread's attempts to end, and how many jobs it claims. */
    private record Call(List<Outcome> outcomes, int limit) {
        int weight() {
            return Math.max(limit, outcomes.size());
        }
    }

    /** What this process remembers of a worker, and what brings its threads' calls together. */
    private record Memory(ClaimMemory<View> claims, Combiner<Call, NextJobs> together) {
        Memory() {
            this(new ClaimMemory<>(), new Combiner<>(Call::weight, MAX_TOGETHER, MAX_WAIT));
        }
    }

    List<ClaimedJob> claim(Worker worker, int limit) {
        return next(worker, List.of(), limit).claimed();
    }

    /**
     * Ends attempts and claims, in one commit. Threads that do so for one worker at the same moment share a round trip and a commit,
     * the most urgent jobs to the first of them.
     */
    NextJobs next(Worker worker, List<Outcome> outcomes, int limit) {
        Memory memory = jdbc.shared(MEMORIES).of(worker.generation());
        Ask<View> ask = ask(worker, limit);
        if (!jdbc.inTransaction()) {
            return memory.together().call(new Call(outcomes, limit), calls -> together(worker, memory.claims(), calls));
        }
        if (outcomes.isEmpty()) {
            return new NextJobs(read(worker, Kinds.JOBS.claim(jdbc, memory.claims(), ask)), List.of());
        }
        Leases.requireAble(jdbc, worker.generation());
        List<Lease> lost = new JobOutcomes(jdbc).endAll(outcomes);
        return new NextJobs(read(worker, Kinds.JOBS.claim(jdbc, memory.claims(), ask)), lost);
    }

    private Ask<View> ask(Worker worker, int limit) {
        return new Ask<>(
                worker.generation(), limit, Integer.MAX_VALUE, 0, () -> look(worker), View::covered, View::limited);
    }

    private List<NextJobs> together(Worker worker, ClaimMemory<View> memory, List<Call> calls) {
        List<Outcome> outcomes =
                calls.stream().flatMap(call -> call.outcomes().stream()).toList();
        Ask<View> ask = ask(worker, calls.stream().mapToInt(Call::limit).sum());
        Granted<View> granted = outcomes.isEmpty()
                ? Kinds.JOBS.claim(jdbc, memory, ask)
                : JobOutcomes.recording(
                        jdbc, () -> Kinds.JOBS.next(jdbc, new JobOutcomes(jdbc).ends(outcomes), memory, ask));
        return shares(calls, read(worker, granted), granted.lost());
    }

    /** Of two outcomes under one lease, those of different calls, only the first is accepted. */
    private static List<NextJobs> shares(List<Call> calls, List<ClaimedJob> claimed, Set<Long> lost) {
        Set<Long> refused = new HashSet<>(lost);
        List<NextJobs> shares = new ArrayList<>(calls.size());
        int from = 0;
        for (Call call : calls) {
            int to = Math.min(claimed.size(), from + call.limit());
            shares.add(new NextJobs(claimed.subList(from, to), Leases.lost(call.outcomes(), Outcome::lease, refused)));
            call.outcomes().forEach(outcome -> refused.add(outcome.lease().token()));
            from = to;
        }
        return shares;
    }

    /** A lease that is held, and the time to its deadline by the server's clock. */
    record Held(ClaimedJob claimed, Duration left) {}

    /** A job as it was read; or that its attempt fails, since this version cannot read what another one has written. */
    private record Read(
            @Nullable ClaimedJob claimed,
            Duration left,
            @Nullable Failure failure) {}

    /** The jobs that a worker holds, read after its claims under way are done. */
    List<Held> held(Worker worker) {
        Kinds.JOBS.awaitClaims(jdbc, worker.generation());
        List<Read> all = jdbc.list(Sql.of(HELD, worker.generation()), row -> {
            Duration left = JobRows.duration(row.real("seconds_left"));
            return read(row, Grant.of(row), left, () -> JobRows.route(row), worker.workerId());
        });
        List<Held> held = new ArrayList<>();
        all.forEach(one -> readable(one).ifPresent(claimed -> held.add(new Held(claimed, one.left()))));
        return List.copyOf(held);
    }

    /** The claimed jobs, read after the gate is open for others; without those that were deleted meanwhile. */
    private List<ClaimedJob> read(Worker worker, Granted<View> granted) {
        if (granted.grants().isEmpty()) {
            return List.of();
        }
        Map<Long, Grant> bySeq = new HashMap<>();
        granted.grants().forEach(grant -> bySeq.put(grant.seq(), grant));
        Map<Integer, JobRoute> routes = granted.view().routes();
        Sql sql = Sql.of(CLAIMED, SqlArray.bigints(granted.grants(), Grant::seq));
        List<Read> all = UnknownOutcome.readBack(
                jdbc,
                () -> jdbc.list(sql, row -> {
                    Grant grant = Objects.requireNonNull(bySeq.get(row.bigint("seq")));
                    JobRoute route = Objects.requireNonNull(routes.get(grant.lane()));
                    return read(row, grant, Duration.ZERO, () -> route, worker.workerId());
                }));
        List<ClaimedJob> claimed = new ArrayList<>();
        all.forEach(one -> readable(one).ifPresent(claimed::add));
        claimed.sort(URGENT_FIRST);
        return List.copyOf(claimed);
    }

    private static Read read(Row row, Grant grant, Duration left, RouteOfRow route, String worker) throws SQLException {
        try {
            return new Read(running(row, route.read(), grant, worker), left, null);
        } catch (RuntimeException e) {
            String error = "the job could not be read: " + Foreign.message(e);
            return new Read(null, left, Failure.of(grant.lease(row.uuid("id")), error));
        }
    }

    @FunctionalInterface
    private interface RouteOfRow {
        JobRoute read() throws SQLException;
    }

    /** The job, or empty after its attempt has failed: no other job's worker may wait for this one. */
    private Optional<ClaimedJob> readable(Read one) {
        Failure failure = one.failure();
        if (failure != null) {
            LOG.warn("job {}: {}", failure.lease().id(), failure.error());
            try {
                jdbc.inOwnTransaction(
                        TxOptions.DEFAULT, (tx, connection) -> new JobOutcomes(tx).endAll(List.of(failure)));
            } catch (RuntimeException e) {
                LOG.warn(
                        "job {} stays claimed until its attempt times out: {}",
                        failure.lease().id(),
                        Foreign.message(e));
            }
        }
        return Optional.ofNullable(one.claimed());
    }

    /** The lanes that there are for the worker now. */
    private View look(Worker worker) {
        SqlArray queues = SqlArray.texts(worker.queues());
        Map<Integer, JobRoute> routes = new HashMap<>();
        List<Boolean> limited = new ArrayList<>();
        List<Optional<Covered>> covered =
                jdbc.list(Sql.of(COVERED, SqlArray.texts(worker.tags()), queues, queues), row -> {
                    limited.add(row.bool("limited"));
                    int lane = row.integer("lane");
                    try {
                        routes.put(lane, JobRows.route(row));
                        return Optional.of(new Covered(lane, row.real("weight")));
                    } catch (RuntimeException e) {
                        if (jdbc.shared(UNREADABLE).add(lane)) {
                            LOG.warn("lane {} cannot be read, and is not claimed from: {}", lane, Foreign.message(e));
                        }
                        return Optional.empty();
                    }
                });
        return new View(
                covered.stream().flatMap(Optional::stream).toList(), Map.copyOf(routes), limited.contains(true));
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
