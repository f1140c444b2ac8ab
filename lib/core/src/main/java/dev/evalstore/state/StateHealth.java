package dev.evalstore.state;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a namespace can be used.
 *
 * @param healthy whether the tables answered
 * @param problem why not, or null
 * @param roundTrip how long the answer took
 * @param epoch how many checkpoints were ever taken, plus one
 * @param checkpoints how many are kept
 */
public record StateHealth(
        boolean healthy, @Nullable String problem, Duration roundTrip, long epoch, long checkpoints) {}
