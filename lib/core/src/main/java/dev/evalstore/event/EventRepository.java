package dev.evalstore.event;

import dev.evalstore.ActingContext;
import dev.evalstore.ConflictException;
import dev.evalstore.LeaseLostException;
import dev.evalstore.NotFoundException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.jdbc.Acting;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Domain events: what happened in the store and in the host's own tables, appended in the transaction of what they tell, and
 * delivered to subscriptions in order.
 *
 * <p>Events of one aggregate are in the order of their commits if whoever appends one holds the aggregate's row, as every repository of
 * this library does. A host that has no row to lock appends by {@link #appendLocked(NewDomainEvent)}.
 */
public final class EventRepository extends EventReads {
    private static final int MAX_EVENTS = 100_000;

    /** How long a consumer has what it asked for, unless it says otherwise. */
    private static final Duration LEASE = Duration.ofMinutes(1);

    private static final String LOCK = """
            /* domain_events.lock */ select 1 as locked from (
                select pg_advisory_xact_lock(hashtextextended('evalstore.domain_events ' || ?, 0))) l""";

    /** Called by {@code Repositories} alone. */
    public EventRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Drops the months (UTC) that ended longer ago than the retention, each whole and at once, up to the first month that an enabled
     * subscription has not passed. Events that a subscription has parked are dropped too.
     *
     * @param retention at most 36,500 days
     * @param undelivered whether months are dropped that a subscription has not passed
     */
    public EventCleanup cleanup(Duration retention, boolean undelivered) {
        return EventMonths.drop(jdbc, Check.period("retention", retention), undelivered);
    }

    /** The subscriptions to events, and how far each is. */
    @Override
    public EventSubscriptionRepository subscriptions() {
        return new EventSubscriptionRepository(jdbc);
    }

    /**
     * Appends an event and returns it as stored. Within a transaction it happens with the transaction, and the transaction should
     * hold the aggregate's row. The library does not repeat this after a lost connection.
     *
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer
     */
    public DomainEvent append(NewDomainEvent event) {
        return append(jdbc, stored(event));
    }

    /**
     * The same behind a lock on the aggregate, which lasts until the transaction ends: so events of an aggregate that is no row are in
     * the order of their commits.
     */
    public DomainEvent appendLocked(NewDomainEvent event) {
        Objects.requireNonNull(event, "event");
        return jdbc.atomically(tx -> {
            tx.one(Sql.of(LOCK, event.aggregateType() + " " + event.aggregateId()), row -> row.integer("locked"));
            return append(tx, stored(event));
        });
    }

    /**
     * Appends all events in this order or none, and returns their number. None does nothing.
     *
     * @throws IllegalArgumentException if there are more than 100,000
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer
     */
    public int appendAll(List<NewDomainEvent> events) {
        List<NewDomainEvent> given = Check.list("events", events);
        if (given.size() > MAX_EVENTS) {
            throw new IllegalArgumentException("events must be at most " + MAX_EVENTS);
        }
        EventRows.appendAll(jdbc, given.stream().map(this::stored).toList());
        return given.size();
    }

    /** For dispatchers, which work below the repositories. */
    Jdbc jdbc() {
        return jdbc;
    }

    /** {@link #next(String, String, int, Duration)} for a minute. */
    public Optional<PulledEvents> next(String subscription, int limit) {
        return next(subscription, "process " + ProcessHandle.current().pid(), limit, LEASE);
    }

    /**
     * Leases a subscription that is pulled, and returns its next events. Nobody else gets any until they are acknowledged, failed or
     * released, or the lease has expired.
     *
     * @param consumer who asks, for people to read; not blank, at most 200 characters
     * @param limit the maximum of events, 1 to 1,000
     * @param lease for how long, at most 36,500 days
     * @return empty, and nothing is leased, if there is nothing to deliver at the moment, another has the lease, an event failed a moment
     *     ago, or the subscription is disabled; {@link EventSubscriptionRepository#lag} tells which
     * @throws NotFoundException if no subscription has the name
     * @throws ConflictException if its delivery is another
     * @throws IllegalStateException inside a transaction, in which nobody would see the lease
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost; a lease that was taken expires
     */
    public Optional<PulledEvents> next(String subscription, String consumer, int limit, Duration lease) {
        return EventPulls.next(jdbc, subscription, consumer, limit, lease);
    }

    /**
     * Says that every event up to this position is delivered, and ends the lease. In a transaction, which is best the one with the
     * events' effects, it happens with the transaction, and the effects happen exactly once.
     *
     * @param position that of one of the events, or the lease's {@code upTo}
     * @throws IllegalArgumentException if the position is above what was handed out
     * @throws LeaseLostException if another has the subscription by now, or it was rewound or deleted; the events are delivered again
     */
    public void acknowledge(EventLease lease, long position) {
        EventPulls.acknowledge(jdbc, lease, position);
    }

    /**
     * Says that an event failed, and that those handed out before it are delivered, and ends the lease. The subscription decides what
     * becomes of the event.
     *
     * @param error why, for people to read; not blank, cut at 10,000 characters
     * @param retryAfter how long to wait before the next attempt, if there is one; at most 36,500 days
     * @throws IllegalArgumentException if the event was not handed out under the lease
     * @throws LeaseLostException as {@link #acknowledge}
     */
    public EventFailure fail(EventLease lease, DomainEvent event, String error, Duration retryAfter) {
        return EventPulls.fail(jdbc, lease, event, error, retryAfter);
    }

    /**
     * The lease as it is now, to expire that long from now, by the server's clock.
     *
     * @param time at most 36,500 days
     * @throws LeaseLostException as {@link #acknowledge}
     */
    public EventLease extend(EventLease lease, Duration time) {
        return EventLeases.extend(jdbc, Objects.requireNonNull(lease, "lease"), time)
                .upTo(lease.upTo());
    }

    /** Gives the events back, to be delivered again; false if the lease was lost. */
    public boolean release(EventLease lease) {
        return EventLeases.release(jdbc, Objects.requireNonNull(lease, "lease"));
    }

    private static DomainEvent append(Jdbc jdbc, EventRows.Event event) {
        return EventRows.append(
                jdbc,
                event,
                row -> new DomainEvent(
                        row.bigint("position"),
                        event.id(),
                        event.eventType(),
                        event.aggregateType(),
                        event.aggregateId(),
                        event.eventVersion(),
                        row.json("payload"),
                        event.correlationId(),
                        event.causationId(),
                        event.actorKind(),
                        event.actorId(),
                        event.partitionKey(),
                        row.instant("created_at")));
    }

    private EventRows.Event stored(NewDomainEvent event) {
        Objects.requireNonNull(event, "event");
        Acting acting = jdbc.acting();
        ActingContext by = acting == null ? null : acting.context();
        return new EventRows.Event(
                Uuids.next(),
                event.eventType(),
                event.aggregateType(),
                event.aggregateId(),
                event.eventVersion(),
                event.payload(),
                event.correlationId() != null || by == null ? event.correlationId() : by.correlationId(),
                event.causationId() != null || by == null ? event.causationId() : by.causationId(),
                by == null ? null : by.actor().kind(),
                by == null ? null : by.actor().id(),
                Objects.requireNonNullElse(event.partitionKey(), event.aggregateId()));
    }
}
