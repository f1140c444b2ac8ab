package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.UUID;

/** Machines and their prices. */
public final class HardwareRepository extends HardwareReads {
    HardwareRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /** Stores a machine and returns it as stored. Two machines may be equal: prices differ by region and contract. */
    public HardwareConfig create(NewHardwareConfig hardware) {
        Columns values = new Columns()
                .set("gpu_type", hardware.gpuType())
                .set("gpu_count", hardware.gpuCount())
                .set("vram_per_gpu_gb", hardware.vramPerGpuGb())
                .set("cost_per_hour_usd", hardware.costPerHourUsd())
                .set("cloud_provider", hardware.cloudProvider())
                .set("instance_type", hardware.instanceType())
                .set("spot_available", hardware.spotAvailable())
                .set("specs", hardware.specs());
        return TABLE.create(jdbc, values);
    }

    /**
     * Changes the given fields in one statement and returns the changed row.
     *
     * @throws NotFoundException if none has the id
     */
    public HardwareConfig update(UUID id, UpdateHardwareConfig change) {
        return TABLE.update(jdbc, id, change);
    }

    /**
     * Deletes the machine; false when none has the id. Its results stay.
     *
     * @throws ConstraintViolationException if a benchmark configuration uses it
     *     ({@code benchmark_configs_hardware_config_fk})
     */
    public boolean delete(UUID id) {
        return TABLE.delete(jdbc, id);
    }
}
