package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A model version to create.
 *
 * @param modelId the model
 * @param versionLabel such as 1.0.0; not blank
 * @param quantization how the weights are stored
 * @param quantizationBits bits of a weight, 1 to 64, or null for those of the quantization
 * @param format how it is delivered
 * @param artifactUri where its files are, or null
 * @param apiEndpoint where it answers, or null
 * @param config how it is served, or null
 * @param vramRequirementGb decimal GB needed to serve it, below 10⁹, at most three decimals; null to have it computed as parameters × bits / 8 × 1.2, which gives null where the model's parameters or the bits are not known
 * @param inputCostPer1k US dollars for a thousand tokens read, or null
 * @param outputCostPer1k US dollars for a thousand tokens written, or null
 * @param status where it is in its life
 */
public record NewModelVersion(
        UUID modelId,
        String versionLabel,
        Quantization quantization,
        @Nullable Integer quantizationBits,
        ModelFormat format,
        @Nullable String artifactUri,
        @Nullable String apiEndpoint,
        @Nullable Json config,
        @Nullable BigDecimal vramRequirementGb,
        @Nullable BigDecimal inputCostPer1k,
        @Nullable BigDecimal outputCostPer1k,
        VersionStatus status) {
    public NewModelVersion {
        Objects.requireNonNull(modelId, "modelId");
        Check.text("versionLabel", versionLabel);
        Objects.requireNonNull(quantization, "quantization");
        quantizationBits = quantizationBits == null
                ? quantization.bits()
                : (Integer) Check.range("quantizationBits", quantizationBits, 1, 64);
        Objects.requireNonNull(format, "format");
        Check.textOrNull("artifactUri", artifactUri);
        Check.textOrNull("apiEndpoint", apiEndpoint);
        Check.decimalOrNull("vramRequirementGb", vramRequirementGb, 3);
        Check.usdOrNull("inputCostPer1k", inputCostPer1k);
        Check.usdOrNull("outputCostPer1k", outputCostPer1k);
        Objects.requireNonNull(status, "status");
    }

    /** The active version 1.0.0 whose bits and VRAM follow from the quantization and the model. */
    public static NewModelVersion of(UUID modelId, Quantization quantization, ModelFormat format) {
        return new NewModelVersion(
                modelId, "1.0.0", quantization, null, format, null, null, null, null, null, null, VersionStatus.ACTIVE);
    }

    /** The same under another label. */
    public NewModelVersion versionLabel(String label) {
        return new NewModelVersion(
                modelId,
                label,
                quantization,
                quantizationBits,
                format,
                artifactUri,
                apiEndpoint,
                config,
                vramRequirementGb,
                inputCostPer1k,
                outputCostPer1k,
                status);
    }

    /** The same with the bits of a weight. */
    public NewModelVersion quantizationBits(int bits) {
        return new NewModelVersion(
                modelId,
                versionLabel,
                quantization,
                bits,
                format,
                artifactUri,
                apiEndpoint,
                config,
                vramRequirementGb,
                inputCostPer1k,
                outputCostPer1k,
                status);
    }

    /** The same with where its files are. */
    public NewModelVersion artifactUri(String uri) {
        return new NewModelVersion(
                modelId,
                versionLabel,
                quantization,
                quantizationBits,
                format,
                uri,
                apiEndpoint,
                config,
                vramRequirementGb,
                inputCostPer1k,
                outputCostPer1k,
                status);
    }

    /** The same with where it answers. */
    public NewModelVersion apiEndpoint(String url) {
        return new NewModelVersion(
                modelId,
                versionLabel,
                quantization,
                quantizationBits,
                format,
                artifactUri,
                url,
                config,
                vramRequirementGb,
                inputCostPer1k,
                outputCostPer1k,
                status);
    }

    /** The same with how it is served. */
    public NewModelVersion config(Json value) {
        return new NewModelVersion(
                modelId,
                versionLabel,
                quantization,
                quantizationBits,
                format,
                artifactUri,
                apiEndpoint,
                value,
                vramRequirementGb,
                inputCostPer1k,
                outputCostPer1k,
                status);
    }

    /** The same with the VRAM it needs, in decimal GB. */
    public NewModelVersion vramRequirementGb(BigDecimal gb) {
        return new NewModelVersion(
                modelId,
                versionLabel,
                quantization,
                quantizationBits,
                format,
                artifactUri,
                apiEndpoint,
                config,
                gb,
                inputCostPer1k,
                outputCostPer1k,
                status);
    }

    /** The same with what a thousand tokens cost, read and written, in US dollars. */
    public NewModelVersion cost(BigDecimal input, BigDecimal output) {
        return new NewModelVersion(
                modelId,
                versionLabel,
                quantization,
                quantizationBits,
                format,
                artifactUri,
                apiEndpoint,
                config,
                vramRequirementGb,
                input,
                output,
                status);
    }

    /** The same in another status. */
    public NewModelVersion status(VersionStatus value) {
        return new NewModelVersion(
                modelId,
                versionLabel,
                quantization,
                quantizationBits,
                format,
                artifactUri,
                apiEndpoint,
                config,
                vramRequirementGb,
                inputCostPer1k,
                outputCostPer1k,
                value);
    }
}
