package dev.evalstore.tracking;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment has come to.
 *
 * @param ran from its start to its end, or until now by the server's clock; null before its start
 * @param params how many params it has
 * @param metrics how many metrics it has
 * @param points how many points its metrics have
 * @param children how many experiments are parts of it, not those of its parts
 * @param evaluations figures over its evaluations
 * @param feedback how much feedback there is on its evaluations
 * @param costs what was spent on it by the cost entries that name it; {@link Experiment} has what its completion told
 */
public record ExperimentSummary(
        UUID experimentId,
        ExperimentStatus status,
        @Nullable Duration ran,
        long params,
        long metrics,
        long points,
        long children,
        EvaluationFigures evaluations,
        long feedback,
        CostTotal costs) {}
