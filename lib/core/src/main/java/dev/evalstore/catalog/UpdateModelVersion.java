package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A change of a model version, whose model, label, quantization and format stay as they are; {@link ModelVersion}
 * describes the fields. Null keeps the stored value.
 */
public record UpdateModelVersion(
        Patch<String> artifactUri,
        Patch<String> apiEndpoint,
        Patch<Json> config,
        Patch<BigDecimal> vramRequirementGb,
        Patch<BigDecimal> inputCostPer1k,
        Patch<BigDecimal> outputCostPer1k,
        @Nullable VersionStatus status) {
    /** Changes nothing. */
    public static final UpdateModelVersion NOTHING = new UpdateModelVersion(
            Patch.keep(), Patch.keep(), Patch.keep(), Patch.keep(), Patch.keep(), Patch.keep(), null);

    public UpdateModelVersion {
        Check.textOrNull("artifactUri", artifactUri.value());
        Check.textOrNull("apiEndpoint", apiEndpoint.value());
        Check.decimalOrNull("vramRequirementGb", vramRequirementGb.value(), 3);
        Check.usdOrNull("inputCostPer1k", inputCostPer1k.value());
        Check.usdOrNull("outputCostPer1k", outputCostPer1k.value());
    }

    public UpdateModelVersion withArtifactUri(Patch<String> change) {
        return new UpdateModelVersion(
                change, apiEndpoint, config, vramRequirementGb, inputCostPer1k, outputCostPer1k, status);
    }

    public UpdateModelVersion withApiEndpoint(Patch<String> change) {
        return new UpdateModelVersion(
                artifactUri, change, config, vramRequirementGb, inputCostPer1k, outputCostPer1k, status);
    }

    public UpdateModelVersion withConfig(Patch<Json> change) {
        return new UpdateModelVersion(
                artifactUri, apiEndpoint, change, vramRequirementGb, inputCostPer1k, outputCostPer1k, status);
    }

    public UpdateModelVersion withVramRequirementGb(Patch<BigDecimal> change) {
        return new UpdateModelVersion(
                artifactUri, apiEndpoint, config, change, inputCostPer1k, outputCostPer1k, status);
    }

    public UpdateModelVersion withInputCostPer1k(Patch<BigDecimal> change) {
        return new UpdateModelVersion(
                artifactUri, apiEndpoint, config, vramRequirementGb, change, outputCostPer1k, status);
    }

    public UpdateModelVersion withOutputCostPer1k(Patch<BigDecimal> change) {
        return new UpdateModelVersion(
                artifactUri, apiEndpoint, config, vramRequirementGb, inputCostPer1k, change, status);
    }

    public UpdateModelVersion withStatus(VersionStatus value) {
        return new UpdateModelVersion(
                artifactUri, apiEndpoint, config, vramRequirementGb, inputCostPer1k, outputCostPer1k, value);
    }
}
