package dev.evalstore.tracking;

import dev.evalstore.internal.jdbc.Mean;
import dev.evalstore.internal.jdbc.Row;
import java.sql.SQLException;

/** How figures over evaluations are computed by the server, and how they are read. */
final class Figures {
    /** Of the table's columns, under labels that begin with {@code v_}. */
    static final String COLUMNS = """
            count(*) as v_n, count(score) as v_scored, {score} as v_mean_score,
                count(rating) as v_rated, {rating} as v_mean_rating, count(latency_ms) as v_timed,
                percentile_cont(0.5) within group (order by latency_ms) as v_p50,
                percentile_cont(0.9) within group (order by latency_ms) as v_p90,
                percentile_cont(0.99) within group (order by latency_ms) as v_p99,
                coalesce(sum(input_tokens), 0) as v_input_tokens, coalesce(sum(output_tokens), 0) as v_output_tokens,
                coalesce(sum(cost_usd), 0) as v_cost_usd""".replace("{score}", Mean.of("score")).replace("{rating}", Mean.of("rating"));

    private Figures() {}

    /** Reads what {@link #COLUMNS} computed. */
    static EvaluationFigures map(Row row) throws SQLException {
        Row of = row.at("v");
        return new EvaluationFigures(
                of.bigint("n"),
                of.bigint("scored"),
                of.realOrNull("mean_score"),
                of.bigint("rated"),
                of.realOrNull("mean_rating"),
                new EvaluationFigures.Latency(
                        of.bigint("timed"), of.realOrNull("p50"), of.realOrNull("p90"), of.realOrNull("p99")),
                of.bigint("input_tokens"),
                of.bigint("output_tokens"),
                of.numeric("cost_usd"));
    }
}
