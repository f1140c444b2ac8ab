package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.UnitNames;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The verbs of {@link HardwareRepository} that only read. */
public sealed class HardwareReads extends TableRows<HardwareConfig, HardwareFilter> permits HardwareRepository {
    static final Table<HardwareConfig> TABLE = Table.of("hardware config", "hardware_configs", """
                    id, gpu_type, gpu_count, vram_per_gpu_gb, total_vram_gb, cost_per_hour_usd, cloud_provider,
                    instance_type, spot_available, specs, created_at, updated_at""", HardwareReads::map)
            .newestFirst(HardwareConfig::createdAt, HardwareConfig::id)
            .audited("create", "update", "delete")
            .touching((tx, verb, row) -> Set.of(UnitNames.HARDWARE));

    private static final String CHEAPEST = "order by cost_per_hour_usd, id limit ?";

    private static final String SPOT_THEN_CHEAPEST = "order by spot_available desc, cost_per_hour_usd, id limit ?";

    private static final String BEST_FIT = """
            and total_vram_gb >= ? and cost_per_hour_usd <= ?
            order by total_vram_gb, cost_per_hour_usd, id limit 1""";

    HardwareReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /**
     * The machines that the filter admits, cheapest first. With {@code preferSpot}, machines with a spot price come
     * before all others. {@code HardwareFilter.ALL.minVramGb(gb)} admits the machines that a model fits on.
     *
     * @param limit the maximum number of machines, 1 to 1,000
     */
    public List<HardwareConfig> listCheapest(HardwareFilter filter, boolean preferSpot, int limit) {
        Check.limit(limit);
        return jdbc.list(
                TABLE.select("list_cheapest").and(filter).and(preferSpot ? SPOT_THEN_CHEAPEST : CHEAPEST, limit),
                TABLE.mapper());
    }

    /**
     * The machine that wastes the least VRAM, among those with enough of it and a price within the cap. The cheapest if
     * several have equal VRAM.
     *
     * @param vramGb the minimum, in decimal GB
     * @param maxCostPerHourUsd the cap in US dollars an hour, included
     * @return empty when no machine under the cap has enough VRAM
     */
    public Optional<HardwareConfig> findBestFit(BigDecimal vramGb, BigDecimal maxCostPerHourUsd) {
        Check.decimal("vramGb", vramGb, 3);
        Check.usd("maxCostPerHourUsd", maxCostPerHourUsd);
        return jdbc.find(TABLE.select("find_best_fit").and(BEST_FIT, vramGb, maxCostPerHourUsd), TABLE.mapper());
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
