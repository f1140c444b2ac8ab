package dev.evalstore.tracking;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.job.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Experiments: pieces of work whose params, metrics and answers are kept. An experiment is created in a project, started, logged
 * to, and ends completed, failed or cancelled. One that is archived does not change until it is restored: its own columns,
 * params, metrics and tags. Evaluations of it, their feedback, and parts are rows of their own, and may come; it may be deleted.
 *
 * <p>A status moves only from those that the verb names. From any other status, and where the experiment is archived, the verb
 * throws {@link ConflictException}, which says so, and nothing is stored: of two callers that end the same experiment, one
 * succeeds, and no results are stored on a failed or cancelled one.
 *
 * <p>A deleted experiment is not found any more, from the commit of its deletion on. Its points, params, metrics and evaluations
 * go afterwards in small steps.
 */
public final class ExperimentRepository extends ExperimentReads {
    ExperimentRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores a new experiment with its params and tags, and returns it as stored. Its project is made where it is not there.
     *
     * @throws NotFoundException if its parent does not exist, or is deleted
     * @throws ConstraintViolationException if its dataset, its model version or its creator does not exist
     *     ({@code experiments_dataset_fk}, {@code experiments_model_version_fk}, {@code experiments_created_by_fk})
     */
    public Experiment create(NewExperiment experiment) {
        Objects.requireNonNull(experiment, "experiment");
        return jdbc.atomically(tx -> ExperimentMoves.create(tx, experiment));
    }

    /**
     * Changes the given fields and returns the changed experiment, whatever its status.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     * @throws ConflictException if it is archived
     * @throws ConstraintViolationException if the dataset or the model version does not exist
     *     ({@code experiments_dataset_fk}, {@code experiments_model_version_fk})
     */
    public Experiment update(UUID id, UpdateExperiment change) {
        Objects.requireNonNull(change, "change");
        return ExperimentMoves.locked(jdbc, id, (tx, locked) -> {
            ExperimentMoves.requireLive(locked, "update");
            return TABLE.update(tx, id, change);
        });
    }

    /**
     * Starts an experiment that is created and not started yet.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     */
    public Experiment start(UUID id) {
        return ExperimentMoves.move(
                jdbc, id, "start", ExperimentMoves.to(ExperimentStatus.RUNNING).now("started_at"));
    }

    /**
     * Completes a running experiment with what came out, in one transaction.
     *
     * @param results as the caller shapes them, or null
     * @param metrics logged as by {@link #log}, also params and tags; empty for none
     * @param usage what is null in it keeps what is stored
     * @throws NotFoundException if none has the id, or it is deleted
     * @throws ConflictException if it is not running, is archived, or has another value of a param
     */
    public Experiment complete(UUID id, @Nullable Json results, LogBatch metrics, Usage usage) {
        LogRows rows = LogRows.of(Objects.requireNonNull(metrics, "metrics"));
        Columns values = ExperimentMoves.ended(ExperimentStatus.COMPLETED)
                .set("results", results)
                .setIfGiven(
                        "total_cost_usd", Objects.requireNonNull(usage, "usage").costUsd())
                .setIfGiven("input_tokens", usage.inputTokens())
                .setIfGiven("output_tokens", usage.outputTokens());
        return ExperimentMoves.locked(jdbc, id, (tx, locked) -> {
            ExperimentMoves.require(locked, "complete");
            return TABLE.update(
                    tx, id, "complete", values, on -> Logging.store(on, id, rows), rows.isEmpty() ? null : rows.size());
        });
    }

    /**
     * Fails a running experiment. The error says why and must not be blank; what is longer than 10,000 characters is cut, and
     * says so.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     */
    public Experiment fail(UUID id, String error) {
        Columns values = ExperimentMoves.ended(ExperimentStatus.FAILED).set("error", Check.error("error", error));
        return ExperimentMoves.move(jdbc, id, "fail", values);
    }

    /**
     * Cancels an experiment that is created or running.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     */
    public Experiment cancel(UUID id) {
        return ExperimentMoves.move(jdbc, id, "cancel", ExperimentMoves.ended(ExperimentStatus.CANCELLED));
    }

    /**
     * Archives an experiment: from now on it does not change, and nothing is logged to it.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     * @throws ConflictException if it is running, or archived already
     */
    public Experiment archive(UUID id) {
        return ExperimentMoves.move(jdbc, id, "archive", new Columns().now("archived_at"));
    }

    /**
     * Restores an archived experiment, which may change again.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     * @throws ConflictException if it is not archived
     */
    public Experiment restore(UUID id) {
        return ExperimentMoves.locked(jdbc, id, (tx, locked) -> {
            if (locked.archivedAt() == null) {
                throw new ConflictException("experiment " + id + " is not archived: cannot restore");
            }
            return TABLE.update(tx, id, "restore", new Columns().set("archived_at", null));
        });
    }

    /**
     * {@link #archive Archives} experiments that ended, and were last changed or restored, at least so long ago, the earliest
     * first, each in its own commit outside of a transaction; at most 1,000 a call. One that is locked at the moment, as by an open transaction that logs, is left for the
     * next call. Maintenance calls it where it is given a period.
     *
     * @param age longer than zero, at most 36,500 days
     * @return how many were archived, and whether the call has reached its limit
     */
    public Cleanup archiveOld(Duration age) {
        return ExperimentMoves.archiveOld(jdbc, Check.period("age", age));
    }

    /**
     * Deletes an experiment and its parts, whatever their status; false when none has the id. From then on none of them is
     * found. Its points, params, metrics, evaluations and their feedback go afterwards, in commits of at most some thousand rows
     * each: before this returns, or in a transaction after its commit. Where that is broken off, or the transaction is the
     * host's, maintenance does it, or another call. Until then evaluations and feedback are still listed and counted, and no
     * further ones are stored. Costs stay.
     */
    public boolean delete(UUID id) {
        Objects.requireNonNull(id, "id");
        List<UUID> marked = jdbc.atomically(tx -> ExperimentPurge.mark(tx, id));
        List<UUID> deleted = marked.isEmpty() ? List.of(id) : marked;
        jdbc.afterCommit(pool -> ExperimentPurge.remove(pool, deleted));
        return !marked.isEmpty();
    }

    /**
     * Removes what deleted experiments have left, as far as {@link #delete} did not. In commits of at most 2,000 rows each, and
     * at most 1,000,000 rows a call outside of a transaction. Maintenance calls it.
     *
     * @return how many rows were removed, of all kinds, and whether there are more
     */
    public Cleanup purge() {
        return ExperimentPurge.run(jdbc);
    }

    /**
     * Stores points, params and tags in one commit: all of them or none, in any status. What is stored already is not stored
     * twice, so a batch may be sent again. After a lost connection the library itself sends it again, outside of a transaction
     * and where nobody acts. Batches for one experiment come one after the other.
     *
     * <p>A batch of at most 20,000 points is one statement in one round trip, where a process has logged its names before.
     * New names are committed before the batch and stay, also where the batch is refused; but in a transaction that is
     * repeatable read or serializable they are its own, and others who log one of them wait for its end. Points may come in any order. An empty batch does nothing, and is not looked at further.
     *
     * @throws NotFoundException if none has the id, or it is deleted
     * @throws ConflictException if it is archived; or a param is there with another value, and the batch does not overwrite.
     *     A number and a text are other values, also if they are written the same. Or it would have more than 10,000 params
     *     or tags
     * @throws IllegalArgumentException if the batch has two values of a param, and does not overwrite; or has more than 10,000
     *     params or tags
     */
    public void log(UUID id, LogBatch batch) {
        Logging.log(jdbc, id, batch);
    }
}
