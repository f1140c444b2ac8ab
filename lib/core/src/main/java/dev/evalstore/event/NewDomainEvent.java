package dev.evalstore.event;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.StoredJson;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event to append; {@link DomainEvent} describes the fields. The actor comes from the acting context.
 *
 * @param eventType not blank, at most 800 bytes in UTF-8
 * @param aggregateType not blank, at most 800 bytes in UTF-8
 * @param aggregateId not blank, at most 800 bytes in UTF-8
 * @param eventVersion at least 1
 * @param payload at most 1,000,000 characters, blanks between its parts not counted
 * @param correlationId null for that of the acting context
 * @param causationId null for that of the acting context
 * @param partitionKey not blank, at most 800 bytes in UTF-8; null for the aggregate's id
 */
public record NewDomainEvent(
        String eventType,
        String aggregateType,
        String aggregateId,
        int eventVersion,
        Json payload,
        @Nullable UUID correlationId,
        @Nullable UUID causationId,
        @Nullable String partitionKey) {
    private static final int MAX_PAYLOAD = 1_000_000;

    public NewDomainEvent {
        Check.name("eventType", eventType);
        Check.name("aggregateType", aggregateType);
        Check.name("aggregateId", aggregateId);
        Check.range("eventVersion", eventVersion, 1, Integer.MAX_VALUE);
        StoredJson.atMost("payload", payload, MAX_PAYLOAD);
        Check.nameOrNull("partitionKey", partitionKey);
    }

    /** Version 1 of an event without a payload. */
    public static NewDomainEvent of(String eventType, String aggregateType, String aggregateId) {
        return new NewDomainEvent(eventType, aggregateType, aggregateId, 1, Json.EMPTY, null, null, null);
    }

    /** The version of the payload's form, and the payload. */
    public NewDomainEvent payload(int version, Json value) {
        return new NewDomainEvent(
                eventType, aggregateType, aggregateId, version, value, correlationId, causationId, partitionKey);
    }

    /** A payload of version 1. */
    public NewDomainEvent payload(Json value) {
        return payload(1, value);
    }

    /** With this correlation and cause, in place of those of the acting context. */
    public NewDomainEvent causedBy(@Nullable UUID correlation, @Nullable UUID causation) {
        return new NewDomainEvent(
                eventType, aggregateType, aggregateId, eventVersion, payload, correlation, causation, partitionKey);
    }

    public NewDomainEvent partitionKey(@Nullable String key) {
        return new NewDomainEvent(
                eventType, aggregateType, aggregateId, eventVersion, payload, correlationId, causationId, key);
    }
}
