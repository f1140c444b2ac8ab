package dev.evalstore.event;

import dev.evalstore.ActorKind;
import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to an aggregate.
 *
 * @param position the order of events; never given twice
 * @param id version 7; a {@code causationId} names it
 * @param eventType what happened, such as {@code submission.created}
 * @param aggregateType the kind of thing it happened to, such as {@code submission}
 * @param aggregateId the thing; of a composite key the parts with a slash between them
 * @param eventVersion the version of the payload's form
 * @param correlationId the same for everything that one cause led to, or null
 * @param causationId the event or command that led to this, or null
 * @param actorKind the kind of actor, or null where nobody was named
 * @param actorId the actor's id, or null
 * @param partitionKey events with the same key keep their order when receivers spread them
 * @param createdAt when its statement began, by the server's clock
 */
public record DomainEvent(
        long position,
        UUID id,
        String eventType,
        String aggregateType,
        String aggregateId,
        int eventVersion,
        Json payload,
        @Nullable UUID correlationId,
        @Nullable UUID causationId,
        @Nullable ActorKind actorKind,
        @Nullable UUID actorId,
        String partitionKey,
        Instant createdAt) {}
