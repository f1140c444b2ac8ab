package dev.evalstore.worker;

import java.util.Set;
import java.util.UUID;

/**
 * The answer to a worker's heartbeat.
 *
 * @param draining whether the worker was asked to drain: claims give it nothing more
 * @param cancelled the ids of the jobs among its own that were cancelled
 */
public record HeartbeatReply(boolean draining, Set<UUID> cancelled) {
    public HeartbeatReply {
        cancelled = Set.copyOf(cancelled);
    }
}
