package dev.evalstore.audit;

import dev.evalstore.ActorKind;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which audit entries to list. Conditions add up. Immutable.
 *
 * <p>An index finds an entity or an actor, and a period restricts the search to its months. A filter on an action, a
 * request or a kind of actor alone reads every month.
 */
public final class AuditFilter extends Conditions<AuditFilter> {
    /** Every entry. */
    public static final AuditFilter ALL = new AuditFilter(Sql.NONE);

    private AuditFilter(Sql sql) {
        super(sql, AuditFilter::new);
    }

    /** Only entries of the actor with this id. */
    public AuditFilter actor(UUID id) {
        return and("and actor_id = ?", Objects.requireNonNull(id, "id"));
    }

    /** Only entries of this kind of actor. */
    public AuditFilter actorKind(ActorKind kind) {
        return and("and actor_kind = ?", Objects.requireNonNull(kind, "kind"));
    }

    /** Only entries of this action. */
    public AuditFilter action(String action) {
        return and("and action = ?", Check.text("action", action));
    }

    /** Only entries about this kind of entity, and with an id only about that entity. */
    public AuditFilter entity(String type, @Nullable String id) {
        Check.contentOrNull("entityId", id);
        AuditFilter ofType = and("and entity_type = ?", Check.text("entityType", type));
        return id == null ? ofType : ofType.and("and entity_id = ?", id);
    }

    /** Only entries of this request. */
    public AuditFilter request(String id) {
        return and("and request_id = ?", Check.content("requestId", id));
    }

    /** Only entries of what happened at {@code from} or later, and before {@code to}; either may be null. */
    public AuditFilter occurred(@Nullable Instant from, @Nullable Instant to) {
        return between("and occurred_at >= ?", from, "and occurred_at < ?", to);
    }
}
