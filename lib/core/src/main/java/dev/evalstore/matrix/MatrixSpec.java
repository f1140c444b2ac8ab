package dev.evalstore.matrix;

import dev.evalstore.internal.Check;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which combinations to benchmark: the model version on every machine with enough VRAM, with every framework, workload,
 * batch size and sequence length. At most 1,000,000 combinations. Where the model version's need of VRAM is not known,
 * every machine counts. An element given twice counts once.
 *
 * <p>The priority rank decides what is claimed first, lower first. Without a rank of the caller it is the sum of three
 * numbers. The workload: chatbot 100, qa 200, code 300, creative 400, summarization 500, any other 600. The batch size:
 * 10 for each request after the first. The sequence length: 0 for 1,024, 20 for 2,048, 40 for 4,096, 60 for 8,192, 80
 * for any other.
 *
 * @param workloadTypes the kinds of requests, each at most 800 bytes in UTF-8
 * @param batchSizes requests at a time, 1 to 1,000,000 each
 * @param sequenceLengths tokens of context, 1 to 100,000,000 each
 * @param priorityRank the rank of all of them, or null for the rule above
 * @param maxAttempts the number of attempts after which a config has failed, 1 to 1,000
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
    private static final double MAX_COMBINATIONS = 1_000_000;

    public MatrixSpec {
        Objects.requireNonNull(modelVersionId, "modelVersionId");
        hardwareConfigIds = axis("hardwareConfigIds", hardwareConfigIds);
        frameworkIds = axis("frameworkIds", frameworkIds);
        workloadTypes = axis("workloadTypes", Check.names("workloadTypes", workloadTypes));
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
        if (combinations > MAX_COMBINATIONS) {
            throw new IllegalArgumentException("the specification has more than 1,000,000 combinations");
        }
    }

    /** With priority ranks by the rule above, and at most five attempts. */
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

    public MatrixSpec maxAttempts(int attempts) {
        return new MatrixSpec(
                modelVersionId,
                hardwareConfigIds,
                frameworkIds,
                workloadTypes,
                batchSizes,
                sequenceLengths,
                priorityRank,
                attempts);
    }

    private static <T> List<T> axis(String field, List<T> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException(field + " must not be empty");
        }
        return List.copyOf(new LinkedHashSet<>(values));
    }
}
