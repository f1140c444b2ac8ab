package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Which machines to list; what is null does not filter.
 *
 * @param cloudProvider only of this provider
 * @param gpuType only with this GPU
 * @param spotAvailable only with spot price, or only without
 * @param minVramGb only with at least so many decimal GB in all
 * @param maxCostPerHourUsd only at most so many US dollars an hour
 */
public record HardwareFilter(
        @Nullable String cloudProvider,
        @Nullable String gpuType,
        @Nullable Boolean spotAvailable,
        @Nullable BigDecimal minVramGb,
        @Nullable BigDecimal maxCostPerHourUsd) {
    /** All of them. */
    public static final HardwareFilter ALL = new HardwareFilter(null, null, null, null, null);

    public HardwareFilter {
        Check.textOrNull("cloudProvider", cloudProvider);
        Check.textOrNull("gpuType", gpuType);
        Check.decimalOrNull("minVramGb", minVramGb, 3);
        Check.usdOrNull("maxCostPerHourUsd", maxCostPerHourUsd);
    }

    /** The same, only of this provider. */
    public HardwareFilter cloudProvider(String only) {
        return new HardwareFilter(only, gpuType, spotAvailable, minVramGb, maxCostPerHourUsd);
    }

    /** The same, only with this GPU. */
    public HardwareFilter gpuType(String only) {
        return new HardwareFilter(cloudProvider, only, spotAvailable, minVramGb, maxCostPerHourUsd);
    }

    /** The same, only with spot price, or only without. */
    public HardwareFilter spotAvailable(boolean spot) {
        return new HardwareFilter(cloudProvider, gpuType, spot, minVramGb, maxCostPerHourUsd);
    }

    /** The same, only with at least so many decimal GB in all. */
    public HardwareFilter minVramGb(BigDecimal gb) {
        return new HardwareFilter(cloudProvider, gpuType, spotAvailable, gb, maxCostPerHourUsd);
    }

    /** The same, only at most so many US dollars an hour. */
    public HardwareFilter maxCostPerHourUsd(BigDecimal usd) {
        return new HardwareFilter(cloudProvider, gpuType, spotAvailable, minVramGb, usd);
    }

    Sql sql() {
        return Sql.of("")
                .andIf(cloudProvider != null, "and cloud_provider = ?", cloudProvider)
                .andIf(gpuType != null, "and gpu_type = ?", gpuType)
                .andIf(spotAvailable != null, "and spot_available = ?", spotAvailable)
                .andIf(minVramGb != null, "and total_vram_gb >= ?", minVramGb)
                .andIf(maxCostPerHourUsd != null, "and cost_per_hour_usd <= ?", maxCostPerHourUsd);
    }
}
