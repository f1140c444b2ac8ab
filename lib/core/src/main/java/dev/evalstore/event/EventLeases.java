package dev.evalstore.event;

import dev.evalstore.LeaseLostException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.event.EventRows;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Numbers;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The leases of subscriptions: one consumer reads a subscription at a time, and moves its cursor. Every write names the lease's token
 * and is refused when the cursor's row has another. An expired lease that nobody else took still counts, since the row says so.
 */
final class EventLeases {
    /**
     * A subscription without anything to give is not claimed, so that idle ones cost no writes, also while an open transaction holds up
     * what comes after its events.
     */
    private static final String CLAIM = """
            /* event_cursors.claim */ with {settled},
            free as materialized (
                select c.subscription_id from evalstore.event_cursors c
                join evalstore.event_subscriptions s on s.id = c.subscription_id
                where s.enabled and {which}
                    and (c.owner is null or c.expires_at <= statement_timestamp())
                    and (c.retry_at is null or c.retry_at <= statement_timestamp())
                    and (c.position < (select t.number from settled t)
                        or exists (
                            select from evalstore.event_parked k
                            where k.subscription_id = c.subscription_id and k.retrying and k.position <= c.position))
                order by c.token nulls first, c.subscription_id
                limit 1
                for no key update of c skip locked)
            update evalstore.event_cursors c
            set token = {token}, owner = ?, expires_at = statement_timestamp() + make_interval(secs => ?)
            from free f join evalstore.event_subscriptions s on s.id = f.subscription_id
            where c.subscription_id = f.subscription_id
            returning s.id as subscription_id, s.name, s.delivery, c.token, c.position, c.expires_at,
                c.failure_count""".replace("{token}", Numbers.next("evalstore.event_lease_tokens"))
            .replace("{settled}", EventRows.ORDER.settled());

    private static final String CLAIM_NAMES = CLAIM.replace("{which}", "s.delivery = 'handler' and s.name = any (?)");
    private static final String CLAIM_DELIVERIES = CLAIM.replace("{which}", "s.delivery = any (?)");
    private static final String CLAIM_PULL = CLAIM.replace("{which}", "s.delivery = 'pull' and s.name = any (?)");

    private static final String EXTEND = """
            /* event_cursors.extend */ update evalstore.event_cursors c
            set expires_at = statement_timestamp() + make_interval(secs => ?)
            from evalstore.event_subscriptions s
            where c.subscription_id = ? and c.token = ? and c.owner is not null and s.id = c.subscription_id
            returning s.id as subscription_id, s.name, s.delivery, c.token, c.position, c.expires_at, c.failure_count""";

    private static final String RELEASE = """
            /* event_cursors.release */ update evalstore.event_cursors set owner = null, expires_at = null
            where subscription_id = ? and token = ? and owner is not null""";

    private static final String ENDPOINT = """
            /* event_subscriptions.endpoint */ select s.endpoint, s.secret,
                case when s.previous_until > statement_timestamp() then s.previous_secret end as previous_secret
            from evalstore.event_subscriptions s join evalstore.event_cursors c on c.subscription_id = s.id
            where s.id = ? and s.delivery = ? and c.token = ? and c.owner is not null""";

    private static final String DISABLE = """
            /* event_subscriptions.disable */ update evalstore.event_subscriptions
            set enabled = false, disabled_reason = ?, updated_at = statement_timestamp()
            where id = ? and enabled""";

    private EventLeases() {}

    /**
     * Claims one of the subscriptions for handlers with these names: an enabled one that has something to give, that nobody
     * has leased, and that is not in a pause after a failure. Of several the one that was claimed longest ago. Nobody is waited for.
     *
     * @param owner who claims, for people to read
     * @param lease for how long, by the server's clock
     * @return empty if there is none
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost; the lease, if there is one, expires
     */
    static Optional<EventLease> claim(Jdbc jdbc, Collection<String> names, String owner, Duration lease) {
        return claim(jdbc, CLAIM_NAMES, SqlArray.texts(names), owner, lease);
    }

    /** {@link #claim} of a subscription with one of these deliveries. */
    static Optional<EventLease> claimDelivery(
            Jdbc jdbc, Collection<EventDelivery> deliveries, String owner, Duration lease) {
        return claim(jdbc, CLAIM_DELIVERIES, SqlArray.words(deliveries, delivery -> delivery), owner, lease);
    }

    /** {@link #claim} of a subscription that is pulled. */
    static Optional<EventLease> claimPull(Jdbc jdbc, String name, String owner, Duration lease) {
        return claim(jdbc, CLAIM_PULL, SqlArray.texts(List.of(name)), owner, lease);
    }

    private static Optional<EventLease> claim(Jdbc jdbc, String text, SqlArray which, String owner, Duration lease) {
        Check.text("owner", owner);
        Check.period("lease", lease);
        return jdbc.change(Sql.of(text, which, owner, lease), EventLeases::map);
    }

    /**
     * The next events: at most {@code limit} by position, all committed, none that may be preceded by one yet to come, and none of an
     * aggregate with a parked event. Parked ones to be retried come first, in a batch of their own. Where there are none, the cursor has
     * passed over what the subscription does not want.
     *
     * <p>Whatever was read and neither advanced over nor failed is read again.
     *
     * @throws LeaseLostException if the lease is lost, or the subscription is disabled; then the lease is released
     * @throws IllegalStateException in a transaction that is not read committed
     */
    static LeasedEvents read(Jdbc jdbc, EventLease lease, int limit) {
        return EventReading.read(jdbc, lease, Check.limit(limit));
    }

    /**
     * Everything up to here that was read under the lease is delivered. The cursor moves, and failures are forgotten; of parked events
     * that were handed out for a retry, those are removed. To advance twice does no harm. In a transaction the cursor's row is locked
     * until it ends, so that nobody takes the lease meanwhile.
     *
     * @throws LeaseLostException if the lease is lost
     */
    static void advance(Jdbc jdbc, EventLease lease, long upTo) {
        EventOutcomes.advance(jdbc, lease, upTo);
    }

    /** {@link #advance}, and the lease ends. */
    static void acknowledge(Jdbc jdbc, EventLease lease, long upTo) {
        EventOutcomes.acknowledge(jdbc, lease, upTo);
    }

    /**
     * The event failed, and everything read before it counts as delivered. Its subscription decides what becomes of the event. What was
     * read behind it must not be delivered but read again: the later ones of its aggregate may wait behind it now.
     *
     * <p>A parked event that fails when it is retried is parked again at once.
     *
     * @param error why, for people to read; cut where it is too long
     * @param retryAfter how long to wait before the next attempt, if there is one
     * @throws LeaseLostException if the lease is lost
     */
    static EventFailure failed(Jdbc jdbc, EventLease lease, DomainEvent event, String error, Duration retryAfter) {
        return EventOutcomes.failed(jdbc, lease, event, error, Check.periodOrZero("retryAfter", retryAfter), false);
    }

    /** {@link #failed} of an event that would fail each time: its subscription decides at once. */
    static EventFailure poisoned(Jdbc jdbc, EventLease lease, DomainEvent event, String error) {
        return EventOutcomes.failed(jdbc, lease, event, error, Duration.ZERO, true);
    }

    /**
     * The lease as it is now, to expire that long from now.
     *
     * @throws LeaseLostException if the lease is lost
     */
    static EventLease extend(Jdbc jdbc, EventLease lease, Duration time) {
        Check.period("lease", time);
        return jdbc.change(Sql.of(EXTEND, time, lease.subscriptionId(), lease.token()), EventLeases::map)
                .orElseThrow(() -> lost(lease));
    }

    /** Ends the lease without moving the cursor; false if it was lost. */
    static boolean release(Jdbc jdbc, EventLease lease) {
        return jdbc.update(Sql.of(RELEASE, lease.subscriptionId(), lease.token())) == 1;
    }

    /**
     * The receiver wants no more: disables the subscription and ends the lease. The cursor stays.
     *
     * @throws LeaseLostException if the lease is lost
     */
    static void disable(Jdbc jdbc, EventLease lease, DisabledReason reason) {
        jdbc.atomically(tx -> {
            if (!release(tx, lease)) {
                throw lost(lease);
            }
            return disable(tx, lease.subscriptionId(), reason);
        });
    }

    static boolean disable(Jdbc tx, UUID subscription, DisabledReason reason) {
        return tx.update(Sql.of(DISABLE, reason, subscription)) == 1;
    }

    /** Where webhooks go and what signs them, now; empty if the lease is lost: a process that was paused beyond it must send nothing. */
    static Optional<WebhookTarget> webhook(Jdbc jdbc, EventLease lease) {
        return jdbc.find(
                Sql.of(ENDPOINT, lease.subscriptionId(), EventDelivery.WEBHOOK, lease.token()),
                row -> new WebhookTarget(
                        row.text("endpoint"),
                        Stream.of(row.text("secret"), row.textOrNull("previous_secret"))
                                .filter(Objects::nonNull)
                                .toList()));
    }

    /** The type of the jobs to enqueue; empty if the lease is lost. */
    static Optional<String> jobType(Jdbc jdbc, EventLease lease) {
        return jdbc.find(
                Sql.of(ENDPOINT, lease.subscriptionId(), EventDelivery.JOB, lease.token()),
                row -> row.text("endpoint"));
    }

    static LeaseLostException lost(EventLease lease) {
        return new LeaseLostException(List.of(lease.subscriptionId()));
    }

    private static EventLease map(Row row) throws SQLException {
        return new EventLease(
                row.uuid("subscription_id"),
                row.text("name"),
                row.enumValue("delivery", EventDelivery.class),
                row.bigint("token"),
                row.bigint("position"),
                row.bigint("position"),
                row.instant("expires_at"),
                row.integer("failure_count"));
    }
}
