package dev.evalstore.event;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.Secret;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A subscription to make; {@link EventSubscription} describes the fields.
 *
 * @param name lower-case letters and digits in parts joined by single hyphens or dots, 1 to 100 characters
 * @param wanted which events
 * @param endpoint for webhooks an address of http or https, for jobs the type of the jobs; null for the other deliveries
 * @param secret for webhooks {@code whsec_} and 24 to 64 bytes in base64, or null to have one made; null for the other deliveries
 * @param start with which event it begins; now unless given
 * @param maxFailures 1 to 1,000; 10 unless given
 * @param onPoison park unless given
 */
public record NewEventSubscription(
        String name,
        EventDelivery delivery,
        Wanted wanted,
        @Nullable String endpoint,
        @Secret @Nullable String secret,
        EventStart start,
        int maxFailures,
        OnPoison onPoison) {
    private static final int DEFAULT_FAILURES = 10;

    /**
     * Which events a subscription gets: those of one of the types and of one of the kinds of aggregates.
     *
     * @param eventTypes 1 to 100, each not blank and at most 800 bytes in UTF-8, or null for every type
     * @param aggregateTypes the same of kinds of aggregates
     */
    public record Wanted(
            @Nullable List<String> eventTypes, @Nullable List<String> aggregateTypes) {
        /** Every event. */
        public static final Wanted ALL = new Wanted(null, null);

        public Wanted {
            eventTypes = SubscriptionRules.types("eventTypes", eventTypes);
            aggregateTypes = SubscriptionRules.types("aggregateTypes", aggregateTypes);
        }
    }

    public NewEventSubscription {
        SubscriptionRules.name("name", name);
        Objects.requireNonNull(delivery, "delivery");
        Objects.requireNonNull(wanted, "wanted");
        SubscriptionRules.endpointOrNull(delivery, endpoint);
        if (secret != null && delivery != EventDelivery.WEBHOOK) {
            throw new IllegalArgumentException("secret must be null unless the delivery is webhook");
        }
        if (secret != null) {
            WebhookSecrets.check("secret", secret);
        }
        Objects.requireNonNull(start, "start");
        Check.range("maxFailures", maxFailures, 1, SubscriptionRules.MAX_FAILURES);
        Objects.requireNonNull(onPoison, "onPoison");
    }

    /** With every event from now on. Webhooks and jobs need an {@link #endpoint} too. */
    public static NewEventSubscription of(String name, EventDelivery delivery) {
        return new NewEventSubscription(
                name, delivery, Wanted.ALL, null, null, EventStart.now(), DEFAULT_FAILURES, OnPoison.PARK);
    }

    /** Only events of these types, 1 to 100. */
    public NewEventSubscription eventTypes(String... types) {
        return wanted(new Wanted(Check.list("eventTypes", types), wanted.aggregateTypes));
    }

    /** Only events of these kinds of aggregates, 1 to 100. */
    public NewEventSubscription aggregateTypes(String... types) {
        return wanted(new Wanted(wanted.eventTypes, Check.list("aggregateTypes", types)));
    }

    public NewEventSubscription wanted(Wanted value) {
        return new NewEventSubscription(name, delivery, value, endpoint, secret, start, maxFailures, onPoison);
    }

    public NewEventSubscription endpoint(@Nullable String value) {
        return new NewEventSubscription(name, delivery, wanted, value, secret, start, maxFailures, onPoison);
    }

    public NewEventSubscription secret(@Nullable String value) {
        return new NewEventSubscription(name, delivery, wanted, endpoint, value, start, maxFailures, onPoison);
    }

    public NewEventSubscription start(EventStart value) {
        return new NewEventSubscription(name, delivery, wanted, endpoint, secret, value, maxFailures, onPoison);
    }

    public NewEventSubscription maxFailures(int value) {
        return new NewEventSubscription(name, delivery, wanted, endpoint, secret, start, value, onPoison);
    }

    public NewEventSubscription onPoison(OnPoison value) {
        return new NewEventSubscription(name, delivery, wanted, endpoint, secret, start, maxFailures, value);
    }

    /** Safe to log: without the secret. */
    @Override
    public String toString() {
        return "NewEventSubscription[name=" + name + ", delivery=" + delivery + ", wanted=" + wanted + ", start="
                + start + ", maxFailures=" + maxFailures + ", onPoison=" + onPoison + "]";
    }
}
