package dev.evalstore.tenant;

/**
 * How large a tenant is.
 *
 * @param name the schema
 * @param bytes its tables with their indexes and out-of-line values, when each was last vacuumed or analyzed
 * @param rows the server's running estimate of live rows
 * @param waitingJobs jobs that may be claimed or wait for their time; counted to 10,000 of each
 * @param runningJobs jobs that a worker owns; counted to 10,000
 */
public record TenantStats(String name, long bytes, long rows, long waitingJobs, long runningJobs) {}
