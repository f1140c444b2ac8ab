package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A change of a model version. Its label, quantization and format are what it is, and stay.
 *
 * @param artifactUri keep, set or clear
 * @param apiEndpoint keep, set or clear
 * @param config keep, set or clear
 * @param vramRequirementGb keep, set or clear; decimal GB
 * @param inputCostPer1k keep, set or clear; US dollars
 * @param outputCostPer1k keep, set or clear; US dollars
 * @param status the new status, or null to keep it
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

    /** The same with another place of its files. */
    public UpdateModelVersion withArtifactUri(Patch<String> change) {
        return new UpdateModelVersion(
                change, apiEndpoint, config, vramRequirementGb, inputCostPer1k, outputCostPer1k, status);
    }

    /** The same with another endpoint. */
    public UpdateModelVersion withApiEndpoint(Patch<String> change) {
        return new UpdateModelVersion(
                artifactUri, change, config, vramRequirementGb, inputCostPer1k, outputCostPer1k, status);
    }

    /** The same with another configuration. */
    public UpdateModelVersion withConfig(Patch<Json> change) {
        return new UpdateModelVersion(
                artifactUri, apiEndpoint, change, vramRequirementGb, inputCostPer1k, outputCostPer1k, status);
    }

    /** The same with another need of VRAM. */
    public UpdateModelVersion withVramRequirementGb(Patch<BigDecimal> change) {
        return new UpdateModelVersion(
                artifactUri, apiEndpoint, config, change, inputCostPer1k, outputCostPer1k, status);
    }

    /** The same with another price of tokens read. */
    public UpdateModelVersion withInputCostPer1k(Patch<BigDecimal> change) {
        return new UpdateModelVersion(
                artifactUri, apiEndpoint, config, vramRequirementGb, change, outputCostPer1k, status);
    }

    /** The same with another price of tokens written. */
    public UpdateModelVersion withOutputCostPer1k(Patch<BigDecimal> change) {
        return new UpdateModelVersion(
                artifactUri, apiEndpoint, config, vramRequirementGb, inputCostPer1k, change, status);
    }

    /** The same with another status. */
    public UpdateModelVersion withStatus(VersionStatus newStatus) {
        return new UpdateModelVersion(
                artifactUri, apiEndpoint, config, vramRequirementGb, inputCostPer1k, outputCostPer1k, newStatus);
    }
}
