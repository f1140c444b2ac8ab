package dev.evalstore.state;

/**
 * Sizes. {@code entries} and {@code expired} are the namespace's; the others are of the tables, which all namespaces
 * share.
 *
 * @param entries the namespace's entries, counted
 * @param expired its expired entries whose space is not freed yet, counted
 * @param liveRows the server's running estimate of rows: present entries and history
 * @param deadRows the server's running estimate of rows that wait for vacuum
 * @param tableBytes the size of the tables with their out-of-line values
 * @param totalBytes the size of the tables and their indexes
 */
public record StateTableStats(
        long entries, long expired, long liveRows, long deadRows, long tableBytes, long totalBytes) {}
