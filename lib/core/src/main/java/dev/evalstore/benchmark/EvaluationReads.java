package dev.evalstore.benchmark;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.Rows;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Mean;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link EvaluationRepository} that only read. */
public sealed class EvaluationReads extends TableRows<Evaluation, EvaluationFilter> permits EvaluationRepository {
    static final String WRITTEN = """
            id, benchmark_id, provider, model, input, output, expected, metrics, score, latency_ms, input_tokens,
            output_tokens, cost_usd, metadata, experiment_id, model_version_id, item_key, repeat, judge_scores, criteria,
            evaluator_version, created_by""";

    static final Table<Evaluation> TABLE = Table.of(
                    "evaluation",
                    "evaluations",
                    String.join(", ", WRITTEN, "rating", "created_at"),
                    EvaluationReads::map)
            .newestFirst(Evaluation::createdAt, Evaluation::id)
            .audited("delete");

    static final EvaluationOrders ORDERS = new EvaluationOrders(TABLE);

    /** Exact sums, of which no score is too great and equals have one result; see {@link Mean}. */
    private static final String SUMMARY = """
            /* evaluations.summary */ select count(*) as n,
                count(score) as score_count, min(score) as score_min, max(score) as score_max,
                {mean} as score_mean, round(stddev_samp(score::numeric), 307)::float8 as score_stddev,
                percentile_cont(0.5) within group (order by score) as score_p50,
                percentile_cont(0.9) within group (order by score) as score_p90,
                percentile_cont(0.99) within group (order by score) as score_p99,
                count(latency_ms) as latency_count, avg(latency_ms)::float8 as latency_mean,
                stddev_samp(latency_ms)::float8 as latency_stddev,
                min(latency_ms)::float8 as latency_min, max(latency_ms)::float8 as latency_max,
                percentile_cont(0.5) within group (order by latency_ms) as latency_p50,
                percentile_cont(0.9) within group (order by latency_ms) as latency_p90,
                percentile_cont(0.99) within group (order by latency_ms) as latency_p99,
                coalesce(sum(input_tokens), 0) as input_tokens, coalesce(sum(output_tokens), 0) as output_tokens,
                coalesce(sum(cost_usd), 0) as cost_usd
            from evalstore.evaluations where benchmark_id = ?""".replace("{mean}", Mean.of("score"));

    /** Called by {@code Reading} alone. */
    public EvaluationReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /**
     * A page in the given order: what has no value to order by comes last, whichever way, and equal values go by id in
     * the same direction. In one statement. Whoever walks on by the cursor meets each row once, whatever is stored
     * meanwhile; in the orders by rating, a row whose rating changes between two pages may be met twice or not at all.
     *
     * @param limit the maximum number of rows, 1 to 1,000
     * @param after the cursor of the page before, of the same order; null for the first page
     * @throws IllegalArgumentException if the limit is out of range, or the cursor is one of another list or order
     */
    public Page<Evaluation> list(EvaluationFilter filter, EvaluationOrder order, int limit, @Nullable Cursor after) {
        return ORDERS.list(jdbc, filter, order, limit, after);
    }

    /** A page of the evaluations of an experiment, newest first; see {@link Rows#list(Object, int, Cursor)}. */
    public Page<Evaluation> listByExperiment(UUID experimentId, int limit, @Nullable Cursor after) {
        return list(EvaluationFilter.ALL.experiment(experimentId), limit, after);
    }

    /** A page of the evaluations of a run, newest first; see {@link Rows#list(Object, int, Cursor)}. */
    public Page<Evaluation> listByBenchmark(UUID benchmarkId, int limit, @Nullable Cursor after) {
        return list(EvaluationFilter.ALL.benchmark(benchmarkId), limit, after);
    }

    /**
     * Hands every evaluation that the filter admits to the consumer, in no order, all from one snapshot. An exception of
     * the consumer ends the reading and is thrown on.
     *
     * <p>In memory are about a million characters at a time, or a few evaluations where one is longer: the next ones are
     * fetched by the longest of those fetched before, eight times as many at most, up to 1,000 (256 at a heap of 64 MB). So
     * long ones behind short ones need more for once, as that many of them do.
     */
    public void stream(EvaluationFilter filter, Consumer<? super Evaluation> consumer) {
        jdbc.forEach(TABLE.select("stream").and(filter), TABLE.mapper(), consumer);
    }

    /**
     * {@link #stream(EvaluationFilter, Consumer)} in an order: what has no value to order by comes last, whichever way, and
     * equal values go by id in the same direction. The server sorts all that the filter admits before the first row comes,
     * unless an index has the order.
     *
     * @param maximum after how many rows to stop, at least 0; {@link Long#MAX_VALUE} for all
     */
    public void stream(
            EvaluationFilter filter, EvaluationOrder order, long maximum, Consumer<? super Evaluation> consumer) {
        Objects.requireNonNull(consumer, "consumer");
        jdbc.forEach(ORDERS.stream(filter, order, maximum), TABLE.mapper(), consumer);
    }

    /** Figures over the evaluations of a run, computed by the server in one read; all zero or null when it has none. */
    public EvaluationSummary summary(UUID benchmarkId) {
        return jdbc.one(
                Sql.of(SUMMARY, benchmarkId),
                row -> new EvaluationSummary(
                        row.bigint("n"),
                        distribution(row, "score"),
                        distribution(row, "latency"),
                        row.bigint("input_tokens"),
                        row.bigint("output_tokens"),
                        row.numeric("cost_usd")));
    }

    private static EvaluationSummary.Distribution distribution(Row row, String name) throws SQLException {
        return new EvaluationSummary.Distribution(
                row.bigint(name + "_count"),
                row.realOrNull(name + "_mean"),
                row.realOrNull(name + "_stddev"),
                row.realOrNull(name + "_min"),
                row.realOrNull(name + "_max"),
                row.realOrNull(name + "_p50"),
                row.realOrNull(name + "_p90"),
                row.realOrNull(name + "_p99"));
    }

    private static Evaluation map(Row row) throws SQLException {
        return new Evaluation(
                row.uuid("id"),
                row.uuidOrNull("benchmark_id"),
                row.text("provider"),
                row.text("model"),
                row.text("input"),
                row.text("output"),
                row.textOrNull("expected"),
                row.json("metrics"),
                row.realOrNull("score"),
                row.integerOrNull("latency_ms"),
                row.integerOrNull("input_tokens"),
                row.integerOrNull("output_tokens"),
                row.numericOrNull("cost_usd"),
                row.jsonOrNull("metadata"),
                row.uuidOrNull("experiment_id"),
                row.uuidOrNull("model_version_id"),
                row.textOrNull("item_key"),
                row.integer("repeat"),
                row.realOrNull("rating"),
                row.jsonOrNull("judge_scores"),
                row.jsonOrNull("criteria"),
                row.textOrNull("evaluator_version"),
                row.uuidOrNull("created_by"),
                row.instant("created_at"));
    }
}
