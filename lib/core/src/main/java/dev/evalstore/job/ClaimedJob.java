package dev.evalstore.job;

import dev.evalstore.Lease;

/**
 * A job that a worker claimed.
 *
 * @param job the job, running
 */
public record ClaimedJob(Job job, Lease lease) {}
