package dev.evalstore.catalog;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A model in one quantization and format: what is deployed and measured. Times are the server's.
 *
 * @param id version 7
 * @param modelId the model
 * @param versionLabel such as 1.0.0
 * @param quantization how the weights are stored
 * @param quantizationBits bits of a weight, or null when not known
 * @param format how it is delivered
 * @param artifactUri where its files are, or null
 * @param apiEndpoint where it answers, or null
 * @param config how it is served, or null
 * @param vramRequirementGb decimal GB needed to serve it, or null when not known
 * @param inputCostPer1k US dollars for a thousand tokens read, or null
 * @param outputCostPer1k US dollars for a thousand tokens written, or null
 * @param status where it is in its life
 * @param createdAt when it was stored
 * @param updatedAt when it was last changed
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
