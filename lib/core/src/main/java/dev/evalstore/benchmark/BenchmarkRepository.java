package dev.evalstore.benchmark;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Runs of a model on a dataset; obtained from {@code Database} or {@code Tx}. A status moves only from the states that allow
 * it, in one guarded statement: of two callers who would end the same run, one succeeds and the other gets a
 * {@link ConflictException}.
 */
public final class BenchmarkRepository {
    static final Table<Benchmark> TABLE = Table.of(
            "benchmark",
            "benchmarks",
            "id, name, description, provider, model, dataset, status, total_iterations, completed_iterations,"
                    + " failed_iterations, results, metrics, error, created_by, created_at, started_at, completed_at, updated_at",
            BenchmarkRepository::map);

    private static final Keyset<Benchmark> NEWEST =
            Keyset.newestFirst("benchmarks", Benchmark::createdAt, Benchmark::id);

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public BenchmarkRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Stores a new run, pending, and gives it back as stored. */
    public Benchmark create(NewBenchmark run) {
        return TABLE.insert(
                jdbc,
                Uuids.next(),
                new Columns()
                        .set("name", run.name())
                        .set("description", run.description())
                        .set("provider", run.provider())
                        .set("model", run.model())
                        .set("dataset", run.dataset())
                        .set("total_iterations", run.totalIterations())
                        .set("created_by", run.createdBy()));
    }

    /** The run, or empty when none has the id. */
    public Optional<Benchmark> find(UUID id) {
        return TABLE.find(jdbc, id);
    }

    /**
     * The run.
     *
     * @throws NotFoundException if none has the id
     */
    public Benchmark get(UUID id) {
        return TABLE.get(jdbc, id);
    }

    /**
     * Changes the given fields in one statement and gives the run as it is then.
     *
     * @throws NotFoundException if none has the id
     * @throws ConstraintViolationException if the new total is below the iterations already counted
     *     ({@code benchmarks_iterations_within_total})
     */
    public Benchmark update(UUID id, UpdateBenchmark change) {
        return TABLE.update(
                        jdbc,
                        id,
                        new Columns()
                                .setIfGiven("name", change.name())
                                .patch("description", change.description())
                                .setIfGiven("total_iterations", change.totalIterations())
                                .patch("metrics", change.metrics()))
                .orElseThrow(() -> TABLE.notFound(id));
    }

    /** Deletes the run with its evaluations; false when none has the id. */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
    }

    /**
     * Runs that the filter admits, newest first.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<Benchmark> list(BenchmarkFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.page(jdbc, filter.sql(), NEWEST, limit, after);
    }

    /** The newest runs, newest first; {@code limit} is 1 to 1,000. */
    public List<Benchmark> listRecent(int limit) {
        return list(BenchmarkFilter.ALL, limit, null).items();
    }

    /** How many runs the filter admits. Counts them: the time grows with the answer. */
    public long count(BenchmarkFilter filter) {
        return TABLE.count(jdbc, filter.sql());
    }

    /**
     * Pending to running.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the run is not pending
     */
    public Benchmark start(UUID id) {
        return move(
                id,
                BenchmarkStatus.RUNNING,
                Sql.of(
                        "update evalstore.benchmarks set status = 'running', started_at = statement_timestamp(),"
                                + " updated_at = statement_timestamp() where id = ? and status = 'pending' returning "
                                + TABLE.columns(),
                        id));
    }

    /**
     * Adds to the counters of a running run, by as many writers at once as there are.
     *
     * @param completedDelta how many more went well, at least 0
     * @param failedDelta how many more did not, at least 0
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the run is not running
     * @throws ConstraintViolationException if that is more than the total ({@code benchmarks_iterations_within_total}); nothing
     *     is added then
     */
    public Benchmark recordProgress(UUID id, int completedDelta, int failedDelta) {
        Check.notNegative("completedDelta", completedDelta);
        Check.notNegative("failedDelta", failedDelta);
        return changeRunning(
                id,
                "record progress of",
                Sql.of(
                        "update evalstore.benchmarks set completed_iterations = completed_iterations + ?,"
                                + " failed_iterations = failed_iterations + ?, updated_at = statement_timestamp()"
                                + " where id = ? and status = 'running' returning " + TABLE.columns(),
                        completedDelta,
                        failedDelta,
                        id));
    }

    /**
     * Running to completed.
     *
     * @param results what came out, or null
     * @param metrics figures over the whole run, or null to leave those that are there
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the run is not running
     */
    public Benchmark complete(UUID id, @Nullable Json results, @Nullable Json metrics) {
        return move(
                id,
                BenchmarkStatus.COMPLETED,
                Sql.of(
                        "update evalstore.benchmarks set status = 'completed', results = ?::jsonb,"
                                + " metrics = coalesce(?::jsonb, metrics), completed_at = statement_timestamp(),"
                                + " updated_at = statement_timestamp() where id = ? and status = 'running' returning "
                                + TABLE.columns(),
                        results,
                        metrics,
                        id));
    }

    /**
     * Running to failed.
     *
     * @param error why; of any length, not blank
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the run is not running
     */
    public Benchmark fail(UUID id, String error) {
        Check.text("error", error);
        return move(
                id,
                BenchmarkStatus.FAILED,
                Sql.of(
                        "update evalstore.benchmarks set status = 'failed', error = ?, completed_at = statement_timestamp(),"
                                + " updated_at = statement_timestamp() where id = ? and status = 'running' returning "
                                + TABLE.columns(),
                        error,
                        id));
    }

    /**
     * Pending or running to cancelled.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if the run has ended
     */
    public Benchmark cancel(UUID id) {
        return move(
                id,
                BenchmarkStatus.CANCELLED,
                Sql.of(
                        "update evalstore.benchmarks set status = 'cancelled', completed_at = statement_timestamp(),"
                                + " updated_at = statement_timestamp() where id = ? and status in ('pending', 'running')"
                                + " returning " + TABLE.columns(),
                        id));
    }

    private Benchmark move(UUID id, BenchmarkStatus to, Sql guarded) {
        return jdbc.change(guarded, TABLE.mapper())
                .orElseThrow(() -> new ConflictException(
                        "benchmark " + id + " is " + word(get(id).status()) + " and cannot become " + word(to)));
    }

    private Benchmark changeRunning(UUID id, String what, Sql guarded) {
        return jdbc.change(guarded, TABLE.mapper())
                .orElseThrow(() -> new ConflictException(
                        "cannot " + what + " benchmark " + id + ": it is " + word(get(id).status()) + ", not running"));
    }

    private static String word(BenchmarkStatus status) {
        return status.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static Benchmark map(Row row) throws SQLException {
        return new Benchmark(
                row.uuid("id"),
                row.text("name"),
                row.textOrNull("description"),
                row.text("provider"),
                row.text("model"),
                row.text("dataset"),
                row.enumValue("status", BenchmarkStatus.class),
                row.integer("total_iterations"),
                row.integer("completed_iterations"),
                row.integer("failed_iterations"),
                row.jsonOrNull("results"),
                row.jsonOrNull("metrics"),
                row.textOrNull("error"),
                row.uuidOrNull("created_by"),
                row.instant("created_at"),
                row.instantOrNull("started_at"),
                row.instantOrNull("completed_at"),
                row.instant("updated_at"));
    }
}
