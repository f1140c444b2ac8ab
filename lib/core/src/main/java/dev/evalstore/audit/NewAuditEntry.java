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
 * @param by who did it, and in which request; null for the one on whose behalf the repository acts, or else {@link Actor#SYSTEM}
 * @param action what they did; not blank
 * @param entityType to what kind of thing; not blank
 * @param entityId to which one, or null
 * @param changes the fields that changed, see {@link AuditChanges}, or null
 * @param metadata anything else, or null
 * @param occurredAt when it happened, from 2000 to 2100; null for now by the server's clock
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

    /** Somebody did something to a thing, now. */
    public static NewAuditEntry of(String action, String entityType, @Nullable Object entityId) {
        return new NewAuditEntry(
                null, action, entityType, entityId == null ? null : entityId.toString(), null, null, null);
    }

    /** The same, done by this actor. */
    public NewAuditEntry actor(Actor who) {
        return by(ActingContext.of(who));
    }

    /** The same, done by this actor in this request. */
    public NewAuditEntry by(ActingContext who) {
        return new NewAuditEntry(who, action, entityType, entityId, changes, metadata, occurredAt);
    }

    /** The same with what changed. */
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
