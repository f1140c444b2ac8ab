package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A change of a machine. Its GPUs are what it is, and stay.
 *
 * @param costPerHourUsd the new price in US dollars an hour, or null to keep it
 * @param instanceType keep, set or clear
 * @param spotAvailable whether it can be had as a spot instance, or null to keep that
 * @param specs keep, set or clear
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

    /** The same with another price. */
    public UpdateHardwareConfig withCostPerHourUsd(BigDecimal newCostPerHourUsd) {
        return new UpdateHardwareConfig(newCostPerHourUsd, instanceType, spotAvailable, specs);
    }

    /** The same with another instance type. */
    public UpdateHardwareConfig withInstanceType(Patch<String> change) {
        return new UpdateHardwareConfig(costPerHourUsd, change, spotAvailable, specs);
    }

    /** The same with spot or without. */
    public UpdateHardwareConfig withSpotAvailable(boolean newSpotAvailable) {
        return new UpdateHardwareConfig(costPerHourUsd, instanceType, newSpotAvailable, specs);
    }

    /** The same with other specs. */
    public UpdateHardwareConfig withSpecs(Patch<Json> change) {
        return new UpdateHardwareConfig(costPerHourUsd, instanceType, spotAvailable, change);
    }
}
