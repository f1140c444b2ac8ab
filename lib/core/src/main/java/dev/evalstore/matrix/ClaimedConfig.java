package dev.evalstore.matrix;

import dev.evalstore.Lease;

/**
 * A configuration that a worker claimed.
 *
 * @param config the configuration, running
 * @param lease the lease that every later write of the worker names
 */
public record ClaimedConfig(BenchmarkConfig config, Lease lease) {}
