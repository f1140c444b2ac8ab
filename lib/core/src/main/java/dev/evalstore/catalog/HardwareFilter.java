package dev.evalstore.catalog;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.math.BigDecimal;

/** Which machines to list. Conditions add up. Immutable. */
public final class HardwareFilter extends Conditions<HardwareFilter> {
    /** Every machine. */
    public static final HardwareFilter ALL = new HardwareFilter(Sql.NONE);

    private HardwareFilter(Sql sql) {
        super(sql, HardwareFilter::new);
    }

    /** Only machines of this provider. */
    public HardwareFilter cloudProvider(String provider) {
        return and("and cloud_provider = ?", Check.text("cloudProvider", provider));
    }

    /** Only machines with this GPU. */
    public HardwareFilter gpuType(String type) {
        return and("and gpu_type = ?", Check.text("gpuType", type));
    }

    /** Only machines that have a spot price, or only those that have none. */
    public HardwareFilter spotAvailable(boolean available) {
        return and("and spot_available = ?", available);
    }

    /** Only machines with at least this many decimal GB of VRAM in all. */
    public HardwareFilter minVramGb(BigDecimal gb) {
        return and("and total_vram_gb >= ?", Check.decimal("minVramGb", gb, 3));
    }

    /** Only machines that cost at most this many US dollars an hour. */
    public HardwareFilter maxCostPerHourUsd(BigDecimal usd) {
        return and("and cost_per_hour_usd <= ?", Check.usd("maxCostPerHourUsd", usd));
    }
}
