package dev.evalstore.matrix;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which configs a worker claims.
 *
 * @param modelVersionId only configs of this model version, or null for all
 * @param maxPriorityRank only configs of this priority rank and lower ones
 */
public record ConfigScope(@Nullable UUID modelVersionId, int maxPriorityRank) {
    /** The whole matrix. */
    public static final ConfigScope ALL = new ConfigScope(null, Integer.MAX_VALUE);

    public ConfigScope modelVersion(UUID only) {
        return new ConfigScope(only, maxPriorityRank);
    }

    public ConfigScope maxPriorityRank(int max) {
        return new ConfigScope(modelVersionId, max);
    }
}
