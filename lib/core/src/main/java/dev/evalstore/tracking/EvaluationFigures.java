package dev.evalstore.tracking;

import dev.evalstore.internal.jdbc.Mean;
import dev.evalstore.internal.jdbc.Row;
import java.math.BigDecimal;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Figures over evaluations. What no evaluation has is null.
 *
 * @param count how many evaluations there are
 * @param scored how many have a score
 * @param meanScore the arithmetic mean of the scores
 * @param rated how many have a rating, which is the mean of their feedback
 * @param meanRating the arithmetic mean of the ratings, each evaluation's counted once
 * @param latencyMs the latencies in milliseconds
 * @param inputTokens the sum over all
 * @param outputTokens the sum over all
 * @param costUsd the sum over all, in US dollars, exact
 */
public record EvaluationFigures(
        long count,
        long scored,
        @Nullable Double meanScore,
        long rated,
        @Nullable Double meanRating,
        Latency latencyMs,
        long inputTokens,
        long outputTokens,
        BigDecimal costUsd) {
    /** Of the table's columns, under labels that begin with {@code v_}. */
    static final String COLUMNS = """
            count(*) as v_n, count(score) as v_scored, {score} as v_mean_score,
                count(rating) as v_rated, {rating} as v_mean_rating, count(latency_ms) as v_timed,
                percentile_cont(0.5) within group (order by latency_ms) as v_p50,
                percentile_cont(0.9) within group (order by latency_ms) as v_p90,
                percentile_cont(0.99) within group (order by latency_ms) as v_p99,
                coalesce(sum(input_tokens), 0) as v_input_tokens, coalesce(sum(output_tokens), 0) as v_output_tokens,
                coalesce(sum(cost_usd), 0) as v_cost_usd""".replace("{score}", Mean.of("score")).replace("{rating}", Mean.of("rating"));

    /**
     * Percentiles of latencies: those of {@code percentile_cont}, interpolated linearly between neighbours; null without values.
     *
     * @param count how many evaluations have a latency
     * @param p50 the median
     */
    public record Latency(
            long count,
            @Nullable Double p50,
            @Nullable Double p90,
            @Nullable Double p99) {}

    /** Reads what {@link #COLUMNS} computed. */
    static EvaluationFigures map(Row row) throws SQLException {
        Row of = row.at("v");
        return new EvaluationFigures(
                of.bigint("n"),
                of.bigint("scored"),
                of.realOrNull("mean_score"),
                of.bigint("rated"),
                of.realOrNull("mean_rating"),
                new Latency(of.bigint("timed"), of.realOrNull("p50"), of.realOrNull("p90"), of.realOrNull("p99")),
                of.bigint("input_tokens"),
                of.bigint("output_tokens"),
                of.numeric("cost_usd"));
    }
}
