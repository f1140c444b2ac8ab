/**
 * The job queue: {@link dev.evalstore.job.JobRepository} has every verb, and {@link dev.evalstore.job.JobRunner} is the
 * runtime that most services want.
 *
 * <p>To read the implementation, open first: {@code JobRepository} (the verbs and their contracts), {@code JobCreation}
 * (the wide row and its narrow row), {@code JobClaims} and {@code JobOutcomes} (what jobs add to the claim engine,
 * {@code internal.queue.Leases}), and {@code RunnerLoop} (the threads of a runner, and the class that each of them
 * runs).
 */
@NullMarked
package dev.evalstore.job;

import org.jspecify.annotations.NullMarked;
