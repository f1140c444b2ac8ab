package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A change of a machine, whose GPUs stay as they are; {@link HardwareConfig} describes the fields. Null keeps the
 * stored value.
 */
public record UpdateHardwareConfig(
        @Nullable BigDecimal costPerHourUsd,
        Patch<String> instanceType,
        @Nullable Boolean spotAvailable,
        Patch<Json> specs) {
    /** Changes nothing. */
    public static final UpdateHardwareConfig NOTHING = new UpdateHardwareConfig(null, Patch.keep(), null, Patch.keep());

    public UpdateHardwareConfig {
        Check.usdOrNull("costPerHourUsd", costPerHourUsd);
        Check.textOrNull("instanceType", instanceType.value());
    }

    public UpdateHardwareConfig withCostPerHourUsd(BigDecimal value) {
        return new UpdateHardwareConfig(value, instanceType, spotAvailable, specs);
    }

    public UpdateHardwareConfig withInstanceType(Patch<String> change) {
        return new UpdateHardwareConfig(costPerHourUsd, change, spotAvailable, specs);
    }

    public UpdateHardwareConfig withSpotAvailable(boolean value) {
        return new UpdateHardwareConfig(costPerHourUsd, instanceType, value, specs);
    }

    public UpdateHardwareConfig withSpecs(Patch<Json> change) {
        return new UpdateHardwareConfig(costPerHourUsd, instanceType, spotAvailable, change);
    }
}
