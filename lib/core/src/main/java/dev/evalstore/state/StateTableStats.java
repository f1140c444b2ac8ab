package dev.evalstore.state;

/**
 * Sizes. All but {@code entries} and {@code expired} are of the tables, which all namespaces share.
 *
 * @param entries the namespace's entries, counted
 * @param expired those beside them that have expired and wait for the sweeper
 * @param liveRows the server's running estimate of rows: present state and history
 * @param deadRows the same of rows that wait for vacuum
 * @param tableBytes the tables with their out-of-line values
 * @param totalBytes the tables and their indexes
 */
public record StateTableStats(
        long entries, long expired, long liveRows, long deadRows, long tableBytes, long totalBytes) {}
