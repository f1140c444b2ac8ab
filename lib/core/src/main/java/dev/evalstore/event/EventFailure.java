package dev.evalstore.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of an event that failed.
 *
 * @param failures how often it failed so far
 * @param retryAt when it is delivered again, by the server's clock; null unless it is
 */
public record EventFailure(
        EventDecision decision, int failures, @Nullable Instant retryAt) {}
