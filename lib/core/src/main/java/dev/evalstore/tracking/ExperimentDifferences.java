package dev.evalstore.tracking;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The params and metrics in which experiments differ. What is the same in all of them is left out.
 *
 * @param experiments the experiments, in the order in which they were asked for
 * @param params by name
 * @param metrics by name; two metrics are the same where their last values are, NaN and NaN among them
 */
public record ExperimentDifferences(List<UUID> experiments, List<Param> params, List<Metric> metrics) {
    public ExperimentDifferences {
        experiments = List.copyOf(experiments);
        params = List.copyOf(params);
        metrics = List.copyOf(metrics);
    }

    /**
     * A param that is not the same in all experiments.
     *
     * @param values one for each experiment, in their order; null where it has no such param
     */
    public record Param(String name, List<@Nullable ParamValue> values) {
        public Param {
            values = Collections.unmodifiableList(new ArrayList<@Nullable ParamValue>(values));
        }
    }

    /**
     * A metric whose last value is not the same in all experiments.
     *
     * @param values one for each experiment, in their order; null where it has no such metric
     */
    public record Metric(String name, List<@Nullable MetricSummary> values) {
        public Metric {
            values = Collections.unmodifiableList(new ArrayList<@Nullable MetricSummary>(values));
        }
    }
}
