package dev.evalstore.job;

import dev.evalstore.Lease;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.queue.Combiner;
import dev.evalstore.internal.queue.LaneCursors;
import dev.evalstore.internal.queue.LaneCursors.Covered;
import dev.evalstore.internal.queue.Leases;
import dev.evalstore.internal.queue.PerWorker;
import dev.evalstore.worker.Worker;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** Gives out jobs. */
final class JobClaims {
    private static final long LANES_FRESH = 1_000_000_000L;
    private static final long PROMOTION_FRESH = 100_000_000L;

    /** Ten thousand jobs a second are made ready for each worker that claims. */
    private static final long NANOS_TO_PROMOTE_ONE = 100_000L;

    private static final int MIN_PROMOTED = 1_000;
    private static final int MAX_PROMOTED = 20_000;
    private static final int MAX = 1_000;
    private static final Duration PATIENCE = Duration.ofMillis(50);

    /** Which twentieth of the limit's interval is now; a claim counts in its slot and the twenty after it. */
    private static final String SLOT =
            "floor(extract(epoch from statement_timestamp()) / (m.rate_seconds / 20))::bigint";

    private static final String OPEN = """
            room as materialized (
                select m.scope, m.name, m.paused_at, least(
                    m.max_running - case when m.max_running is not null then (
                        select count(*) from evalstore.job_leases x join evalstore.job_lanes y on y.lane = x.lane
                        where case m.scope when 'queue' then y.queue else y.fair_key end = m.name) end,
                    m.rate_claims - case when m.rate_claims is not null then (
                        select coalesce(sum(u.n), 0) from unnest(m.rate_slots, m.rate_counts) as u (slot, n)
                        where u.slot >= {slot} - 20) end) as room
                from evalstore.job_limits m
                where (m.scope, m.name) in (
                    select 'queue', y.queue from asked a join evalstore.job_lanes y on y.lane = a.lane
                    union all
                    select 'fair_key', y.fair_key from asked a join evalstore.job_lanes y on y.lane = a.lane)),
            open as materialized (
                select a.*, q.name as queue_scope, q.room as queue_room, k.name as key_scope, k.room as key_room
                from asked a
                join evalstore.job_lanes y on y.lane = a.lane
                left join room q on q.scope = 'queue' and q.name = y.queue
                left join room k on k.scope = 'fair_key' and k.name = y.fair_key
                where q.paused_at is null and k.paused_at is null
                    and coalesce(q.room, 1) > 0 and coalesce(k.room, 1) > 0)""".replace("{slot}", SLOT);

    private static final String SPEND = """
            ,
            by_lane as materialized (select lane, count(*) as n from taken group by lane),
            spent as (
                update evalstore.job_limits m set (rate_slots, rate_counts) = (
                    select array_agg(v.slot order by v.slot), array_agg(v.n order by v.slot)
                    from (
                        select u.slot, sum(u.n)::int as n
                    from (
                            select o.slot, o.n from unnest(m.rate_slots, m.rate_counts) as o (slot, n)
                            where o.slot >= {slot} - 20
                    union all
                            select {slot}, c.n) u
                        group by u.slot) v)
                    from (
                    select 'queue' as scope, y.queue as name, sum(t.n)::int as n
                    from by_lane t join evalstore.job_lanes y on y.lane = t.lane group by y.queue
                    union all
                    select 'fair_key', y.fair_key, sum(t.n)::int
                    from by_lane t join evalstore.job_lanes y on y.lane = t.lane group by y.fair_key) c
                where m.scope = c.scope and m.name = c.name and m.rate_claims is not null)""".replace("{slot}", SLOT);

    private static final String HELD =
            "/* jobs.held */ select l.token, l.attempt, l.lane, l.rank, l.claimed_at, l.deadline, "
                    + JobRows.WIDE + """
            , j.error, extract(epoch from l.deadline - statement_timestamp())::float8 as seconds_left
            from evalstore.job_leases l
            join evalstore.jobs j on j.seq = l.seq
            join evalstore.job_lanes n on n.lane = l.lane
            where l.worker = ? and l.deadline > statement_timestamp()
            order by l.rank, l.seq""";

    /** The lanes are known; each table in a statement is planned again with each claim, since a generic plan looks dearer. */
    private static final String CLAIMED = "/* jobs.claimed */ select " + JobRows.OWN
            + ", j.error from evalstore.jobs j where j.seq = any (?::bigint[])";

    static final Leases ENGINE =
            new Leases("job", OPEN, SPEND, "select seq, token, attempt, lane, rank, claimed_at, deadline from leased");

    /** A lane whose limits are counted admits one claimer at a time; the others of its lanes are not held up. */
    private static final String LOCK_LIMITS = """
            with given as materialized (select ?::int[] as lanes)
            select 1 from evalstore.job_limits m
            where (m.max_running is not null or m.rate_claims is not null) and (m.scope, m.name) in (
                select 'queue', y.queue from evalstore.job_lanes y where y.lane = any ((select lanes from given)::int[])
                    union all
                select 'fair_key', y.fair_key from evalstore.job_lanes y where y.lane = any ((select lanes from given)::int[]))
            order by m.scope, m.name for update of m;
            """;

    private static final String COVERED = """
            /* jobs.lanes */ select n.lane, n.queue, n.required_tags, n.fair_key, coalesce(k.weight, 1) as weight,
                exists (select from evalstore.job_limits) as limited
            from evalstore.job_lanes n
            left join evalstore.job_limits k on k.scope = 'fair_key' and k.name = n.fair_key
            where n.required_tags <@ ?::text[] and (cardinality(?::text[]) = 0 or n.queue = any (?::text[]))
            order by n.lane""";

    private static final Comparator<ClaimedJob> URGENT_FIRST = Comparator.comparingInt(
                    (ClaimedJob claimed) -> -claimed.job().priority())
            .thenComparingLong(claimed -> claimed.job().seq());

    private static final Shared<PerWorker<Memory>> WORKERS = Shared.of(jdbc -> new PerWorker<>(Memory::new));

    private final Jdbc jdbc;

    /** What a worker of this process remembers between claims. */
    private static final class Memory {
        private final LaneCursors cursors = new LaneCursors();
        private final Combiner<Integer, List<ClaimedJob>> together = new Combiner<>(limit -> limit, MAX, PATIENCE);
        private volatile List<Covered> covered = List.of();
        private volatile Map<Integer, JobRoute> routes = Map.of();
        private volatile long coveredAt = System.nanoTime() - LANES_FRESH;
        private volatile long promotedAt = System.nanoTime() - MAX_PROMOTED * NANOS_TO_PROMOTE_ONE;
        private volatile boolean limited = true;
        private volatile boolean wasShort = true;
    }

    JobClaims(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Threads that claim for one worker at the same time share a claim, the most urgent jobs to the first of them. */
    List<ClaimedJob> claim(Worker worker, int limit) {
        Memory memory = jdbc.shared(WORKERS).of(worker.generation());
        return jdbc.inTransaction()
                ? claim(worker, memory, limit)
                : memory.together.call(
                        limit,
                        limits -> shares(
                                claim(
                                        worker,
                                        memory,
                                        limits.stream().mapToInt(n -> n).sum()),
                                limits));
    }

    private static List<List<ClaimedJob>> shares(List<ClaimedJob> claimed, List<Integer> limits) {
        List<List<ClaimedJob>> shares = new ArrayList<>(limits.size());
        int from = 0;
        for (int limit : limits) {
            int to = Math.min(claimed.size(), from + limit);
            shares.add(claimed.subList(from, to));
            from = to;
        }
        return shares;
    }

    private List<ClaimedJob> claim(Worker worker, Memory memory, int limit) {
        boolean thorough = memory.wasShort;
        boolean looks = thorough && memory.cursors.worthLooking();
        List<ClaimedJob> claimed = round(worker, memory, limit, thorough, looks);
        if (claimed.isEmpty() ? !looks : claimed.size() < limit && !thorough) {
            List<ClaimedJob> more = new ArrayList<>(claimed);
            boolean again = claimed.isEmpty() || memory.cursors.worthLooking();
            int missing = limit - claimed.size();
            more.addAll(Leases.more(jdbc, claimed, () -> round(worker, memory, missing, true, again)));
            more.sort(URGENT_FIRST);
            claimed = List.copyOf(more);
        }
        memory.wasShort = claimed.size() < limit;
        if (claimed.isEmpty()) {
            Leases.requireAble(jdbc, worker.generation());
        }
        return claimed;
    }

    /** A lease that is held, and how long it is to its deadline by the server's clock. */
    record Held(ClaimedJob claimed, Duration left) {}

    /**
     * What a worker holds, read after its claims under way are done: one whose client is gone may wait at the gate, and its server
     * process notices nothing before it has committed. The gate is passed in a statement before, which it then does not keep shut.
     */
    List<Held> held(Worker worker) {
        Sql gate = Leases.gateOf("job", jdbc.options().schema(), worker.generation());
        jdbc.list(Sql.of("/* jobs.pass_gate */").and(gate), row -> true);
        return jdbc.list(
                Sql.of(HELD, worker.generation()),
                row -> new Held(running(row, JobRows.route(row), grant(row), worker.workerId()), Duration.ofNanos((long)
                        (row.real("seconds_left") * 1e9))));
    }

    /** One round trip. A thorough one looks at new lanes and at what has become due; one that looks, from the beginning. */
    private List<ClaimedJob> round(Worker worker, Memory memory, int limit, boolean thorough, boolean looks) {
        long now = System.nanoTime();
        if (thorough || now - memory.coveredAt >= LANES_FRESH) {
            look(worker, memory);
            memory.coveredAt = now;
        }
        List<Covered> covered = memory.covered;
        if (covered.isEmpty()) {
            return List.of();
        }
        boolean promote = thorough || now - memory.promotedAt >= PROMOTION_FRESH;
        List<LaneCursors.Lane> lanes = memory.cursors.next(covered, looks);
        String schema = jdbc.options().schema();
        Sql sql = Sql.of("/* jobs.claim */").and(ENGINE.gate(schema, worker.generation()));
        if (promote) {
            sql = sql.and(ENGINE.promote(promotable(now - memory.promotedAt)));
            memory.promotedAt = now;
        }
        sql = memory.limited || lanes.size() > 1
                ? sql.and(LOCK_LIMITS, SqlArray.ints(covered, Covered::id))
                        .and(ENGINE.claim(worker.generation(), lanes, limit))
                : sql.and(ENGINE.claimPlain(worker.generation(), lanes.get(0), limit));
        List<Grant> grants = Leases.run(jdbc, sql, JobClaims::grant);
        memory.cursors.claimed(lanes, grants.stream().map(Grant::given).toList(), System.nanoTime() - now);
        return grants.isEmpty() ? List.of() : read(worker, memory.routes, grants);
    }

    /**
     * How many are made ready with a claim that long after the last. What is due becomes ready in the order of its time, and
     * only then comes by its priority: who claims seldom makes more ready at a time, or an urgent job would wait for as many
     * claims as there are thousands due before it. It takes some 8 ms for each thousand, behind a gate.
     */
    private static int promotable(long nanos) {
        return (int) Math.max(MIN_PROMOTED, Math.min(MAX_PROMOTED, nanos / NANOS_TO_PROMOTE_ONE));
    }

    /** A lease as the claim gives it: columns of fixed length alone. */
    private record Grant(long seq, long token, int attempt, int lane, int rank, Instant claimedAt, Instant deadline) {
        LaneCursors.Given given() {
            return new LaneCursors.Given(lane, rank, seq);
        }
    }

    /** The claimed jobs, read after the gate is open for others; without those that were deleted meanwhile. */
    private List<ClaimedJob> read(Worker worker, Map<Integer, JobRoute> routes, List<Grant> grants) {
        Map<Long, Grant> bySeq = new HashMap<>();
        grants.forEach(grant -> bySeq.put(grant.seq(), grant));
        List<ClaimedJob> claimed = new ArrayList<>(jdbc.readBack(() ->
                jdbc.list(Sql.of(CLAIMED, SqlArray.bigints(grants, Grant::seq)), row -> {
                    Grant grant = Objects.requireNonNull(bySeq.get(row.bigint("seq")));
                    JobRoute route = Objects.requireNonNull(routes.get(grant.lane()));
                    return running(row, route, grant, worker.workerId());
                })));
        claimed.sort(URGENT_FIRST);
        return List.copyOf(claimed);
    }

    /** Which lanes there are for it now, and whether anything is limited. */
    private void look(Worker worker, Memory memory) {
        SqlArray queues = SqlArray.texts(worker.queues());
        AtomicBoolean limited = new AtomicBoolean();
        Map<Integer, JobRoute> routes = new HashMap<>();
        List<Covered> covered = jdbc.list(Sql.of(COVERED, SqlArray.texts(worker.tags()), queues, queues), row -> {
            if (row.bool("limited")) {
                limited.set(true);
            }
            routes.put(row.integer("lane"), JobRows.route(row));
            return new Covered(row.integer("lane"), row.real("weight"));
        });
        memory.routes = Map.copyOf(routes);
        memory.covered = covered;
        memory.limited = limited.get();
    }

    private static Grant grant(Row row) throws SQLException {
        return new Grant(
                row.bigint("seq"),
                row.bigint("token"),
                row.integer("attempt"),
                row.integer("lane"),
                row.integer("rank"),
                row.instant("claimed_at"),
                row.instant("deadline"));
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
        Lease lease =
                new Lease(job.id(), job.seq(), grant.token(), grant.attempt() + 1, grant.claimedAt(), grant.deadline());
        return new ClaimedJob(job, lease);
    }
}
