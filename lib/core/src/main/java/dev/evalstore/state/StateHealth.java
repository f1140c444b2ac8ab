package dev.evalstore.state;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a namespace can be used.
 *
 * @param healthy whether the tables answered
 * @param problem why they did not answer, or null
 * @param roundTrip how long the answer took
 * @param epoch how many checkpoints were ever taken, plus one; 0 if the tables did not answer
 * @param checkpoints how many checkpoints are kept; 0 if the tables did not answer
 */
public record StateHealth(
        boolean healthy, @Nullable String problem, Duration roundTrip, long epoch, long checkpoints) {}
