package dev.evalstore.event;

import dev.evalstore.event.EventDispatcher.Settings;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** How far a run is, in the batch under way. */
final class DispatcherProgress {
    private final Settings settings;
    private final EventLease lease;
    private final boolean isWhole;
    private final Map<UUID, Long> careful;
    private volatile long delivered;
    private volatile long moved;
    private int failures;

    /**
     * @param isWhole whether batches are delivered as a whole
     * @param careful up to where the events of subscriptions are delivered one by one, since a batch has failed
     */
    DispatcherProgress(Settings settings, EventLease lease, boolean isWhole, Map<UUID, Long> careful) {
        this.settings = settings;
        this.lease = lease;
        this.isWhole = isWhole;
        this.careful = careful;
        this.failures = lease.failureCount();
    }

    /** How many events to read next. */
    int limit() {
        Long until = careful.get(lease.subscriptionId());
        if (until != null && moved >= until) {
            careful.remove(lease.subscriptionId());
        }
        return isWhole && (failures > 0 || careful.containsKey(lease.subscriptionId())) ? 1 : settings.batchSize();
    }

    /** Deliver one by one up to the end of this call, which has failed. */
    void beCareful(DispatcherCall failed) {
        careful.put(lease.subscriptionId(), failed.position());
    }

    void beginBatch() {
        delivered = 0;
        moved = 0;
    }

    /** A parked event that is retried lies before the cursor. */
    int attempt(List<DomainEvent> events) {
        return events.get(0).position() > lease.position() ? failures + 1 : 1;
    }

    void delivered(DispatcherCall call) {
        if (call.isCompleted()) {
            moved = call.position();
        }
        delivered = call.position();
        failures = 0;
    }

    /** What failed is decided. */
    void settled() {
        failures = 0;
    }

    boolean hasMoved(long upTo) {
        return moved >= upTo;
    }

    /** Moves the cursor up to what is delivered. */
    void move(Jdbc jdbc) {
        move(jdbc, delivered);
    }

    void move(Jdbc jdbc, long upTo) {
        if (upTo > moved) {
            EventLeases.advance(jdbc, lease, upTo);
            moved = upTo;
        }
    }
}
