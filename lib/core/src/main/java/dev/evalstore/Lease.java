package dev.evalstore;

import java.time.Instant;
import java.util.UUID;

/**
 * One worker's claim of one item: a job or a benchmark configuration. Every later write by the worker names the token. After the
 * deadline, or once the lease was released or taken away, such a write is refused.
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
