package dev.evalstore.benchmark;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Scored answers; obtained from {@code Database} or {@code Tx}. They are stored once and not changed. */
public final class EvaluationRepository {
    /** From here on a binary copy is faster than one statement with arrays. */
    private static final int COPY_FROM = 10_000;

    private static final String WRITTEN = "id, benchmark_id, provider, model, input, output, expected, metrics, score,"
            + " latency_ms, input_tokens, output_tokens, cost_usd, metadata, created_by";

    static final Table<Evaluation> TABLE =
            Table.of("evaluation", "evaluations", WRITTEN + ", created_at", EvaluationRepository::map);

    private static final Keyset<Evaluation> NEWEST =
            Keyset.newestFirst("evaluations", Evaluation::createdAt, Evaluation::id);

    private static final String INSERT_ALL = "insert into evalstore.evaluations (" + WRITTEN + ")"
            + " select * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],"
            + " ?::jsonb[], ?::float8[], ?::int[], ?::int[], ?::int[], ?::numeric[], ?::jsonb[], ?::uuid[])";

    private static final String COPY_ALL = "copy evalstore.evaluations (" + WRITTEN + ") from stdin (format binary)";

    private static final String SUMMARY = """
            /* evaluations.summary */ select count(*) as n,
                count(score) as score_count, avg(score) as score_mean, stddev_samp(score) as score_stddev,
                min(score) as score_min, max(score) as score_max,
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
            from evalstore.evaluations where benchmark_id = ?""";

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public EvaluationRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Stores an evaluation and gives it back as stored.
     *
     * @throws ConstraintViolationException if its run does not exist ({@code evaluations_benchmark_fk})
     */
    public Evaluation create(NewEvaluation evaluation) {
        return TABLE.insert(
                jdbc,
                Uuids.next(),
                new Columns()
                        .set("benchmark_id", evaluation.benchmarkId())
                        .set("provider", evaluation.provider())
                        .set("model", evaluation.model())
                        .set("input", evaluation.input())
                        .set("output", evaluation.output())
                        .set("expected", evaluation.expected())
                        .set("metrics", evaluation.metrics())
                        .set("score", evaluation.score())
                        .set("latency_ms", evaluation.latencyMs())
                        .set("input_tokens", evaluation.inputTokens())
                        .set("output_tokens", evaluation.outputTokens())
                        .set("cost_usd", evaluation.costUsd())
                        .set("metadata", evaluation.metadata())
                        .set("created_by", evaluation.createdBy()));
    }

    /**
     * Stores all of them or none, in one statement: arrays, or from 10,000 rows on a binary copy.
     *
     * @return their ids, in the order given; empty for an empty list
     * @throws ConstraintViolationException if a run does not exist ({@code evaluations_benchmark_fk})
     */
    public List<UUID> createAll(List<NewEvaluation> evaluations) {
        List<NewEvaluation> rows = List.copyOf(evaluations);
        List<UUID> ids = Stream.generate(Uuids::next).limit(rows.size()).toList();
        if (rows.size() >= COPY_FROM) {
            jdbc.copyIn(COPY_ALL, out -> copy(out, ids, rows));
        } else if (!rows.isEmpty()) {
            jdbc.update(insertAll(ids, rows));
        }
        return ids;
    }

    private static Sql insertAll(List<UUID> ids, List<NewEvaluation> rows) {
        return Sql.of(
                INSERT_ALL,
                SqlArray.uuids(ids),
                SqlArray.uuids(rows, NewEvaluation::benchmarkId),
                SqlArray.texts(rows, NewEvaluation::provider),
                SqlArray.texts(rows, NewEvaluation::model),
                SqlArray.texts(rows, NewEvaluation::input),
                SqlArray.texts(rows, NewEvaluation::output),
                SqlArray.texts(rows, NewEvaluation::expected),
                SqlArray.jsons(rows, NewEvaluation::metrics),
                SqlArray.reals(rows, NewEvaluation::score),
                SqlArray.ints(rows, NewEvaluation::latencyMs),
                SqlArray.ints(rows, NewEvaluation::inputTokens),
                SqlArray.ints(rows, NewEvaluation::outputTokens),
                SqlArray.numerics(rows, NewEvaluation::costUsd),
                SqlArray.jsons(rows, NewEvaluation::metadata),
                SqlArray.uuids(rows, NewEvaluation::createdBy));
    }

    private static void copy(BinaryCopy out, List<UUID> ids, List<NewEvaluation> rows) throws SQLException {
        for (int i = 0; i < rows.size(); i++) {
            NewEvaluation row = rows.get(i);
            out.row(15)
                    .uuid(ids.get(i))
                    .uuid(row.benchmarkId())
                    .text(row.provider())
                    .text(row.model())
                    .text(row.input())
                    .text(row.output())
                    .text(row.expected())
                    .json(row.metrics())
                    .real(row.score())
                    .integer(row.latencyMs())
                    .integer(row.inputTokens())
                    .integer(row.outputTokens())
                    .numeric(row.costUsd())
                    .json(row.metadata())
                    .uuid(row.createdBy());
        }
    }

    /** The evaluation, or empty when none has the id. */
    public Optional<Evaluation> find(UUID id) {
        return TABLE.find(jdbc, id);
    }

    /**
     * The evaluation.
     *
     * @throws NotFoundException if none has the id
     */
    public Evaluation get(UUID id) {
        return TABLE.get(jdbc, id);
    }

    /**
     * Evaluations that the filter admits, newest first.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<Evaluation> list(EvaluationFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.page(jdbc, filter.sql(), NEWEST, limit, after);
    }

    /** The evaluations of a run, newest first; see {@link #list}. */
    public Page<Evaluation> listByBenchmark(UUID benchmarkId, int limit, @Nullable Cursor after) {
        return list(EvaluationFilter.ALL.benchmark(benchmarkId), limit, after);
    }

    /** How many evaluations the filter admits. Counts them: the time grows with the answer. */
    public long count(EvaluationFilter filter) {
        return TABLE.count(jdbc, filter.sql());
    }

    /** Deletes the evaluation; false when none has the id. */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
    }

    /**
     * Hands every evaluation that the filter admits to the consumer, in no order, a thousand in memory at a time, all from one
     * snapshot. What the consumer throws ends the reading and comes out.
     */
    public void stream(EvaluationFilter filter, Consumer<? super Evaluation> consumer) {
        jdbc.forEach(TABLE.select().and(filter.sql()), TABLE.mapper(), consumer);
    }

    /** Figures over a run's evaluations, computed by the server in one read; all zero or null when it has none. */
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

    private static EvaluationSummary.Distribution distribution(Row row, String of) throws SQLException {
        return new EvaluationSummary.Distribution(
                row.bigint(of + "_count"),
                row.realOrNull(of + "_mean"),
                row.realOrNull(of + "_stddev"),
                row.realOrNull(of + "_min"),
                row.realOrNull(of + "_max"),
                row.realOrNull(of + "_p50"),
                row.realOrNull(of + "_p90"),
                row.realOrNull(of + "_p99"));
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
                row.uuidOrNull("created_by"),
                row.instant("created_at"));
    }
}
