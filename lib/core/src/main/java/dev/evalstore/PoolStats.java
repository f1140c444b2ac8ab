package dev.evalstore;

/**
 * The connections of a pool.
 *
 * @param active connections in use
 * @param idle connections that are open and not in use
 * @param waiting threads that wait for a connection
 * @param total all open connections
 * @param maximum the largest number of connections that the pool opens
 */
public record PoolStats(int active, int idle, int waiting, int total, int maximum) {}
