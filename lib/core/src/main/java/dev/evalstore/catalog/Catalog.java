package dev.evalstore.catalog;

import dev.evalstore.internal.jdbc.Jdbc;

/** The catalogue of what can be benchmarked: models, hardware, frameworks, use cases and datasets. */
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

    /** Versions of models: one quantization and format each. */
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

    /** Use cases, and how suitable each model is for them. */
    public UseCaseRepository useCases() {
        return new UseCaseRepository(jdbc);
    }

    /** Datasets: what models are trained on and evaluated with. */
    public DatasetRepository datasets() {
        return new DatasetRepository(jdbc);
    }
}
