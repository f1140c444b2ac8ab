package dev.evalstore.internal.audit;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.Json;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Acting;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.Partitions;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How an audit entry is written, by its repository and by every audited write. */
public final class AuditRows {
    public static final String TABLE = "audit_log";

    public static final String COLUMNS = "id, actor_id, actor_label, actor_kind, action, entity_type, entity_id, changes,"
            + " ip_address, user_agent, request_id, metadata, occurred_at";

    private static final String INSERT = """
            /* audit_log.record */ insert into evalstore.audit_log ({columns})
            values (?, ?, ?, ?, ?, ?, ?, ?, ?::inet, ?, ?, ?, coalesce(?::timestamptz, statement_timestamp()))"""
            .replace("{columns}", COLUMNS);

    private static final ActingContext NOBODY = ActingContext.of(Actor.SYSTEM);

    private AuditRows() {}

    /**
     * An entry as it is stored.
     *
     * @param occurredAt null for the server's now
     */
    public record Entry(
            UUID id,
            ActingContext by,
            String action,
            String entityType,
            @Nullable String entityId,
            @Nullable Json changes,
            @Nullable Json metadata,
            @Nullable Instant occurredAt) {}

    /** Whoever acts, or nobody in particular. */
    public static ActingContext context(Jdbc jdbc) {
        Acting acting = jdbc.acting();
        return acting == null ? NOBODY : acting.context();
    }

    /** Appends an entry of whoever acts, now. */
    public static void append(
            Jdbc jdbc, String action, String entityType, String entityId, @Nullable Json changes) {
        Entry entry = new Entry(Uuids.next(), context(jdbc), action, entityType, entityId, changes, null, null);
        Partitions.inserting(jdbc, TABLE, Set.of(), () -> jdbc.update(insert(entry)));
    }

    public static Sql insert(Entry entry) {
        Actor actor = entry.by().actor();
        return Sql.of(
                INSERT,
                entry.id(),
                actor.id(),
                actor.label(),
                actor.kind(),
                entry.action(),
                entry.entityType(),
                entry.entityId(),
                entry.changes(),
                literal(actor.ipAddress()),
                actor.userAgent(),
                entry.by().requestId(),
                entry.metadata(),
                entry.occurredAt());
    }

    /** An address as PostgreSQL reads it: Java may hang the network interface on it. */
    public static @Nullable String literal(@Nullable InetAddress address) {
        return address == null ? null : address.getHostAddress().replaceFirst("%.*", "");
    }
}
