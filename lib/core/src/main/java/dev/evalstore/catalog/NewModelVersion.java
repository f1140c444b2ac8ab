package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A model version to create; {@link ModelVersion} describes the fields.
 *
 * @param versionLabel not blank, at most 800 bytes in UTF-8
 * @param quantizationBits 1 to 64, or null for {@link Quantization#bits}
 */
public record NewModelVersion(
        UUID modelId,
        String versionLabel,
        Quantization quantization,
        @Nullable Integer quantizationBits,
        ModelFormat format,
        Serving serving,
        TokenPrice price,
        VersionStatus status) {
    public NewModelVersion {
        Objects.requireNonNull(modelId, "modelId");
        Check.name("versionLabel", versionLabel);
        Objects.requireNonNull(quantization, "quantization");
        quantizationBits = quantizationBits == null
                ? quantization.bits()
                : (Integer) Check.range("quantizationBits", quantizationBits, 1, 64);
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(serving, "serving");
        Objects.requireNonNull(price, "price");
        Objects.requireNonNull(status, "status");
    }

    /** The active version 1.0.0. Its bits follow from the quantization, and its VRAM from the bits and the model. */
    public static NewModelVersion of(UUID modelId, Quantization quantization, ModelFormat format) {
        return new NewModelVersion(
                modelId,
                "1.0.0",
                quantization,
                null,
                format,
                Serving.UNKNOWN,
                TokenPrice.UNKNOWN,
                VersionStatus.ACTIVE);
    }

    public NewModelVersion versionLabel(String value) {
        return new NewModelVersion(modelId, value, quantization, quantizationBits, format, serving, price, status);
    }

    public NewModelVersion quantizationBits(int value) {
        return new NewModelVersion(modelId, versionLabel, quantization, value, format, serving, price, status);
    }

    public NewModelVersion serving(Serving value) {
        return new NewModelVersion(modelId, versionLabel, quantization, quantizationBits, format, value, price, status);
    }

    public NewModelVersion price(TokenPrice value) {
        return new NewModelVersion(
                modelId, versionLabel, quantization, quantizationBits, format, serving, value, status);
    }

    public NewModelVersion status(VersionStatus value) {
        return new NewModelVersion(
                modelId, versionLabel, quantization, quantizationBits, format, serving, price, value);
    }

    /**
     * The places of a version's files and endpoint, and what serving it needs. No text may be blank.
     *
     * @param vramRequirementGb at most three decimals. Null to compute parameters × bits / 8 × 1.2, which gives null
     *     when the model's parameters or the bits are not known
     */
    public record Serving(
            @Nullable String artifactUri,
            @Nullable String apiEndpoint,
            @Nullable Json config,
            @Nullable BigDecimal vramRequirementGb) {
        /** Nothing is known. */
        public static final Serving UNKNOWN = new Serving(null, null, null, null);

        public Serving {
            Check.textOrNull("artifactUri", artifactUri);
            Check.textOrNull("apiEndpoint", apiEndpoint);
            Check.decimalOrNull("vramRequirementGb", vramRequirementGb, 3);
        }

        public Serving artifactUri(String value) {
            return new Serving(value, apiEndpoint, config, vramRequirementGb);
        }

        public Serving apiEndpoint(String value) {
            return new Serving(artifactUri, value, config, vramRequirementGb);
        }

        public Serving config(Json value) {
            return new Serving(artifactUri, apiEndpoint, value, vramRequirementGb);
        }

        public Serving vramRequirementGb(BigDecimal value) {
            return new Serving(artifactUri, apiEndpoint, config, value);
        }
    }

    /** US dollars for a thousand tokens read and written; at most nine decimals, null when not known. */
    public record TokenPrice(
            @Nullable BigDecimal inputPer1k, @Nullable BigDecimal outputPer1k) {
        /** Nothing is known. */
        public static final TokenPrice UNKNOWN = new TokenPrice(null, null);

        public TokenPrice {
            Check.usdOrNull("inputPer1k", inputPer1k);
            Check.usdOrNull("outputPer1k", outputPer1k);
        }
    }
}
