package dev.evalstore;

/**
 * The pool's connections.
 *
 * @param active in use
 * @param idle waiting for use
 * @param waiting threads that wait for one
 * @param total all
 */
public record PoolStats(int active, int idle, int waiting, int total) {}
