package dev.evalstore.worker;

import java.util.Set;
import java.util.UUID;

/**
 * What a worker learns from a heartbeat.
 *
 * @param draining whether it was asked to drain: it is given nothing more
 * @param cancelled of the jobs that it owns, those that were called off
 */
public record HeartbeatReply(boolean draining, Set<UUID> cancelled) {
    public HeartbeatReply {
        cancelled = Set.copyOf(cancelled);
    }
}
