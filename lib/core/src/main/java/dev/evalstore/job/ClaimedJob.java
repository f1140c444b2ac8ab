package dev.evalstore.job;

import dev.evalstore.Lease;

/**
 * A job together with the right to work on it.
 *
 * @param job the job, running
 */
public record ClaimedJob(Job job, Lease lease) {}
