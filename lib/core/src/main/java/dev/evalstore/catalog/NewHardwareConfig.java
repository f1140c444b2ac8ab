package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A machine to create; {@link HardwareConfig} describes the fields.
 *
 * @param gpuType not blank
 * @param gpuCount 0 to 100,000
 * @param vramPerGpuGb 0 to 10,000, at most three decimals
 * @param costPerHourUsd at least 0, at most nine decimals
 * @param cloudProvider not blank, at most 800 bytes in UTF-8
 */
public record NewHardwareConfig(
        String gpuType,
        int gpuCount,
        BigDecimal vramPerGpuGb,
        BigDecimal costPerHourUsd,
        String cloudProvider,
        @Nullable String instanceType,
        boolean spotAvailable,
        @Nullable Json specs) {
    private static final BigDecimal MAX_VRAM_GB = BigDecimal.valueOf(10_000);

    public NewHardwareConfig {
        Check.text("gpuType", gpuType);
        Check.range("gpuCount", gpuCount, 0, 100_000);
        if (Check.decimal("vramPerGpuGb", vramPerGpuGb, 3).compareTo(MAX_VRAM_GB) > 0) {
            throw new IllegalArgumentException("vramPerGpuGb must be at most 10,000");
        }
        Check.usd("costPerHourUsd", costPerHourUsd);
        Check.name("cloudProvider", cloudProvider);
        Check.textOrNull("instanceType", instanceType);
    }

    /** A machine without spot price. */
    public static NewHardwareConfig of(
            String cloudProvider, String gpuType, int gpuCount, BigDecimal vramPerGpuGb, BigDecimal costPerHourUsd) {
        return new NewHardwareConfig(gpuType, gpuCount, vramPerGpuGb, costPerHourUsd, cloudProvider, null, false, null);
    }

    public NewHardwareConfig instanceType(String value) {
        return new NewHardwareConfig(
                gpuType, gpuCount, vramPerGpuGb, costPerHourUsd, cloudProvider, value, spotAvailable, specs);
    }

    public NewHardwareConfig spot() {
        return new NewHardwareConfig(
                gpuType, gpuCount, vramPerGpuGb, costPerHourUsd, cloudProvider, instanceType, true, specs);
    }

    public NewHardwareConfig specs(Json value) {
        return new NewHardwareConfig(
                gpuType, gpuCount, vramPerGpuGb, costPerHourUsd, cloudProvider, instanceType, spotAvailable, value);
    }
}
