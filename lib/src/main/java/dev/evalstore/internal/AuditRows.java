package dev.evalstore.internal;

import dev.evalstore.audit.Actor;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.net.InetAddress;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How a line of the audit trail is written, by its repository and by whatever else leaves one. */
public final class AuditRows {
    public static final String TABLE = "audit_log";

    public static final String COLUMNS =
            "id, actor_id, actor_label, actor_kind, action, entity_type, entity_id, changes,"
                    + " ip_address, user_agent, request_id, metadata, occurred_at";

    private static final String INSERT = "insert into evalstore.audit_log (" + COLUMNS
            + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?::inet, ?, ?, ?, coalesce(?::timestamptz, statement_timestamp()))";

    private AuditRows() {}

    /** Appends one line. */
    static void append(Jdbc jdbc, NewAuditEntry entry) {
        Partitions.inserting(
                jdbc,
                TABLE,
                java.util.Collections.singletonList(entry),
                NewAuditEntry::occurredAt,
                () -> jdbc.update(insert(jdbc, Uuids.next(), entry)));
    }

    public static Sql insert(Jdbc jdbc, UUID id, NewAuditEntry entry) {
        Actor actor = actor(jdbc, entry);
        return Sql.of(
                INSERT,
                id,
                actor.id(),
                actor.label(),
                actor.kind(),
                entry.action(),
                entry.entityType(),
                entry.entityId(),
                entry.changes(),
                literal(actor.ipAddress()),
                actor.userAgent(),
                actor.requestId(),
                entry.metadata(),
                entry.occurredAt());
    }

    /** The one who is named, or who acts, or nobody in particular. */
    public static Actor actor(Jdbc jdbc, NewAuditEntry entry) {
        return entry.actor() != null ? entry.actor() : Objects.requireNonNullElse(jdbc.actor(), Actor.SYSTEM);
    }

    /** An address as PostgreSQL reads it: Java may hang the network interface on it. */
    public static @Nullable String literal(@Nullable InetAddress address) {
        return address == null ? null : address.getHostAddress().replaceFirst("%.*", "");
    }
}
