package dev.evalstore.matrix;

import dev.evalstore.Lease;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.queue.LaneCursors;
import dev.evalstore.internal.queue.LaneCursors.Covered;
import dev.evalstore.internal.queue.Leases;
import dev.evalstore.internal.queue.PerWorker;
import dev.evalstore.worker.Worker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Gives out configurations: by the engine of the jobs, with a lane for each model version, and without limits and shares. */
final class ConfigClaims {
    private static final long LANES_FRESH = 1_000_000_000L;

    private static final String OPEN = """
            open as materialized (
                select a.*, null::text as queue_scope, null::bigint as queue_room, null::text as key_scope,
                    null::bigint as key_room
                from asked a)""";

    static final Leases ENGINE = new Leases("config", OPEN, "", wide());

    private static final String LANES = "/* configs.lanes */ select lane, model_version_id from evalstore.config_lanes";

    private static final Shared<PerWorker<Memory>> WORKERS = Shared.of(jdbc -> new PerWorker<>(Memory::new));

    private final Jdbc jdbc;

    /** A model version's lane. */
    private record Lane(int id, java.util.UUID modelVersionId) {}

    /** What a worker of this process remembers between claims. */
    private static final class Memory {
        private final LaneCursors cursors = new LaneCursors();
        private volatile List<Lane> lanes = List.of();
        private volatile long lanesAt = System.nanoTime() - LANES_FRESH;
        private volatile boolean wasShort = true;
    }

    private static String wide() {
        return "select x.token, x.lane, x.rank, x.claimed_at as started_at, x.deadline, x.attempt, " + ConfigRows.WIDE
                + """
                , 'running' as status, ?::text as worker_id
                from leased x join evalstore.benchmark_configs c on c.seq = x.seq
                order by x.rank, x.seq""";
    }

    ConfigClaims(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Where a claim falls short of what was asked for, it looks again from the beginning and at new lanes. */
    List<ClaimedConfig> claim(Worker worker, ConfigScope scope, int limit, Duration lease) {
        Memory memory = jdbc.shared(WORKERS).of(worker.generation());
        boolean thorough = memory.wasShort;
        List<ClaimedConfig> claimed = round(worker, memory, scope, limit, lease, thorough);
        if (claimed.size() < limit && !thorough) {
            List<ClaimedConfig> more = new ArrayList<>(claimed);
            int missing = limit - claimed.size();
            more.addAll(Leases.more(jdbc, claimed, () -> round(worker, memory, scope, missing, lease, true)));
            more.sort(Comparator.comparingInt((ClaimedConfig c) -> c.config().priorityRank())
                    .thenComparingLong(c -> c.config().seq()));
            claimed = List.copyOf(more);
        }
        memory.wasShort = claimed.size() < limit;
        if (claimed.isEmpty()) {
            Leases.requireAble(jdbc, worker.generation());
        }
        return claimed;
    }

    private List<ClaimedConfig> round(
            Worker worker, Memory memory, ConfigScope scope, int limit, Duration lease, boolean thorough) {
        long now = System.nanoTime();
        if (thorough || now - memory.lanesAt >= LANES_FRESH) {
            memory.lanes = jdbc.list(Sql.of(LANES), row -> new Lane(row.integer("lane"), row.uuid("model_version_id")));
            memory.lanesAt = now;
        }
        List<Covered> covered = memory.lanes.stream()
                .filter(lane ->
                        scope.modelVersionId() == null || lane.modelVersionId().equals(scope.modelVersionId()))
                .map(lane -> new Covered(lane.id(), 1))
                .toList();
        if (covered.isEmpty()) {
            return List.of();
        }
        // Without stride and pass, rank and age alone decide between lanes.
        List<LaneCursors.Lane> lanes = memory.cursors.next(covered, thorough).stream()
                .map(lane -> new LaneCursors.Lane(lane.id(), 0, lane.rank(), lane.seq(), 0))
                .toList();
        Sql sql = Sql.of("/* configs.claim */")
                .and(ENGINE.gate(jdbc.options().schema(), worker.generation()))
                .and(ENGINE.claim(worker.generation(), lanes, limit, scope.maxPriorityRank(), (int) lease.toSeconds()))
                .and(Sql.of("", worker.workerId()));
        List<Taken> taken = Leases.run(jdbc, sql, ConfigClaims::map);
        List<LaneCursors.Given> given = taken.stream()
                .map(one -> new LaneCursors.Given(
                        one.lane(), one.rank(), one.claimed().config().seq()))
                .toList();
        memory.cursors.claimed(lanes, given, System.nanoTime() - now);
        return taken.stream().map(Taken::claimed).toList();
    }

    /** A claimed configuration and where it was taken from. */
    private record Taken(ClaimedConfig claimed, int lane, int rank) {}

    private static Taken map(Row row) throws SQLException {
        BenchmarkConfig config = ConfigRows.map(row);
        Lease lease = new Lease(
                config.id(),
                config.seq(),
                row.bigint("token"),
                row.integer("attempt") + 1,
                row.instant("started_at"),
                row.instant("deadline"));
        return new Taken(new ClaimedConfig(config, lease), row.integer("lane"), row.integer("rank"));
    }
}
