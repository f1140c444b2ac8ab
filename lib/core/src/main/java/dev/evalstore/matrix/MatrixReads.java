package dev.evalstore.matrix;

import dev.evalstore.internal.jdbc.Jdbc;

/** What of the room {@link Matrix} only reads. */
public sealed class MatrixReads permits Matrix {
    final Jdbc jdbc;

    /** Called by {@code Reading} alone. */
    public MatrixReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** The configs to benchmark, and the queue in which workers claim them. */
    public ConfigReads configs() {
        return new ConfigReads(jdbc);
    }

    /** The results of inference benchmarks. */
    public ResultReads results() {
        return new ResultReads(jdbc);
    }

    /** How model versions compare for a use case. */
    public RankingReads rankings() {
        return new RankingReads(jdbc);
    }
}
