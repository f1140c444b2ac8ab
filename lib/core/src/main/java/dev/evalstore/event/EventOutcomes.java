package dev.evalstore.event;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.UnknownOutcome;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What becomes of events that a lease gave: each a move of the cursor, refused without the lease. */
final class EventOutcomes {
    /** Of parked events only those go that this lease handed out: others were marked for a retry since. */
    private static final String ADVANCE = """
            /* event_cursors.{verb} */ with held as materialized (
                select c.subscription_id from evalstore.event_cursors c
                where c.subscription_id = ? and c.token = ? and {held}
                for no key update),
            retried as (
                delete from evalstore.event_parked k using held h
                where k.subscription_id = h.subscription_id and k.token = ? and k.position <= ?)
            update evalstore.event_cursors c
            set position = greatest(c.position, ?), failure_count = 0, retry_at = null, last_error = null,
                last_delivered_at = statement_timestamp(){ends}
            from held h
            where c.subscription_id = h.subscription_id
            returning c.position""";

    private static final String ADVANCE_HELD = ADVANCE.replace("{verb}", "advance")
            .replace("{held}", "c.owner is not null")
            .replace("{ends}", "");

    /** The lease that is ended already was ended by this very acknowledgement, whose answer was lost. */
    private static final String ACKNOWLEDGE = ADVANCE.replace("{verb}", "acknowledge")
            .replace("{held}", "(c.owner is not null or c.position >= ?)")
            .replace("{ends}", ", owner = null, expires_at = null");

    private static final String LOCK = """
            /* event_cursors.lock_held */ select c.position, c.failure_count, s.max_failures, s.on_poison,
                s.event_types, s.aggregate_types
            from evalstore.event_cursors c join evalstore.event_subscriptions s on s.id = c.subscription_id
            where c.subscription_id = ? and c.token = ? and c.owner is not null
            for no key update of c""";

    private static final String RETRY = """
            /* event_cursors.retry */ update evalstore.event_cursors
            set position = ?, failure_count = ?, last_error = ?, retry_at = statement_timestamp() + make_interval(secs => ?)
            where subscription_id = ?
            returning retry_at""";

    private static final String STOP = """
            /* event_cursors.stop */ update evalstore.event_cursors
            set position = ?, failure_count = ?, last_error = ?, retry_at = null, owner = null, expires_at = null
            where subscription_id = ?""";

    private static final String PASS_POISON = """
            /* event_cursors.pass_poison */ update evalstore.event_cursors
            set position = ?, failure_count = 0, last_error = null, retry_at = null
            where subscription_id = ?""";

    private static final String PARK = """
            /* event_parked.park */ insert into evalstore.event_parked (subscription_id, position, event_id, event_type,
                aggregate_type, aggregate_id, event_created_at, attempts, error, holds)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String UNPARK_DELIVERED = """
            /* event_parked.unpark_delivered */ delete from evalstore.event_parked
            where subscription_id = ? and token = ? and position < ?""";

    private static final String PARK_AGAIN = """
            /* event_parked.park_again */ update evalstore.event_parked
            set attempts = attempts + 1, error = ?, retrying = false, token = null, parked_at = statement_timestamp()
            where subscription_id = ? and position = ?
            returning attempts, holds""";

    private static final String HOLD_AGAIN = """
            /* event_parked.hold_again */ update evalstore.event_parked set retrying = false, token = null
            where subscription_id = ? and aggregate_type = ? and aggregate_id = ? and holds and retrying""";

    private EventOutcomes() {}

    static void advance(Jdbc jdbc, EventLease lease, long upTo) {
        Sql advance = Sql.of(ADVANCE_HELD, lease.subscriptionId(), lease.token(), lease.token(), upTo, upTo);
        requireHeld(lease, UnknownOutcome.findAndTouch(jdbc, advance, row -> row.bigint("position")));
    }

    static void acknowledge(Jdbc jdbc, EventLease lease, long upTo) {
        Sql acknowledge = Sql.of(ACKNOWLEDGE, lease.subscriptionId(), lease.token(), upTo, lease.token(), upTo, upTo);
        requireHeld(lease, UnknownOutcome.findAndTouch(jdbc, acknowledge, row -> row.bigint("position")));
    }

    private static void requireHeld(EventLease lease, Optional<Long> moved) {
        if (moved.isEmpty()) {
            throw EventLeases.lost(lease);
        }
    }

    static EventFailure failed(
            Jdbc jdbc, EventLease lease, DomainEvent event, String error, Duration retryAfter, boolean atOnce) {
        String why = Check.error("error", error);
        return jdbc.atomically(tx -> {
            Held held = lock(tx, lease);
            return event.position() <= held.position()
                    ? parkAgain(tx, lease, event, why)
                    : failedNow(tx, lease, held, event, why, retryAfter, atOnce);
        });
    }

    /** The cursor under the lease, locked until the transaction ends. */
    static Held lock(Jdbc tx, EventLease lease) {
        return tx.find(Sql.of(LOCK, lease.subscriptionId(), lease.token()), Held::map)
                .orElseThrow(() -> EventLeases.lost(lease));
    }

    private static EventFailure failedNow(
            Jdbc tx,
            EventLease lease,
            Held held,
            DomainEvent event,
            String error,
            Duration retryAfter,
            boolean atOnce) {
        // The first failure of an event moves the cursor up to it.
        long before = event.position() - 1;
        int failures = held.position() < before ? 1 : held.failures() + 1;
        if (failures < held.maxFailures() && !atOnce) {
            Sql retry = Sql.of(RETRY, before, failures, error, retryAfter, lease.subscriptionId());
            Instant retryAt = tx.change(retry, row -> row.instant("retry_at")).orElseThrow();
            return new EventFailure(EventDecision.RETRY, failures, retryAt);
        }
        if (held.onPoison() == OnPoison.STOP) {
            tx.update(Sql.of(STOP, before, failures, error, lease.subscriptionId()));
            EventLeases.disable(tx, lease.subscriptionId(), DisabledReason.POISON);
            return new EventFailure(EventDecision.STOPPED, failures, null);
        }
        boolean holds = held.onPoison() == OnPoison.PARK;
        tx.update(Sql.of(
                PARK,
                lease.subscriptionId(),
                event.position(),
                event.id(),
                event.eventType(),
                event.aggregateType(),
                event.aggregateId(),
                event.createdAt(),
                failures,
                error,
                holds));
        tx.update(Sql.of(PASS_POISON, event.position(), lease.subscriptionId()));
        return new EventFailure(holds ? EventDecision.PARKED : EventDecision.SKIPPED, failures, null);
    }

    /** A parked event that failed when it was retried; somebody may have dropped it meanwhile. */
    private static EventFailure parkAgain(Jdbc tx, EventLease lease, DomainEvent event, String error) {
        tx.update(Sql.of(UNPARK_DELIVERED, lease.subscriptionId(), lease.token(), event.position()));
        Parked parked = tx.change(Sql.of(PARK_AGAIN, error, lease.subscriptionId(), event.position()), Parked::map)
                .orElse(Parked.DROPPED);
        if (parked.holds()) {
            tx.update(Sql.of(HOLD_AGAIN, lease.subscriptionId(), event.aggregateType(), event.aggregateId()));
        }
        return new EventFailure(parked.holds() ? EventDecision.PARKED : EventDecision.SKIPPED, parked.attempts(), null);
    }

    /**
     * Refuses an event that the lease did not give: one that the cursor has passed, but for parked ones, or of a type that is not
     * wanted.
     */
    static void requireHandedOut(Jdbc tx, EventLease lease, DomainEvent event) {
        Held held = lock(tx, lease);
        boolean isRetried = lease.upTo() <= held.position();
        if (event.position() <= held.position() ? !isRetried : !held.wants(event)) {
            throw notHandedOut();
        }
    }

    static IllegalArgumentException notHandedOut() {
        return new IllegalArgumentException("event must be one that was handed out under the lease");
    }

    record Held(
            long position,
            int failures,
            int maxFailures,
            OnPoison onPoison,
            @Nullable List<String> eventTypes,
            @Nullable List<String> aggregateTypes) {
        static Held map(Row row) throws SQLException {
            return new Held(
                    row.bigint("position"),
                    row.integer("failure_count"),
                    row.integer("max_failures"),
                    row.enumValue("on_poison", OnPoison.class),
                    row.textsOrNull("event_types"),
                    row.textsOrNull("aggregate_types"));
        }

        private boolean wants(DomainEvent event) {
            return (eventTypes == null || eventTypes.contains(event.eventType()))
                    && (aggregateTypes == null || aggregateTypes.contains(event.aggregateType()));
        }
    }

    private record Parked(int attempts, boolean holds) {
        static final Parked DROPPED = new Parked(1, false);

        static Parked map(Row row) throws SQLException {
            return new Parked(row.integer("attempts"), row.bool("holds"));
        }
    }
}
