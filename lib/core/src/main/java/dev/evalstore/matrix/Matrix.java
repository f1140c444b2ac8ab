package dev.evalstore.matrix;

import dev.evalstore.internal.jdbc.Jdbc;

/** The benchmark matrix: which combinations to measure, what was measured, and how model versions compare. */
public final class Matrix extends MatrixReads {
    /** Called by {@code Repositories} alone. */
    public Matrix(Jdbc jdbc) {
        super(jdbc);
    }

    /** The configs to benchmark, and the queue in which workers claim them. */
    @Override
    public ConfigRepository configs() {
        return new ConfigRepository(jdbc);
    }

    /** The results of inference benchmarks. */
    @Override
    public ResultRepository results() {
        return new ResultRepository(jdbc);
    }

    /** How model versions compare for a use case. */
    @Override
    public RankingRepository rankings() {
        return new RankingRepository(jdbc);
    }
}
