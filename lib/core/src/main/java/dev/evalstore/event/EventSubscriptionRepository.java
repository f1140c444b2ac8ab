package dev.evalstore.event;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions to domain events. Each gets every committed event that it wants, in order per aggregate, also one
 * that commits late; an event is delivered again where its acknowledgement was lost. One consumer reads a subscription at a time.
 *
 * <p>The events of a subscription by {@link EventDelivery#PULL} are asked for by {@link EventRepository#next(String, int)}; an {@code
 * EventDispatcher} delivers the others.
 */
public final class EventSubscriptionRepository extends EventSubscriptionReads {
    private static final String ROTATE = TABLE.text("""
            /* event_subscriptions.rotate_secret */ update evalstore.event_subscriptions
            set previous_secret = case when overlap.seconds > 0 then secret end,
                previous_until = case when overlap.seconds > 0
                    then statement_timestamp() + make_interval(secs => overlap.seconds) end,
                secret = ?, updated_at = statement_timestamp()
            from (select ?::double precision as seconds) overlap
            where id = ? and delivery = 'webhook'
            returning {columns}""");

    EventSubscriptionRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Stores a subscription and returns it as stored, with the secret that signs its webhooks.
     *
     * @throws IllegalArgumentException if an endpoint is needed and not given
     * @throws ConstraintViolationException if there is one with the name ({@code event_subscriptions_name_unique})
     */
    public IssuedSubscription subscribe(NewEventSubscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        EventDelivery delivery = subscription.delivery();
        SubscriptionRules.requireEndpoint(delivery, subscription.endpoint());
        String secret = subscription.secret() != null || delivery != EventDelivery.WEBHOOK
                ? subscription.secret()
                : WebhookSecrets.random();
        Columns values = new Columns()
                .set("name", subscription.name())
                .setIfGiven("event_types", textsOrNull(subscription.wanted().eventTypes()))
                .setIfGiven("aggregate_types", textsOrNull(subscription.wanted().aggregateTypes()))
                .set("delivery", delivery)
                .set("endpoint", subscription.endpoint())
                .set("secret", secret)
                .set("max_failures", subscription.maxFailures())
                .set("on_poison", subscription.onPoison())
                .all(EventCursors.start(subscription.start()));
        return jdbc.atomically(tx -> {
            EventSubscription stored = TABLE.create(tx, values);
            EventCursors.create(tx, stored.id(), stored.startPosition());
            return new IssuedSubscription(stored, secret);
        });
    }

    /**
     * Changes the given fields in one statement and returns the changed row.
     *
     * @throws NotFoundException if none has the id
     * @throws IllegalArgumentException if the endpoint is not one of the subscription's delivery
     * @throws ConstraintViolationException if another has the new name ({@code event_subscriptions_name_unique})
     */
    public EventSubscription update(UUID id, UpdateEventSubscription change) {
        if (Objects.requireNonNull(change, "change").endpoint() != null) {
            SubscriptionRules.endpointOrNull(get(id).delivery(), change.endpoint());
        }
        return TABLE.update(jdbc, id, change);
    }

    /**
     * Delivers nothing more. What was handed out before can still be acknowledged.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is disabled already
     */
    public EventSubscription pause(UUID id) {
        Columns values = new Columns().set("enabled", false).set("disabled_reason", DisabledReason.PAUSE);
        return TABLE.move(jdbc, id, "pause", "enabled", values);
    }

    /**
     * Delivers again, from where it stopped and without a pause for earlier failures.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if it is enabled already
     */
    public EventSubscription resume(UUID id) {
        Columns values = new Columns().set("enabled", true).set("disabled_reason", null);
        return jdbc.atomically(tx -> {
            EventCursors.lock(tx, id);
            EventSubscription resumed = TABLE.move(tx, id, "resume", "not enabled", values);
            EventCursors.forgetFailures(tx, id);
            return resumed;
        });
    }

    /**
     * Delivers again what comes after this position, or skips what comes before it. Whoever has the lease loses it. Parked events
     * after the position are no longer parked, since they are delivered again; those before it stay parked.
     *
     * @param position at least 0; one that was not drawn yet counts as the last one drawn
     * @return the position
     * @throws NotFoundException if none has the id
     */
    public long rewind(UUID id, long position) {
        Check.notNegative("position", position);
        return rewind(id, tx -> EventCursors.drawn(tx, position));
    }

    /**
     * {@link #rewind(UUID, long)} to before the first event that was written at this time or later; without one, to the end.
     *
     * @param time of the years 1 to 9999
     */
    public long rewind(UUID id, Instant time) {
        Check.time("time", time);
        return rewind(id, tx -> EventCursors.before(tx, time));
    }

    private long rewind(UUID id, ToLongFunction<Jdbc> position) {
        Function<Jdbc, Long> rewind = tx -> {
            EventCursors.lock(tx, id);
            return EventCursors.rewind(tx, id, position.applyAsLong(tx));
        };
        return jdbc.atomically(tx -> TABLE.act(tx, "rewind", id, rewind, to -> metadata("position", to)));
    }

    /**
     * {@link #rotateSecret(UUID, Duration, String)} with a secret that is made here.
     *
     * @param overlap for how long both secrets sign, at most 36,500 days; zero ends the old one at once
     */
    public IssuedSubscription rotateSecret(UUID id, Duration overlap) {
        return rotateSecret(id, overlap, WebhookSecrets.random());
    }

    /**
     * Signs webhooks with another secret, and beside it with the old one until the overlap is over, so that the receiver can change to
     * the new one in between. A secret before the old one ends at once.
     *
     * @throws NotFoundException if none has the id
     * @throws ConflictException if its delivery is not by webhook
     */
    public IssuedSubscription rotateSecret(UUID id, Duration overlap, String secret) {
        Objects.requireNonNull(id, "id");
        Check.periodOrZero("overlap", overlap);
        WebhookSecrets.check("secret", secret);
        return jdbc.atomically(tx -> {
            EventSubscription found = TABLE.get(tx, id);
            if (found.delivery() != EventDelivery.WEBHOOK) {
                throw new ConflictException(TABLE.entity() + " " + id + " has no webhooks: cannot rotate its secret");
            }
            Sql rotate = Sql.of(ROTATE, secret, overlap, id);
            return new IssuedSubscription(TABLE.write(tx, "rotate_secret", id, rotate), secret);
        });
    }

    /** Deletes the subscription with its cursor and parked events; false when none has the id. Events stay. */
    public boolean delete(UUID id) {
        Objects.requireNonNull(id, "id");
        return jdbc.atomically(tx -> {
            EventCursors.find(tx, id, "for update");
            return TABLE.delete(tx, id);
        });
    }

    /**
     * Delivers parked events again, and with each of them all parked ones of its aggregate, in order and before newer ones of the
     * aggregate. One that fails again is parked again.
     *
     * @return how many are to be delivered now that were not before
     * @throws NotFoundException if none has the id
     */
    public int retryParked(UUID id, ParkedEventFilter filter) {
        Objects.requireNonNull(filter, "filter");
        return parked(id, "retry_parked", tx -> ParkedEvents.retry(tx, id, filter));
    }

    /**
     * Gives up on parked events that the cursor has passed: they are not delivered. What waited behind them and never failed is
     * delivered.
     *
     * @return how many were dropped
     * @throws NotFoundException if none has the id
     */
    public int dropParked(UUID id, ParkedEventFilter filter) {
        Objects.requireNonNull(filter, "filter");
        return parked(
                id,
                "drop_parked",
                tx -> ParkedEvents.drop(
                        tx, id, filter, EventCursors.lock(tx, id).position()));
    }

    private static @Nullable SqlArray textsOrNull(@Nullable List<String> values) {
        return values == null ? null : SqlArray.texts(values);
    }
}
