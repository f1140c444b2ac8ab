package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which results to read; what is null does not filter.
 *
 * @param modelVersionId only of this model version
 * @param hardwareConfigId only on this machine
 * @param frameworkId only by this framework version
 * @param workloadType only under this kind of requests
 * @param from only measured on that day or later; bounds what has to be read
 * @param to only measured before that day
 */
public record ResultFilter(
        @Nullable UUID modelVersionId,
        @Nullable UUID hardwareConfigId,
        @Nullable UUID frameworkId,
        @Nullable String workloadType,
        @Nullable LocalDate from,
        @Nullable LocalDate to) {
    /** All of them. */
    public static final ResultFilter ALL = new ResultFilter(null, null, null, null, null, null);

    public ResultFilter {
        Check.textOrNull("workloadType", workloadType);
    }

    /** The same, only of this model version. */
    public ResultFilter modelVersion(UUID only) {
        return new ResultFilter(only, hardwareConfigId, frameworkId, workloadType, from, to);
    }

    /** The same, only on this machine. */
    public ResultFilter hardware(UUID only) {
        return new ResultFilter(modelVersionId, only, frameworkId, workloadType, from, to);
    }

    /** The same, only by this framework version. */
    public ResultFilter framework(UUID only) {
        return new ResultFilter(modelVersionId, hardwareConfigId, only, workloadType, from, to);
    }

    /** The same, only under this kind of requests. */
    public ResultFilter workload(String only) {
        return new ResultFilter(modelVersionId, hardwareConfigId, frameworkId, only, from, to);
    }

    /** The same, only measured on {@code first} or later, and before {@code end}; either may be null. */
    public ResultFilter dates(@Nullable LocalDate first, @Nullable LocalDate end) {
        return new ResultFilter(modelVersionId, hardwareConfigId, frameworkId, workloadType, first, end);
    }

    Sql sql() {
        return Sql.of("")
                .andIf(modelVersionId != null, "and model_version_id = ?", modelVersionId)
                .andIf(hardwareConfigId != null, "and hardware_config_id = ?", hardwareConfigId)
                .andIf(frameworkId != null, "and framework_id = ?", frameworkId)
                .andIf(workloadType != null, "and workload_type = ?", workloadType)
                .andIf(from != null, "and benchmark_date >= ?", from)
                .andIf(to != null, "and benchmark_date < ?", to);
    }
}
