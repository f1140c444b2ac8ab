package dev.evalstore.matrix;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import dev.evalstore.internal.queue.Ask;
import dev.evalstore.internal.queue.ClaimMemory;
import dev.evalstore.internal.queue.Grant;
import dev.evalstore.internal.queue.Kinds;
import dev.evalstore.internal.queue.LaneCursors.Covered;
import dev.evalstore.internal.queue.PerWorker;
import dev.evalstore.worker.Worker;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** Gives out configs. A lane is a model version; lanes have neither limits nor shares. */
final class ConfigClaims {
    private static final String LANES = "/* configs.lanes */ select lane, model_version_id from evalstore.config_lanes";

    private static final String CLAIMED = """
            /* configs.claimed */ select {wide} from evalstore.benchmark_configs c where c.seq = any (?::bigint[])""".replace("{wide}", ConfigRows.WIDE);

    private static final String HELD = """
            /* configs.held */ select l.token, l.attempt, l.lane, l.rank, l.claimed_at, l.deadline, {wide}
            from evalstore.config_leases l
            join evalstore.benchmark_configs c on c.seq = l.seq
            where l.worker = ? and l.deadline > statement_timestamp()
            order by l.rank, l.seq""".replace("{wide}", ConfigRows.WIDE);

    private static final Comparator<ClaimedConfig> LOWEST_FIRST = Comparator.comparingInt(
                    (ClaimedConfig claimed) -> claimed.config().priorityRank())
            .thenComparingLong(claimed -> claimed.config().seq());

    private static final Shared<PerWorker<ClaimMemory<List<Lane>>>> MEMORIES =
            Shared.of(jdbc -> new PerWorker<>(ClaimMemory::new));

    private final Jdbc jdbc;

    ConfigClaims(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** A model version's lane. A lane without weight has no share: rank and age alone decide between lanes. */
    private record Lane(int id, UUID modelVersionId) {
        Covered covered() {
            return new Covered(id, Double.POSITIVE_INFINITY);
        }
    }

    List<ClaimedConfig> claim(Worker worker, ConfigScope scope, int limit, Duration lease) {
        UUID version = scope.modelVersionId();
        Ask<List<Lane>> ask = new Ask<>(
                worker.generation(),
                limit,
                scope.maxPriorityRank(),
                (int) lease.toSeconds(),
                () -> jdbc.list(Sql.of(LANES), row -> new Lane(row.integer("lane"), row.uuid("model_version_id"))),
                lanes -> lanes.stream()
                        .filter(lane -> version == null || lane.modelVersionId().equals(version))
                        .map(Lane::covered)
                        .toList(),
                lanes -> false);
        ClaimMemory<List<Lane>> memory = jdbc.shared(MEMORIES).of(worker.generation());
        return read(worker, Kinds.CONFIGS.claim(jdbc, memory, ask).grants());
    }

    /** The configs that a worker holds, read after its claims under way are done. */
    List<ClaimedConfig> held(Worker worker) {
        Kinds.CONFIGS.awaitClaims(jdbc, worker.generation());
        return jdbc.list(Sql.of(HELD, worker.generation()), row -> running(row, Grant.of(row), worker));
    }

    /** The claimed configs, read after the gate is open for others. */
    private List<ClaimedConfig> read(Worker worker, List<Grant> grants) {
        if (grants.isEmpty()) {
            return List.of();
        }
        Map<Long, Grant> bySeq = new HashMap<>();
        grants.forEach(grant -> bySeq.put(grant.seq(), grant));
        Sql sql = Sql.of(CLAIMED, SqlArray.bigints(grants, Grant::seq));
        List<ClaimedConfig> claimed = new ArrayList<>(UnknownOutcome.readBack(
                jdbc,
                () -> jdbc.list(
                        sql, row -> running(row, Objects.requireNonNull(bySeq.get(row.bigint("seq"))), worker))));
        claimed.sort(LOWEST_FIRST);
        return List.copyOf(claimed);
    }

    private static ClaimedConfig running(Row row, Grant grant, Worker worker) throws SQLException {
        BenchmarkConfig config = ConfigRows.map(
                row,
                new ConfigRows.ConfigState(
                        ConfigStatus.RUNNING, grant.attempt(), worker.workerId(), grant.claimedAt()));
        return new ClaimedConfig(config, grant.lease(config.id()));
    }
}
