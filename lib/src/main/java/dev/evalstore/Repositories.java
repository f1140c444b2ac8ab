package dev.evalstore;

import dev.evalstore.benchmark.BenchmarkRepository;
import dev.evalstore.benchmark.EvaluationRepository;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.job.JobRepository;
import dev.evalstore.job.WorkerRepository;

/**
 * The library's table of contents. On a {@link Database} each call takes a pooled connection and is its own transaction; on a
 * {@link Tx} all calls share one.
 */
public abstract sealed class Repositories permits Database, Tx {
    final Jdbc jdbc;

    Repositories(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Runs of a model on a dataset. */
    public final BenchmarkRepository benchmarks() {
        return new BenchmarkRepository(jdbc);
    }

    /** The job queue. */
    public final JobRepository jobs() {
        return new JobRepository(jdbc);
    }

    /** Who works on jobs. */
    public final WorkerRepository workers() {
        return new WorkerRepository(jdbc);
    }

    /** Scored answers. */
    public final EvaluationRepository evaluations() {
        return new EvaluationRepository(jdbc);
    }
}
