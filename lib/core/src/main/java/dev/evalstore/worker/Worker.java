package dev.evalstore.worker;

import dev.evalstore.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One registration of a worker. A process that restarts under the same name is another generation. A registration that was declared
 * dead can never send a heartbeat, claim or complete again.
 *
 * @param id version 7
 * @param generation names this registration in leases
 * @param workerId the name
 * @param address where it runs, or null
 * @param status its state, as its last heartbeat says
 * @param capacity how many jobs it runs at a time
 * @param currentTasks how many it runs, as its last heartbeat says
 * @param completedTasks how many it has completed, as its heartbeats say
 * @param failedTasks how many have failed, as its heartbeats say
 * @param tags its capabilities, sorted
 * @param queues the queues that it serves, sorted; empty for all
 * @param timeToLive how long it counts as alive after a heartbeat
 * @param metadata anything else, or null
 * @param lastHeartbeatAt the time of its last heartbeat, by the server's clock
 * @param goneAt when it left or was declared dead, or null
 */
public record Worker(
        UUID id,
        long generation,
        String workerId,
        @Nullable String address,
        WorkerStatus status,
        int capacity,
        int currentTasks,
        long completedTasks,
        long failedTasks,
        List<String> tags,
        List<String> queues,
        Duration timeToLive,
        @Nullable Json metadata,
        Instant lastHeartbeatAt,
        Instant registeredAt,
        @Nullable Instant goneAt) {}
