/**
 * The job queue: {@link dev.evalstore.job.JobRepository} stores, gives out and takes back jobs,
 * {@link dev.evalstore.job.WorkerRepository} knows who works, and {@link dev.evalstore.job.JobRunner} is the runtime that most
 * services want.
 */
@NullMarked
package dev.evalstore.job;

import org.jspecify.annotations.NullMarked;
