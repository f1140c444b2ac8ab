package dev.evalstore.matrix;

import dev.evalstore.Lease;

/**
 * A configuration and the right to work on it.
 *
 * @param config the configuration, running
 * @param lease what every later write names
 */
public record ClaimedConfig(BenchmarkConfig config, Lease lease) {}
