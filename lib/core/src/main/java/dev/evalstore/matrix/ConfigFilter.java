package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which configurations to list; what is null does not filter.
 *
 * @param modelVersionId only of this model version
 * @param hardwareConfigId only on this machine
 * @param frameworkId only by this framework version
 * @param workloadType only under this kind of requests
 * @param status only in this status
 */
public record ConfigFilter(
        @Nullable UUID modelVersionId,
        @Nullable UUID hardwareConfigId,
        @Nullable UUID frameworkId,
        @Nullable String workloadType,
        @Nullable ConfigStatus status) {
    /** All of them. */
    public static final ConfigFilter ALL = new ConfigFilter(null, null, null, null, null);

    public ConfigFilter {
        Check.textOrNull("workloadType", workloadType);
    }

    /** The same, only of this model version. */
    public ConfigFilter modelVersion(UUID only) {
        return new ConfigFilter(only, hardwareConfigId, frameworkId, workloadType, status);
    }

    /** The same, only on this machine. */
    public ConfigFilter hardware(UUID only) {
        return new ConfigFilter(modelVersionId, only, frameworkId, workloadType, status);
    }

    /** The same, only by this framework version. */
    public ConfigFilter framework(UUID only) {
        return new ConfigFilter(modelVersionId, hardwareConfigId, only, workloadType, status);
    }

    /** The same, only under this kind of requests. */
    public ConfigFilter workload(String only) {
        return new ConfigFilter(modelVersionId, hardwareConfigId, frameworkId, only, status);
    }

    /** The same, only in this status. */
    public ConfigFilter status(ConfigStatus only) {
        return new ConfigFilter(modelVersionId, hardwareConfigId, frameworkId, workloadType, only);
    }

    Sql sql() {
        return Sql.of("")
                .andIf(modelVersionId != null, "and c.model_version_id = ?", modelVersionId)
                .andIf(hardwareConfigId != null, "and c.hardware_config_id = ?", hardwareConfigId)
                .andIf(frameworkId != null, "and c.framework_id = ?", frameworkId)
                .andIf(workloadType != null, "and c.workload_type = ?", workloadType)
                .andIf(status == ConfigStatus.PENDING, "and c.outcome is null and l.seq is null")
                .andIf(status == ConfigStatus.RUNNING, "and l.seq is not null")
                .andIf(status == ConfigStatus.COMPLETED, "and c.outcome = 'completed'")
                .andIf(status == ConfigStatus.FAILED, "and c.outcome = 'failed'");
    }
}
