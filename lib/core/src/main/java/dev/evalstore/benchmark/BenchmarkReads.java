package dev.evalstore.benchmark;

import dev.evalstore.internal.event.Emits;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.sql.SQLException;
import java.util.List;

/** The verbs of {@link BenchmarkRepository} that only read. */
public sealed class BenchmarkReads extends TableRows<Benchmark, BenchmarkFilter> permits BenchmarkRepository {
    static final Table<Benchmark> TABLE = Table.of("benchmark", "benchmarks", """
                    id, name, description, provider, model, dataset, status, total_iterations, completed_iterations,
                    failed_iterations, results, metrics, error, created_by, created_at, started_at, completed_at,
                    updated_at""", BenchmarkReads::map)
            .newestFirst(Benchmark::createdAt, Benchmark::id)
            .status(Benchmark::status)
            .audited("create", "update", "delete", "start", "complete", "fail", "cancel")
            .emitting(Emits.<Benchmark>as("run")
                    .tell("provider", Benchmark::provider)
                    .tell("model", Benchmark::model)
                    .tell("dataset", Benchmark::dataset)
                    .tell("status", Benchmark::status)
                    .tell("totalIterations", Benchmark::totalIterations)
                    .tell("completedIterations", Benchmark::completedIterations)
                    .tell("failedIterations", Benchmark::failedIterations)
                    .tell("createdBy", Benchmark::createdBy)
                    .whenAsked()
                    .on("create", "created")
                    .on("update", "updated")
                    .on("start", "started")
                    .on("complete", "completed")
                    .on("fail", "failed")
                    .on("cancel", "cancelled")
                    .on("delete", "deleted"));

    /** Called by {@code Reading} alone. */
    public BenchmarkReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The newest runs, newest first; {@code limit} is 1 to 1,000. */
    public List<Benchmark> listRecent(int limit) {
        return list(BenchmarkFilter.ALL, limit).items();
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
