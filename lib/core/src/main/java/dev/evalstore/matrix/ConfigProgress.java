package dev.evalstore.matrix;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a model version's configs are.
 *
 * @param total how many there are
 * @param pending how many may be claimed
 * @param running how many a worker owns
 * @param completed how many ended with a result
 * @param failed how many ended without one
 * @param perMinute how many finished a minute, over the given window
 * @param estimatedEnd when the rest will have finished at that rate, by the server's clock. Null when none is left,
 *     none finished in the window, or the end is more than 36,500 days away
 */
public record ConfigProgress(
        long total,
        long pending,
        long running,
        long completed,
        long failed,
        double perMinute,
        @Nullable Instant estimatedEnd) {
    /** How much has ended, in percent; 0 when there are no configs. */
    public double percent() {
        return total == 0 ? 0 : 100.0 * (completed + failed) / total;
    }
}
