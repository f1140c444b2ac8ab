package dev.evalstore.benchmark;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.List;
import java.util.Set;
import java.util.UUID;
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
public final class EvaluationRepository extends EvaluationReads {
    /** The number of rows from which a binary copy is faster than one statement with arrays. */
    private static final int COPY_FROM = 10_000;

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

    /** Called by {@code Repositories} alone. */
    public EvaluationRepository(Jdbc jdbc) {
        super(jdbc);
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

    /** Deletes the evaluation; false when none has the id. An audit entry of that repeats none of its texts. */
    public boolean delete(UUID id) {
        return TABLE.act(jdbc, "delete", id, on -> on.update(Sql.of(DELETE, id)) == 1);
    }
}
