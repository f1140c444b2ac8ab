package dev.evalstore.exchange;

import dev.evalstore.internal.jdbc.Jdbc;

/** The exchange: the benchmark definitions that organizations publish and others run. */
public final class Exchange {
    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public Exchange(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Benchmark definitions and their versions. */
    public DefinitionRepository definitions() {
        return new DefinitionRepository(jdbc);
    }

    /** The test cases of versions. */
    public TestCaseRepository testCases() {
        return new TestCaseRepository(jdbc);
    }
}
