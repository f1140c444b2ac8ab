package dev.evalstore.audit;

import java.time.Instant;

/**
 * How many events fell into one interval.
 *
 * @param from the interval's first instant
 * @param count how many events
 */
public record IntervalCount(Instant from, long count) {}
