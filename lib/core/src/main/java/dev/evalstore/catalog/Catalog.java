package dev.evalstore.catalog;

import dev.evalstore.internal.jdbc.Jdbc;

/** The catalogue of what can be benchmarked: models, hardware, frameworks, use cases and datasets. */
public final class Catalog extends CatalogReads {
    /** Called by {@code Repositories} alone. */
    public Catalog(Jdbc jdbc) {
        super(jdbc);
    }

    /** Language models. */
    @Override
    public ModelRepository models() {
        return new ModelRepository(jdbc);
    }

    /** Versions of models: one quantization and format each. */
    @Override
    public ModelVersionRepository modelVersions() {
        return new ModelVersionRepository(jdbc);
    }

    /** Machines and their prices. */
    @Override
    public HardwareRepository hardware() {
        return new HardwareRepository(jdbc);
    }

    /** Versions of the software that serves models. */
    @Override
    public FrameworkRepository frameworks() {
        return new FrameworkRepository(jdbc);
    }

    /** Use cases, and how suitable each model is for them. */
    @Override
    public UseCaseRepository useCases() {
        return new UseCaseRepository(jdbc);
    }

    /** Datasets: what models are trained on and evaluated with. */
    @Override
    public DatasetRepository datasets() {
        return new DatasetRepository(jdbc);
    }
}
