package dev.evalstore.benchmark;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Runs of a model on a dataset. Every change is one statement, and throws {@link NotFoundException} if no run has the
 * id. A status moves only from the statuses that the verb names. From any other status the verb throws
 * {@link ConflictException}, which names the present one: of two callers that end the same run, one succeeds.
 */
public final class BenchmarkRepository extends BenchmarkReads {
    private static final String RUNNING = "status = 'running'";

    /** A sum that the column cannot hold becomes minus one here, which its check refuses by name. */
    private static final String SUM = "case when {n}::bigint + ? <= 2147483647 then {n} + ? else -1 end";

    /** Called by {@code Repositories} alone. */
    public BenchmarkRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /** Stores a new run, pending, and returns it as stored. */
    public Benchmark create(NewBenchmark run) {
        Columns values = new Columns()
                .set("name", run.name())
                .set("description", run.description())
                .set("provider", run.provider())
                .set("model", run.model())
                .set("dataset", run.dataset())
                .set("total_iterations", run.totalIterations())
                .set("created_by", run.createdBy());
        return TABLE.create(jdbc, values);
    }

    /**
     * Changes the given fields and returns the changed run.
     *
     * @throws ConstraintViolationException if the new total is below the iterations already counted
     *     ({@code benchmarks_iterations_within_total})
     */
    public Benchmark update(UUID id, UpdateBenchmark change) {
        return TABLE.update(jdbc, id, change);
    }

    /** Deletes the run with its evaluations; false when none has the id. */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
    }

    /** Starts a pending run. */
    public Benchmark start(UUID id) {
        Columns values = to(BenchmarkStatus.RUNNING).now("started_at");
        return TABLE.move(jdbc, id, "start", "status = 'pending'", values);
    }

    /**
     * Adds to the counters of a running run. Any number of callers may add at the same time.
     *
     * @param completedDelta how many more iterations succeeded, at least 0
     * @param failedDelta how many more iterations failed, at least 0
     * @throws ConstraintViolationException if the sum exceeds a known total
     *     ({@code benchmarks_iterations_within_total}), or a counter the greatest int
     *     ({@code benchmarks_completed_iterations_range}, {@code benchmarks_failed_iterations_range}); nothing is added
     *     then
     */
    public Benchmark recordProgress(UUID id, int completedDelta, int failedDelta) {
        Check.notNegative("completedDelta", completedDelta);
        Check.notNegative("failedDelta", failedDelta);
        Columns values = new Columns()
                .expression(
                        "completed_iterations",
                        SUM.replace("{n}", "completed_iterations"),
                        completedDelta,
                        completedDelta)
                .expression("failed_iterations", SUM.replace("{n}", "failed_iterations"), failedDelta, failedDelta);
        return TABLE.move(jdbc, id, "record_progress", RUNNING, values);
    }

    /** Completes a running run with its outcome, which may be null. Null metrics keep those that are stored. */
    public Benchmark complete(UUID id, @Nullable Json results, @Nullable Json metrics) {
        Columns values =
                ended(BenchmarkStatus.COMPLETED).set("results", results).setIfGiven("metrics", metrics);
        return TABLE.move(jdbc, id, "complete", RUNNING, values);
    }

    /**
     * Fails a running run. The error says why and must not be blank; what is longer than 10,000 characters is cut, and
     * says so.
     */
    public Benchmark fail(UUID id, String error) {
        Columns values = ended(BenchmarkStatus.FAILED).set("error", Check.error("error", error));
        return TABLE.move(jdbc, id, "fail", RUNNING, values);
    }

    /** Cancels a pending or running run. */
    public Benchmark cancel(UUID id) {
        return TABLE.move(jdbc, id, "cancel", "status in ('pending', 'running')", ended(BenchmarkStatus.CANCELLED));
    }

    private static Columns to(BenchmarkStatus status) {
        return new Columns().set("status", status);
    }

    private static Columns ended(BenchmarkStatus status) {
        return to(status).now("completed_at");
    }
}
