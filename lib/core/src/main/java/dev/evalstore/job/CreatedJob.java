package dev.evalstore.job;

/**
 * The answer to enqueueing a job with a unique key.
 *
 * @param job the new job, or the unfinished one that has the key
 * @param isNew whether it is the new one
 */
public record CreatedJob(Job job, boolean isNew) {}
