package dev.evalstore.tracking;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an experiment and the rows that hang on it have come to, in one statement. */
final class Summaries {
    static final String SUMMARY = """
            /* experiments.summary */ select x.id, x.status,
                extract(epoch from (coalesce(x.completed_at, statement_timestamp()) - x.started_at) * 1000000)::int8
                    as ran_micros,
                (select count(*) from evalstore.experiment_params p where p.experiment = x.number) as params,
                m.metrics, m.points,
                (select count(*) from evalstore.experiments c where c.parent_id = x.id and c.deleted_at is null)
                    as children,
                (select count(*) from evalstore.evaluation_feedback f
                    join evalstore.evaluations e on e.id = f.evaluation_id where e.experiment_id = x.id) as feedback,
                v.v_n, v.v_scored, v.v_mean_score, v.v_rated, v.v_mean_rating, v.v_timed, v.v_p50, v.v_p90, v.v_p99,
                v.v_input_tokens, v.v_output_tokens, v.v_cost_usd,
                c.c_n, c.c_input_tokens, c.c_output_tokens, c.c_cost_usd
            from evalstore.experiments x
            cross join lateral (
                select count(*) as metrics, coalesce(sum(value_count), 0) as points
                from evalstore.experiment_metrics where experiment = x.number) m
            cross join lateral (select {figures} from evalstore.evaluations where experiment_id = x.id) v
            cross join lateral (
                select count(*) as c_n, coalesce(sum(input_tokens), 0) as c_input_tokens,
                    coalesce(sum(output_tokens), 0) as c_output_tokens, coalesce(sum(cost_usd), 0) as c_cost_usd
                from evalstore.cost_entries where experiment_id = x.id) c
            where x.id = ? and x.deleted_at is null""".replace("{figures}", Figures.COLUMNS);

    private Summaries() {}

    static Optional<ExperimentSummary> find(Jdbc jdbc, UUID experiment) {
        return jdbc.find(Sql.of(SUMMARY, experiment), Summaries::map);
    }

    private static ExperimentSummary map(Row row) throws SQLException {
        Row costs = row.at("c");
        return new ExperimentSummary(
                row.uuid("id"),
                row.enumValue("status", ExperimentStatus.class),
                micros(row.bigintOrNull("ran_micros")),
                row.bigint("params"),
                row.bigint("metrics"),
                row.bigint("points"),
                row.bigint("children"),
                Figures.map(row),
                row.bigint("feedback"),
                new CostTotal(
                        null,
                        null,
                        row.uuid("id"),
                        null,
                        costs.bigint("n"),
                        costs.bigint("input_tokens"),
                        costs.bigint("output_tokens"),
                        costs.numeric("cost_usd")));
    }

    private static @Nullable Duration micros(@Nullable Long value) {
        return value == null ? null : Duration.of(value, ChronoUnit.MICROS);
    }
}
