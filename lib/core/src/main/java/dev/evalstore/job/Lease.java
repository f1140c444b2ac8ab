package dev.evalstore.job;

import java.time.Instant;
import java.util.UUID;

/**
 * The right to work on a job. Every write of the worker names the token; once the lease has run out or was taken away, none is
 * accepted any more.
 *
 * @param jobId the job
 * @param seq its number
 * @param token new with every claim, never used again, greater than all before it: a fence for other systems as well
 * @param attempt the number of this attempt, from 1
 * @param claimedAt when it was claimed, by the server's clock
 * @param deadline when the attempt runs out of time, by the server's clock, unless it is extended
 */
public record Lease(UUID jobId, long seq, long token, int attempt, Instant claimedAt, Instant deadline) {}
