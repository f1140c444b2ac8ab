package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import java.math.BigDecimal;
import java.util.Objects;

/**
 * A change of a model version, whose model, label, quantization and format stay as they are; {@link ModelVersion}
 * describes the fields. Immutable.
 */
public final class UpdateModelVersion extends Assignments<UpdateModelVersion> {
    /** Changes nothing. */
    public static final UpdateModelVersion NOTHING = new UpdateModelVersion(new Columns());

    private UpdateModelVersion(Columns columns) {
        super(columns, UpdateModelVersion::new);
    }

    public UpdateModelVersion artifactUri(Patch<String> change) {
        Check.textOrNull("artifactUri", change.value());
        return with("artifact_uri", change);
    }

    public UpdateModelVersion apiEndpoint(Patch<String> change) {
        Check.textOrNull("apiEndpoint", change.value());
        return with("api_endpoint", change);
    }

    public UpdateModelVersion config(Patch<Json> change) {
        return with("config", change);
    }

    public UpdateModelVersion vramRequirementGb(Patch<BigDecimal> change) {
        Check.decimalOrNull("vramRequirementGb", change.value(), 3);
        return with("vram_requirement_gb", change);
    }

    public UpdateModelVersion inputCostPer1k(Patch<BigDecimal> change) {
        Check.usdOrNull("inputCostPer1k", change.value());
        return with("input_cost_per_1k", change);
    }

    public UpdateModelVersion outputCostPer1k(Patch<BigDecimal> change) {
        Check.usdOrNull("outputCostPer1k", change.value());
        return with("output_cost_per_1k", change);
    }

    public UpdateModelVersion status(VersionStatus value) {
        return with("status", Objects.requireNonNull(value, "status"));
    }
}
