package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Objects;
import java.util.UUID;

/** Which configs to list. Conditions add up. Immutable. */
public final class ConfigFilter extends Conditions<ConfigFilter> {
    /** Every config. */
    public static final ConfigFilter ALL = new ConfigFilter(Sql.NONE);

    private ConfigFilter(Sql sql) {
        super(sql, ConfigFilter::new);
    }

    /** Only configs of this model version. */
    public ConfigFilter modelVersion(UUID id) {
        return and("and c.model_version_id = ?", Objects.requireNonNull(id, "id"));
    }

    /** Only configs on this hardware. */
    public ConfigFilter hardware(UUID id) {
        return and("and c.hardware_config_id = ?", Objects.requireNonNull(id, "id"));
    }

    /** Only configs with this framework version. */
    public ConfigFilter framework(UUID id) {
        return and("and c.framework_id = ?", Objects.requireNonNull(id, "id"));
    }

    /** Only configs under this workload. */
    public ConfigFilter workload(String type) {
        return and("and c.workload_type = ?", Check.text("workloadType", type));
    }

    /** Only configs in this status. */
    public ConfigFilter status(ConfigStatus status) {
        return switch (status) {
            case PENDING -> and("and c.outcome is null and l.seq is null");
            case RUNNING -> and("and l.seq is not null");
            case COMPLETED, FAILED -> and("and c.outcome = ?", status);
        };
    }
}
