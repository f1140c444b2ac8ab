package dev.evalstore.audit;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry to append to the audit log; {@link AuditEntry} describes the fields.
 *
 * @param by the actor and the request; null for the context that the repository acts in, or else {@link Actor#SYSTEM}
 * @param action not blank
 * @param entityType not blank, at most 800 bytes in UTF-8
 * @param entityId at most 800 bytes in UTF-8, or null
 * @param occurredAt from 2000 to 2100; null for now by the server's clock
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
        Check.name("entityType", entityType);
        if (entityId != null) {
            Check.indexed("entityId", entityId);
        }
        Check.yearsOrNull("occurredAt", occurredAt);
    }

    /** An action on an entity, now. */
    public static NewAuditEntry of(String action, String entityType, @Nullable Object entityId) {
        return new NewAuditEntry(
                null, action, entityType, entityId == null ? null : entityId.toString(), null, null, null);
    }

    /** The same by this actor, without a request. */
    public NewAuditEntry actor(Actor value) {
        return by(ActingContext.of(value));
    }

    public NewAuditEntry by(ActingContext value) {
        return new NewAuditEntry(value, action, entityType, entityId, changes, metadata, occurredAt);
    }

    public NewAuditEntry changes(@Nullable Json value) {
        return new NewAuditEntry(by, action, entityType, entityId, value, metadata, occurredAt);
    }

    public NewAuditEntry metadata(Json value) {
        return new NewAuditEntry(by, action, entityType, entityId, changes, value, occurredAt);
    }

    public NewAuditEntry occurredAt(Instant value) {
        return new NewAuditEntry(by, action, entityType, entityId, changes, metadata, value);
    }
}
