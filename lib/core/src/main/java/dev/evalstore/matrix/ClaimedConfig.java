package dev.evalstore.matrix;

/**
 * A configuration and the right to work on it.
 *
 * @param config the configuration, running
 * @param lease what every later write names
 */
public record ClaimedConfig(BenchmarkConfig config, ConfigLease lease) {}
