package dev.evalstore.catalog;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.audit.Trail;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Machines and what they cost; obtained from {@code Database} or {@code Tx}. */
public final class HardwareRepository {
    static final Table<HardwareConfig> TABLE = Table.of(
            "hardware config",
            "hardware_configs",
            "id, gpu_type, gpu_count, vram_per_gpu_gb, total_vram_gb, cost_per_hour_usd, cloud_provider, instance_type,"
                    + " spot_available, specs, created_at, updated_at",
            HardwareRepository::map);

    private static final Trail<HardwareConfig> TRAIL = Trail.of(TABLE, HardwareConfig::id);
    private static final Keyset<HardwareConfig> NEWEST =
            Keyset.newestFirst("hardware_configs", HardwareConfig::createdAt, HardwareConfig::id);

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public HardwareRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** Stores a machine and gives it back as stored. Two may be alike: prices differ by region and contract. */
    public HardwareConfig create(NewHardwareConfig hardware) {
        return TRAIL.created(
                jdbc,
                new Columns()
                        .set("gpu_type", hardware.gpuType())
                        .set("gpu_count", hardware.gpuCount())
                        .set("vram_per_gpu_gb", hardware.vramPerGpuGb())
                        .set("cost_per_hour_usd", hardware.costPerHourUsd())
                        .set("cloud_provider", hardware.cloudProvider())
                        .set("instance_type", hardware.instanceType())
                        .set("spot_available", hardware.spotAvailable())
                        .set("specs", hardware.specs()));
    }

    /** The machine, or empty when none has the id. */
    public Optional<HardwareConfig> find(UUID id) {
        return TABLE.find(jdbc, id);
    }

    /**
     * The machine.
     *
     * @throws NotFoundException if none has the id
     */
    public HardwareConfig get(UUID id) {
        return TABLE.get(jdbc, id);
    }

    /**
     * Changes the given fields in one statement and gives the machine as it is then.
     *
     * @throws NotFoundException if none has the id
     */
    public HardwareConfig update(UUID id, UpdateHardwareConfig change) {
        return TRAIL.updated(
                jdbc,
                id,
                new Columns()
                        .setIfGiven("cost_per_hour_usd", change.costPerHourUsd())
                        .patch("instance_type", change.instanceType())
                        .setIfGiven("spot_available", change.spotAvailable())
                        .patch("specs", change.specs()));
    }

    /**
     * Deletes the machine; false when none has the id. Its results stay.
     *
     * @throws ConstraintViolationException if a benchmark configuration uses it ({@code benchmark_configs_hardware_config_fk})
     */
    public boolean delete(UUID id) {
        return TRAIL.deleted(jdbc, id);
    }

    /**
     * Machines that the filter admits, newest first.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<HardwareConfig> list(HardwareFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.page(jdbc, filter.sql(), NEWEST, limit, after);
    }

    /** How many machines the filter admits. */
    public long count(HardwareFilter filter) {
        return TABLE.count(jdbc, filter.sql());
    }

    /**
     * Machines that the filter admits, cheapest first; with {@code preferSpot} those with a spot price come before all others,
     * cheapest first among themselves. {@code HardwareFilter.ALL.minVramGb(gb)} asks for what a model fits on.
     *
     * @param limit 1 to 1,000
     */
    public List<HardwareConfig> listCheapest(HardwareFilter filter, boolean preferSpot, int limit) {
        Check.limit(limit);
        return jdbc.list(
                TABLE.select()
                        .and(filter.sql())
                        .and(
                                "order by" + (preferSpot ? " spot_available desc," : "")
                                        + " cost_per_hour_usd, id limit ?",
                                limit),
                TABLE.mapper());
    }

    /**
     * The machine that wastes least: of those with enough VRAM that cost no more than the cap, the one with the least VRAM, and
     * among equals the cheapest.
     *
     * @param vramGb what is needed, in decimal GB
     * @param maxCostPerHourUsd the cap in US dollars an hour, included
     * @return empty when none fits under the cap
     */
    public Optional<HardwareConfig> findBestFit(BigDecimal vramGb, BigDecimal maxCostPerHourUsd) {
        Objects.requireNonNull(vramGb, "vramGb");
        Check.decimalOrNull("vramGb", vramGb, 3);
        Check.usd("maxCostPerHourUsd", maxCostPerHourUsd);
        return jdbc.find(
                TABLE.select()
                        .and(
                                "and total_vram_gb >= ? and cost_per_hour_usd <= ?"
                                        + " order by total_vram_gb, cost_per_hour_usd, id limit 1",
                                vramGb,
                                maxCostPerHourUsd),
                TABLE.mapper());
    }

    private static HardwareConfig map(Row row) throws SQLException {
        return new HardwareConfig(
                row.uuid("id"),
                row.text("gpu_type"),
                row.integer("gpu_count"),
                row.numeric("vram_per_gpu_gb"),
                row.numeric("total_vram_gb"),
                row.numeric("cost_per_hour_usd"),
                row.text("cloud_provider"),
                row.textOrNull("instance_type"),
                row.bool("spot_available"),
                row.jsonOrNull("specs"),
                row.instant("created_at"),
                row.instant("updated_at"));
    }
}
