package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which model versions to list; what is null does not filter.
 *
 * @param modelId only of this model
 * @param quantization only in this quantization
 * @param format only in this format
 * @param status only in this status
 * @param maxVramGb only those known to need at most so many decimal GB
 */
public record ModelVersionFilter(
        @Nullable UUID modelId,
        @Nullable Quantization quantization,
        @Nullable ModelFormat format,
        @Nullable VersionStatus status,
        @Nullable BigDecimal maxVramGb) {
    /** All of them. */
    public static final ModelVersionFilter ALL = new ModelVersionFilter(null, null, null, null, null);

    public ModelVersionFilter {
        Check.decimalOrNull("maxVramGb", maxVramGb, 3);
    }

    /** The same, only of this model. */
    public ModelVersionFilter model(UUID only) {
        return new ModelVersionFilter(only, quantization, format, status, maxVramGb);
    }

    /** The same, only in this quantization. */
    public ModelVersionFilter quantization(Quantization only) {
        return new ModelVersionFilter(modelId, only, format, status, maxVramGb);
    }

    /** The same, only in this format. */
    public ModelVersionFilter format(ModelFormat only) {
        return new ModelVersionFilter(modelId, quantization, only, status, maxVramGb);
    }

    /** The same, only in this status. */
    public ModelVersionFilter status(VersionStatus only) {
        return new ModelVersionFilter(modelId, quantization, format, only, maxVramGb);
    }

    /** The same, only those known to need at most so many decimal GB. */
    public ModelVersionFilter maxVramGb(BigDecimal gb) {
        return new ModelVersionFilter(modelId, quantization, format, status, gb);
    }

    Sql sql() {
        return Sql.of("")
                .andIf(modelId != null, "and model_id = ?", modelId)
                .andIf(quantization != null, "and quantization = ?", quantization)
                .andIf(format != null, "and format = ?", format)
                .andIf(status != null, "and status = ?", status)
                .andIf(maxVramGb != null, "and vram_requirement_gb <= ?", maxVramGb);
    }
}
