package dev.evalstore.catalog;

import dev.evalstore.internal.jdbc.Jdbc;

/** What of the room {@link Catalog} only reads. */
public sealed class CatalogReads permits Catalog {
    final Jdbc jdbc;

    /** Called by {@code Reading} alone. */
    public CatalogReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Language models. */
    public ModelReads models() {
        return new ModelReads(jdbc);
    }

    /** Versions of models: one quantization and format each. */
    public ModelVersionReads modelVersions() {
        return new ModelVersionReads(jdbc);
    }

    /** Machines and their prices. */
    public HardwareReads hardware() {
        return new HardwareReads(jdbc);
    }

    /** Versions of the software that serves models. */
    public FrameworkReads frameworks() {
        return new FrameworkReads(jdbc);
    }

    /** Use cases, and how suitable each model is for them. */
    public UseCaseReads useCases() {
        return new UseCaseReads(jdbc);
    }

    /** Datasets: what models are trained on and evaluated with. */
    public DatasetReads datasets() {
        return new DatasetReads(jdbc);
    }
}
