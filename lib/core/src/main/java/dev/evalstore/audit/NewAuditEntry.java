package dev.evalstore.audit;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry to append to the audit log.
 *
 * @param by the actor, and the request; null for the context that the repository acts in, or else {@link Actor#SYSTEM}
 * @param action the verb, such as {@code update}; not blank
 * @param entityType the kind of entity that was acted on; not blank
 * @param entityId the entity's id, or null
 * @param changes the fields that changed, see {@link AuditChanges}, or null
 * @param metadata anything else, or null
 * @param occurredAt when the action happened, from 2000 to 2100; null for now by the server's clock
 */
public record NewAuditEntry(
        @Nullable ActingContext by,
        String action,
        String entityType,
        @Nullable String entityId,
        @Nullable Json changes,
        @Nullable Json metadata,
        @Nullable Instant occurredAt) {
    public NewAuditEntry {
        Check.text("action", action);
        Check.text("entityType", entityType);
        Check.contentOrNull("entityId", entityId);
        Check.yearsOrNull("occurredAt", occurredAt);
    }

    /** An action on an entity, now. */
    public static NewAuditEntry of(String action, String entityType, @Nullable Object entityId) {
        return new NewAuditEntry(
                null, action, entityType, entityId == null ? null : entityId.toString(), null, null, null);
    }

    /** The same by this actor, without a request. */
    public NewAuditEntry actor(Actor actor) {
        return by(ActingContext.of(actor));
    }

    /** The same by this actor, in this request. */
    public NewAuditEntry by(ActingContext context) {
        return new NewAuditEntry(context, action, entityType, entityId, changes, metadata, occurredAt);
    }

    /** The same with the fields that changed. */
    public NewAuditEntry changes(@Nullable Json fields) {
        return new NewAuditEntry(by, action, entityType, entityId, fields, metadata, occurredAt);
    }

    /** The same with anything else. */
    public NewAuditEntry metadata(Json anything) {
        return new NewAuditEntry(by, action, entityType, entityId, changes, anything, occurredAt);
    }

    /** The same at another time. */
    public NewAuditEntry occurredAt(Instant time) {
        return new NewAuditEntry(by, action, entityType, entityId, changes, metadata, time);
    }
}
