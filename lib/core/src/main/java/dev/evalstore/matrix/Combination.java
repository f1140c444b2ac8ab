package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import java.util.Objects;
import java.util.UUID;

/**
 * The things that one benchmark measures: a model version on a machine, served by a framework, under a load.
 *
 * @param workloadType the kind of requests, such as chatbot; not blank, at most 800 bytes in UTF-8
 * @param batchSize requests at a time, at least 1
 * @param sequenceLength tokens of context, at least 1
 */
public record Combination(
        UUID modelVersionId,
        UUID hardwareConfigId,
        UUID frameworkId,
        String workloadType,
        int batchSize,
        int sequenceLength) {
    public Combination {
        Objects.requireNonNull(modelVersionId, "modelVersionId");
        Objects.requireNonNull(hardwareConfigId, "hardwareConfigId");
        Objects.requireNonNull(frameworkId, "frameworkId");
        Check.name("workloadType", workloadType);
        Check.range("batchSize", batchSize, 1, Integer.MAX_VALUE);
        Check.range("sequenceLength", sequenceLength, 1, Integer.MAX_VALUE);
    }
}
