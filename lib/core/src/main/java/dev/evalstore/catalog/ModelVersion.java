package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A model in one quantization and format: the unit that is deployed and measured. Times are the server's.
 *
 * @param id version 7
 * @param versionLabel such as 1.0.0; unique with the model, the quantization and the format
 * @param quantization the number format of the weights
 * @param quantizationBits bits of a weight, or null when not known
 * @param format the form in which the version is delivered
 * @param artifactUri the location of its files, or null
 * @param apiEndpoint the address that serves it, or null
 * @param config how to serve it, or null
 * @param vramRequirementGb decimal GB needed to serve it, or null when not known
 * @param inputCostPer1k US dollars for a thousand tokens read, or null
 * @param outputCostPer1k US dollars for a thousand tokens written, or null
 */
public record ModelVersion(
        UUID id,
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
        VersionStatus status,
        Instant createdAt,
        Instant updatedAt) {}
