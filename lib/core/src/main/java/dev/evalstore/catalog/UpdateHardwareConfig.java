package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Assignments;
import dev.evalstore.internal.jdbc.Columns;
import java.math.BigDecimal;

/**
 * A change of a machine, whose GPUs stay as they are; {@link HardwareConfig} describes the fields. Immutable.
 */
public final class UpdateHardwareConfig extends Assignments<UpdateHardwareConfig> {
    /** Changes nothing. */
    public static final UpdateHardwareConfig NOTHING = new UpdateHardwareConfig(new Columns());

    private UpdateHardwareConfig(Columns columns) {
        super(columns, UpdateHardwareConfig::new);
    }

    public UpdateHardwareConfig costPerHourUsd(BigDecimal value) {
        return with("cost_per_hour_usd", Check.usd("costPerHourUsd", value));
    }

    public UpdateHardwareConfig instanceType(Patch<String> change) {
        Check.textOrNull("instanceType", change.value());
        return with("instance_type", change);
    }

    public UpdateHardwareConfig spotAvailable(boolean value) {
        return with("spot_available", value);
    }

    public UpdateHardwareConfig specs(Patch<Json> change) {
        return with("specs", change);
    }
}
