package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Mean;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.UnitChanges;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** Results summed up by model version and day. */
final class DailyStats {
    static final Table<DailyModelStats> TABLE = Table.of("daily statistics", "daily_model_stats", """
            id, model_version_id, stats_date, result_count, avg_ttft_p90_ms, avg_tpot_p90_ms,
            avg_throughput_tokens_sec, max_throughput_tokens_sec, avg_rps_sustained, avg_accuracy_score,
            created_at, updated_at""", DailyStats::map);

    /** Locks first: two refreshes of a day at once would deadlock, or the one that read earlier would store last. */
    private static final String REFRESH = TABLE.text("""
            /* daily_model_stats.refresh */
            select pg_advisory_xact_lock(hashtextextended('evalstore.daily_model_stats', ?));
            insert into evalstore.daily_model_stats (model_version_id, stats_date, result_count, avg_ttft_p90_ms,
                avg_tpot_p90_ms, avg_throughput_tokens_sec, max_throughput_tokens_sec, avg_rps_sustained,
                avg_accuracy_score)
            select r.model_version_id, r.benchmark_date, count(*), {ttft}, {tpot}, {throughput},
                max(r.throughput_tokens_sec), {rps}, {accuracy}
            from evalstore.benchmark_results r join evalstore.model_versions m on m.id = r.model_version_id
            where r.benchmark_date = ? group by r.model_version_id, r.benchmark_date order by r.model_version_id
            on conflict on constraint daily_model_stats_model_version_stats_date_unique do update set
                result_count = excluded.result_count, avg_ttft_p90_ms = excluded.avg_ttft_p90_ms,
                avg_tpot_p90_ms = excluded.avg_tpot_p90_ms,
                avg_throughput_tokens_sec = excluded.avg_throughput_tokens_sec,
                max_throughput_tokens_sec = excluded.max_throughput_tokens_sec,
                avg_rps_sustained = excluded.avg_rps_sustained, avg_accuracy_score = excluded.avg_accuracy_score,
                updated_at = statement_timestamp()
            returning {columns}""")
            .replace("{ttft}", Mean.of("r.ttft_p90_ms"))
            .replace("{tpot}", Mean.of("r.tpot_p90_ms"))
            .replace("{throughput}", Mean.of("r.throughput_tokens_sec"))
            .replace("{rps}", Mean.of("r.rps_sustained"))
            .replace("{accuracy}", Mean.of("r.accuracy_score"));

    private static final String OF_MODEL_VERSION = """
            and model_version_id = ? and stats_date >= ? and stats_date < ? order by stats_date desc limit ?""";

    private final Jdbc jdbc;

    DailyStats(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    List<DailyModelStats> refresh(LocalDate day) {
        return jdbc.atomically(tx -> {
            List<DailyModelStats> stored = tx.returning(Sql.of(REFRESH, day.toEpochDay(), day), TABLE.mapper());
            UnitChanges.touch(
                    tx,
                    stored.stream()
                            .map(row -> UnitNames.metrics(row.modelVersionId()))
                            .collect(Collectors.toSet()));
            return stored;
        });
    }

    List<DailyModelStats> list(UUID modelVersionId, LocalDate from, LocalDate to, int limit) {
        Check.limit(limit);
        return jdbc.list(TABLE.select("list").and(OF_MODEL_VERSION, modelVersionId, from, to, limit), TABLE.mapper());
    }

    private static DailyModelStats map(Row row) throws SQLException {
        return new DailyModelStats(
                row.uuid("id"),
                row.uuid("model_version_id"),
                row.date("stats_date"),
                row.bigint("result_count"),
                row.realOrNull("avg_ttft_p90_ms"),
                row.realOrNull("avg_tpot_p90_ms"),
                row.realOrNull("avg_throughput_tokens_sec"),
                row.realOrNull("max_throughput_tokens_sec"),
                row.realOrNull("avg_rps_sustained"),
                row.realOrNull("avg_accuracy_score"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
