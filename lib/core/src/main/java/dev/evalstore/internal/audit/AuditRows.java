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

/** Writes audit entries, for the audit log's repository and for every audited write. */
public final class AuditRows {
    public static final String TABLE = "audit_log";

    /** The columns that an insert names. */
    public static final String WRITTEN = """
            id, actor_id, actor_label, actor_kind, action, entity_type, entity_id, changes, ip_address, user_agent,
            request_id, metadata, occurred_at""";

    private static final String RECORD = """
            /* audit_log.record */ insert into evalstore.audit_log ({written})
            values (?, ?, ?, ?, ?, ?, ?, ?, ?::inet, ?, ?, ?,
                coalesce(?::timestamptz, statement_timestamp()))""".replace("{written}", WRITTEN);

    private static final ActingContext SYSTEM = ActingContext.of(Actor.SYSTEM);

    private AuditRows() {}

    /** The context that the repositories act in, or that of {@link Actor#SYSTEM} where nobody was named. */
    public static ActingContext context(Jdbc jdbc) {
        Acting acting = jdbc.acting();
        return acting == null ? SYSTEM : acting.context();
    }

    /** Appends an entry for the context that the repositories act in, now. */
    public static void append(
            Jdbc jdbc,
            String action,
            String entityType,
            String entityId,
            @Nullable Json changes,
            @Nullable Json metadata) {
        Entry entry = new Entry(Uuids.next(), context(jdbc), action, entityType, entityId, changes, metadata, null);
        Partitions.inserting(jdbc, TABLE, Set.of(), () -> jdbc.update(insert(entry)));
    }

    public static Sql insert(Entry entry) {
        Actor actor = entry.by().actor();
        return Sql.of(
                RECORD,
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

    /** An address as PostgreSQL reads it: Java may append the network interface. */
    public static @Nullable String literal(@Nullable InetAddress address) {
        return address == null ? null : address.getHostAddress().replaceFirst("%.*", "");
    }

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
}
