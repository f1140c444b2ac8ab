package dev.evalstore.audit;

import dev.evalstore.ActorKind;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which lines of the audit trail to list; what is null does not filter. An entity, an actor or a span of time is found by an
 * index or its months; an action or a request alone is looked for in all of them.
 *
 * @param actorId only by this one
 * @param actorKind only by this kind
 * @param action only this action
 * @param entityType only to this kind of thing
 * @param entityId only to this one
 * @param requestId only in this request
 * @param from only then or later
 * @param to only before then
 */
public record AuditFilter(
        @Nullable UUID actorId,
        @Nullable ActorKind actorKind,
        @Nullable String action,
        @Nullable String entityType,
        @Nullable String entityId,
        @Nullable String requestId,
        @Nullable Instant from,
        @Nullable Instant to) {
    /** Every line. */
    public static final AuditFilter ALL = new AuditFilter(null, null, null, null, null, null, null, null);

    public AuditFilter {
        Check.textOrNull("action", action);
        Check.textOrNull("entityType", entityType);
        Check.contentOrNull("entityId", entityId);
        Check.contentOrNull("requestId", requestId);
    }

    /** The same, only by this one. */
    public AuditFilter actor(UUID only) {
        return new AuditFilter(only, actorKind, action, entityType, entityId, requestId, from, to);
    }

    /** The same, only by this kind. */
    public AuditFilter actorKind(ActorKind only) {
        return new AuditFilter(actorId, only, action, entityType, entityId, requestId, from, to);
    }

    /** The same, only this action. */
    public AuditFilter action(String only) {
        return new AuditFilter(actorId, actorKind, only, entityType, entityId, requestId, from, to);
    }

    /** The same, only to this kind of thing, and with an id only to that one. */
    public AuditFilter entity(String type, @Nullable String id) {
        return new AuditFilter(actorId, actorKind, action, type, id, requestId, from, to);
    }

    /** The same, only in this request. */
    public AuditFilter request(String only) {
        return new AuditFilter(actorId, actorKind, action, entityType, entityId, only, from, to);
    }

    /** The same, only at {@code start} or later, and before {@code end}; either may be null. */
    public AuditFilter occurred(@Nullable Instant start, @Nullable Instant end) {
        return new AuditFilter(actorId, actorKind, action, entityType, entityId, requestId, start, end);
    }

    Sql sql() {
        return Sql.of("")
                .andIf(actorId != null, "and actor_id = ?", actorId)
                .andIf(actorKind != null, "and actor_kind = ?", actorKind)
                .andIf(action != null, "and action = ?", action)
                .andIf(entityType != null, "and entity_type = ?", entityType)
                .andIf(entityId != null, "and entity_id = ?", entityId)
                .andIf(requestId != null, "and request_id = ?", requestId)
                .andIf(from != null, "and occurred_at >= ?", from)
                .andIf(to != null, "and occurred_at < ?", to);
    }
}
