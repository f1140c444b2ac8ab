package dev.evalstore.matrix;

import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a config is read: the wide row {@code c}, and its lease {@code l} if a worker owns it. */
final class ConfigRows {
    /** Columns of the wide row that mean the same wherever the config is. */
    static final String WIDE = """
            c.id, c.seq, c.model_version_id, c.hardware_config_id, c.framework_id, c.workload_type, c.batch_size,
            c.sequence_length, c.priority_rank, c.max_attempts, c.error, c.result_id, c.result_date, c.created_at,
            c.completed_at, c.updated_at""";

    private static final String STATE = """
            case when l.seq is not null then 'running' else coalesce(c.outcome, 'pending') end as status, c.attempt,
            coalesce(l.claimed_at, c.started_at) as started_at, w.worker_id""";

    static final Table<BenchmarkConfig> TABLE = Table.of(
                    "benchmark config", "benchmark_configs", WIDE + ", " + STATE, ConfigRows::map)
            .from("""
                    evalstore.benchmark_configs c
                    left join evalstore.config_leases l on l.seq = c.seq
                    left join evalstore.workers w on w.generation = l.worker""")
            .key("c.id")
            .order(Keyset.newestFirst(
                    "benchmark_configs", "c.created_at", "c.id", BenchmarkConfig::createdAt, BenchmarkConfig::id))
            .audited("delete", "requeue_failed");

    private ConfigRows() {}

    static BenchmarkConfig map(Row row) throws SQLException {
        return map(
                row,
                new ConfigState(
                        row.enumValue("status", ConfigStatus.class),
                        row.integer("attempt"),
                        row.textOrNull("worker_id"),
                        row.instantOrNull("started_at")));
    }

    /** Where a config is, where that does not come with its row. */
    record ConfigState(
            ConfigStatus status,
            int attempt,
            @Nullable String workerId,
            @Nullable Instant startedAt) {}

    static BenchmarkConfig map(Row row, ConfigState state) throws SQLException {
        return new BenchmarkConfig(
                row.uuid("id"),
                row.bigint("seq"),
                row.uuid("model_version_id"),
                row.uuid("hardware_config_id"),
                row.uuid("framework_id"),
                row.text("workload_type"),
                row.integer("batch_size"),
                row.integer("sequence_length"),
                row.integer("priority_rank"),
                state.status(),
                state.attempt(),
                row.integer("max_attempts"),
                row.textOrNull("error"),
                row.uuidOrNull("result_id"),
                row.dateOrNull("result_date"),
                state.workerId(),
                row.instant("created_at"),
                state.startedAt(),
                row.instantOrNull("completed_at"),
                row.instant("updated_at"));
    }
}
