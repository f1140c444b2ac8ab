package dev.evalstore.matrix;

import dev.evalstore.Lease;

/**
 * A config that a worker claimed.
 *
 * @param config the config, running
 * @param lease the lease that every later write of the worker names
 */
public record ClaimedConfig(BenchmarkConfig config, Lease lease) {}
