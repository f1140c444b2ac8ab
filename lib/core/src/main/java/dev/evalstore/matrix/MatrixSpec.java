package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which combinations to benchmark: every machine that the model version fits on (any, where its need of VRAM is not known), with every framework, workload, batch size and
 * sequence length; at most 1,000,000. What is given twice counts once.
 *
 * <p>The priority rank, lower first, is the caller's, or else that of the workload (chatbot 100, qa 200, code 300, creative 400,
 * summarization 500, any other 600), and 10 more for each further request at a time, and for a sequence length of 1,024 nothing more,
 * of 2,048 20, of 4,096 40, of 8,192 60, and of any other 80.
 *
 * @param modelVersionId the model version
 * @param hardwareConfigIds the machines
 * @param frameworkIds the framework versions
 * @param workloadTypes the kinds of requests
 * @param batchSizes requests at a time, 1 to 1,000,000 each
 * @param sequenceLengths tokens of context, 1 to 100,000,000 each
 * @param priorityRank the same for all of them, or null for the rule above
 * @param maxAttempts after so many attempts a configuration has failed, 1 to 1,000
 */
public record MatrixSpec(
        UUID modelVersionId,
        List<UUID> hardwareConfigIds,
        List<UUID> frameworkIds,
        List<String> workloadTypes,
        List<Integer> batchSizes,
        List<Integer> sequenceLengths,
        @Nullable Integer priorityRank,
        int maxAttempts) {
    private static final long MAX = 1_000_000;

    public MatrixSpec {
        Objects.requireNonNull(modelVersionId, "modelVersionId");
        hardwareConfigIds = axis("hardwareConfigIds", hardwareConfigIds);
        frameworkIds = axis("frameworkIds", frameworkIds);
        workloadTypes = axis("workloadTypes", Check.texts("workloadTypes", workloadTypes));
        batchSizes = axis("batchSizes", batchSizes);
        batchSizes.forEach(size -> Check.range("batchSizes", size, 1, 1_000_000));
        sequenceLengths = axis("sequenceLengths", sequenceLengths);
        sequenceLengths.forEach(length -> Check.range("sequenceLengths", length, 1, 100_000_000));
        Check.range("maxAttempts", maxAttempts, 1, 1_000);
        double combinations = (double) hardwareConfigIds.size()
                * frameworkIds.size()
                * workloadTypes.size()
                * batchSizes.size()
                * sequenceLengths.size();
        if (combinations > MAX) {
            throw new IllegalArgumentException("the specification has more than 1,000,000 combinations");
        }
    }

    /** With ranks by the rule above, and five attempts. */
    public static MatrixSpec of(
            UUID modelVersionId,
            Collection<UUID> hardwareConfigIds,
            Collection<UUID> frameworkIds,
            Collection<String> workloadTypes,
            Collection<Integer> batchSizes,
            Collection<Integer> sequenceLengths) {
        return new MatrixSpec(
                modelVersionId,
                List.copyOf(hardwareConfigIds),
                List.copyOf(frameworkIds),
                List.copyOf(workloadTypes),
                List.copyOf(batchSizes),
                List.copyOf(sequenceLengths),
                null,
                5);
    }

    /** The same with one rank for all. */
    public MatrixSpec priorityRank(int rank) {
        return new MatrixSpec(
                modelVersionId,
                hardwareConfigIds,
                frameworkIds,
                workloadTypes,
                batchSizes,
                sequenceLengths,
                rank,
                maxAttempts);
    }

    /** The same with so many attempts. */
    public MatrixSpec maxAttempts(int most) {
        return new MatrixSpec(
                modelVersionId,
                hardwareConfigIds,
                frameworkIds,
                workloadTypes,
                batchSizes,
                sequenceLengths,
                priorityRank,
                most);
    }

    private static <T> List<T> axis(String field, List<T> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException(field + " must not be empty");
        }
        return List.copyOf(new LinkedHashSet<>(values));
    }
}
