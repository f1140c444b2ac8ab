package dev.evalstore.benchmark;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.Rows;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Mean;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Scored answers. An evaluation is stored once and never changed; only its rating follows its feedback. An experiment has
 * one evaluation of an item and repeat, and takes its evaluations with it when it is deleted.
 *
 * <p>Two methods read every row that a filter admits. {@link #forEach} walks the list page by page, newest first, and
 * may meet rows that are written meanwhile. {@link #stream} reads one snapshot, in no order or a given one, and holds
 * one connection until the end.
 */
public final class EvaluationRepository extends TableRows<Evaluation, EvaluationFilter> {
    /** The number of rows from which a binary copy is faster than one statement with arrays. */
    private static final int COPY_FROM = 10_000;

    private static final String WRITTEN = """
            id, benchmark_id, provider, model, input, output, expected, metrics, score, latency_ms, input_tokens,
            output_tokens, cost_usd, metadata, experiment_id, model_version_id, item_key, repeat, judge_scores, criteria,
            evaluator_version, created_by""";

    static final Table<Evaluation> TABLE = Table.of(
                    "evaluation",
                    "evaluations",
                    String.join(", ", WRITTEN, "rating", "created_at"),
                    EvaluationRepository::map)
            .newestFirst(Evaluation::createdAt, Evaluation::id)
            .audited("delete");

    static final EvaluationOrders ORDERS = new EvaluationOrders(TABLE);

    /** No experiment has this id, so the foreign key refuses it: it knows nothing of rows that are marked as deleted. */
    private static final String OF_LIVE_EXPERIMENT = """
            coalesce((select x.id from evalstore.experiments x where x.id = ? and x.deleted_at is null),
                '00000000-0000-0000-0000-000000000000')""";

    private static final String DELETED_EXPERIMENTS = """
            /* evaluations.deleted_experiments */ select id from evalstore.experiments
            where id = any (?) and deleted_at is not null""";

    private static final String CREATE_ALL =
            """
            /* evaluations.create_all */ insert into evalstore.evaluations ({written})
            select {read} from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                ?::jsonb[], ?::float8[], ?::int[], ?::int[], ?::int[], ?::numeric[],
                ?::jsonb[], ?::uuid[], ?::uuid[], ?::text[], ?::int[], ?::jsonb[], ?::jsonb[],
                ?::text[], ?::uuid[]) as g ({written})""".replace("{written}", WRITTEN).replace("{read}", WRITTEN.replace("experiment_id", """
                    case when experiment_id = any (array(select x.id from evalstore.experiments x
                        where x.id = any (?) and x.deleted_at is not null))
                        then '00000000-0000-0000-0000-000000000000' else experiment_id end"""));

    private static final String COPY_ALL = """
            /* evaluations.copy_all */ copy evalstore.evaluations ({written})
            from stdin (format binary)""".replace("{written}", WRITTEN);

    private static final String DELETE = """
            /* evaluations.delete */ delete from evalstore.evaluations where id = ?""";

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

    /** Called by {@code Repositories} alone. */
    public EvaluationRepository(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /**
     * Stores an evaluation and returns it as stored.
     *
     * @throws ConstraintViolationException if its run, experiment or model version does not exist, or the experiment is deleted ({@code
     *     evaluations_benchmark_fk}, {@code evaluations_experiment_fk}, {@code evaluations_model_version_fk}), or if the
     *     experiment has the item and repeat already ({@code idx_evaluations_experiment_id_item_key_repeat})
     */
    public Evaluation create(NewEvaluation evaluation) {
        NewEvaluation.Place place = evaluation.place();
        NewEvaluation.Answer answer = evaluation.answer();
        NewEvaluation.Measured measured = evaluation.measured();
        NewEvaluation.Judged judged = evaluation.judged();
        Columns values = new Columns()
                .set("benchmark_id", place.benchmarkId())
                .set("provider", answer.provider())
                .set("model", answer.model())
                .set("input", answer.input())
                .set("output", answer.output())
                .set("expected", answer.expected())
                .set("metrics", evaluation.metrics())
                .set("score", evaluation.score())
                .set("latency_ms", measured.latencyMs())
                .set("input_tokens", measured.inputTokens())
                .set("output_tokens", measured.outputTokens())
                .set("cost_usd", measured.costUsd())
                .set("metadata", evaluation.metadata())
                .all(ofExperiment(place.experimentId()))
                .set("model_version_id", answer.modelVersionId())
                .set("item_key", place.itemKey())
                .set("repeat", place.repeat())
                .set("judge_scores", judged.judgeScores())
                .set("criteria", judged.criteria())
                .set("evaluator_version", judged.evaluatorVersion())
                .set("created_by", evaluation.createdBy());
        return TABLE.create(jdbc, values);
    }

    private static Columns ofExperiment(@Nullable UUID id) {
        Columns column = new Columns();
        return id == null
                ? column.set("experiment_id", null)
                : column.expression("experiment_id", OF_LIVE_EXPERIMENT, id);
    }

    /**
     * Stores all evaluations or none: by arrays in one statement, or by a binary copy from 10,000 rows on, before which it asks
     * whether one of their experiments is deleted.
     *
     * @return their ids, in the order given; empty for an empty list
     * @throws ConstraintViolationException as {@link #create}, of any of them; nothing is stored then
     */
    public List<UUID> createAll(List<NewEvaluation> evaluations) {
        List<NewEvaluation> rows = List.copyOf(evaluations);
        List<UUID> ids = Stream.generate(Uuids::next).limit(rows.size()).toList();
        EvaluationLoad load = EvaluationLoad.of(ids, rows);
        if (rows.size() >= COPY_FROM) {
            Set<UUID> experiments = load.experiments();
            Set<UUID> deleted = experiments.isEmpty()
                    ? experiments
                    : Set.copyOf(
                            jdbc.list(Sql.of(DELETED_EXPERIMENTS, SqlArray.uuids(experiments)), row -> row.uuid("id")));
            jdbc.copyIn(COPY_ALL, out -> load.copy(out, deleted));
        } else if (!rows.isEmpty()) {
            jdbc.update(Sql.of(CREATE_ALL, load.arrays()));
        }
        return ids;
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
     * Hands every evaluation that the filter admits to the consumer, in no order, all from one snapshot. At most a
     * thousand are in memory at a time. An exception of the consumer ends the reading and is thrown on.
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

    /** Deletes the evaluation; false when none has the id. An audit entry of that repeats none of its texts. */
    public boolean delete(UUID id) {
        return TABLE.act(jdbc, "delete", id, on -> on.update(Sql.of(DELETE, id)) == 1);
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
