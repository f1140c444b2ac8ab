package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A machine to create.
 *
 * @param gpuType such as H100; not blank
 * @param gpuCount how many GPUs it has, 0 to 100,000; none where it computes on its processors
 * @param vramPerGpuGb decimal GB of one GPU, 0 to 10,000, at most three decimals
 * @param costPerHourUsd US dollars an hour for the whole machine
 * @param cloudProvider who has it; not blank
 * @param instanceType the provider's name for it, or null
 * @param spotAvailable whether it can be had cheaper, and be taken away at short notice
 * @param specs anything else, or null
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
    private static final BigDecimal MAX_VRAM = BigDecimal.valueOf(10_000);

    public NewHardwareConfig {
        Check.text("gpuType", gpuType);
        Check.range("gpuCount", gpuCount, 0, 100_000);
        checkVram(vramPerGpuGb);
        Check.usd("costPerHourUsd", costPerHourUsd);
        Check.text("cloudProvider", cloudProvider);
        Check.textOrNull("instanceType", instanceType);
    }

    /** A machine without spot price. */
    public static NewHardwareConfig of(
            String cloudProvider, String gpuType, int gpuCount, BigDecimal vramPerGpuGb, BigDecimal costPerHourUsd) {
        return new NewHardwareConfig(gpuType, gpuCount, vramPerGpuGb, costPerHourUsd, cloudProvider, null, false, null);
    }

    /** The same with the provider's name for it. */
    public NewHardwareConfig instanceType(String name) {
        return new NewHardwareConfig(
                gpuType, gpuCount, vramPerGpuGb, costPerHourUsd, cloudProvider, name, spotAvailable, specs);
    }

    /** The same, to be had as a spot instance. */
    public NewHardwareConfig spot() {
        return new NewHardwareConfig(
                gpuType, gpuCount, vramPerGpuGb, costPerHourUsd, cloudProvider, instanceType, true, specs);
    }

    /** The same with anything else. */
    public NewHardwareConfig specs(Json anything) {
        return new NewHardwareConfig(
                gpuType, gpuCount, vramPerGpuGb, costPerHourUsd, cloudProvider, instanceType, spotAvailable, anything);
    }

    static void checkVram(@Nullable BigDecimal gb) {
        Objects.requireNonNull(gb, "vramPerGpuGb");
        Check.decimalOrNull("vramPerGpuGb", gb, 3);
        if (gb.compareTo(MAX_VRAM) > 0) {
            throw new IllegalArgumentException("vramPerGpuGb must be at most 10,000");
        }
    }
}
