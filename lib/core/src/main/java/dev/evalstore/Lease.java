package dev.evalstore;

import java.time.Instant;
import java.util.UUID;

/**
 * One claim of one item: a worker's of a job, a benchmark configuration or a verification, or a person's of a verification. Every
 * later write under it names the token. After the deadline, or once the lease was released or taken away, such a write is refused.
 *
 * @param id the item's id
 * @param seq the item's number
 * @param token the fence: new with every claim, and greater than all tokens before it, except those given after the backup
 *     that a store was put back from. Pass the token to other systems that the work writes to
 * @param attempt the number of this attempt, from 1
 * @param claimedAt when the item was claimed, by the server's clock
 * @param deadline when the attempt runs out of time, by the server's clock, as of the claim
 */
public record Lease(UUID id, long seq, long token, int attempt, Instant claimedAt, Instant deadline) {}
