package dev.evalstore.catalog;

import dev.evalstore.internal.jdbc.Jdbc;

/** What can be benchmarked, on what and for what; obtained from {@code Database} or {@code Tx}. */
public final class Catalog {
    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public Catalog(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Language models. */
    public ModelRepository models() {
        return new ModelRepository(jdbc);
    }

    /** Models in one quantization and format each. */
    public ModelVersionRepository modelVersions() {
        return new ModelVersionRepository(jdbc);
    }

    /** Machines and their prices. */
    public HardwareRepository hardware() {
        return new HardwareRepository(jdbc);
    }

    /** Versions of the software that serves models. */
    public FrameworkRepository frameworks() {
        return new FrameworkRepository(jdbc);
    }

    /** What models are used for, and how suitable each model is. */
    public UseCaseRepository useCases() {
        return new UseCaseRepository(jdbc);
    }
}
