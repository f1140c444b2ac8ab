package dev.evalstore.audit;

import dev.evalstore.ActorKind;
import dev.evalstore.Cursor;
import dev.evalstore.Lists;
import dev.evalstore.Page;
import dev.evalstore.internal.audit.AuditRows;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Table;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link AuditRepository} that only read. */
public sealed class AuditReads implements Lists<AuditEntry, AuditFilter> permits AuditRepository {
    static final Table<AuditEntry> TABLE = Table.of("audit entry", AuditRows.TABLE, """
                    id, occurred_at, actor_id, actor_label, actor_kind, action, entity_type, entity_id, changes,
                    ip_address, user_agent, request_id, metadata, created_at""", AuditReads::map)
            .key("occurred_at", "id")
            .order(Keyset.newestFirst(AuditRows.TABLE, "occurred_at", "id", AuditEntry::occurredAt, AuditEntry::id));

    final Jdbc jdbc;

    /** Called by {@code Reading} alone. */
    public AuditReads(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A page of the entries about one entity, newest first; see {@link #list}.
     *
     * @param entityType the entity's kind
     * @param entityId the entity's id, read by its {@code toString}
     */
    public Page<AuditEntry> history(String entityType, Object entityId, int limit, @Nullable Cursor after) {
        return list(AuditFilter.ALL.entity(entityType, entityId.toString()), limit, after);
    }

    /** A page of the entries of one actor, who may have been deleted, newest first; see {@link #list}. */
    public Page<AuditEntry> byActor(UUID actorId, int limit, @Nullable Cursor after) {
        return list(AuditFilter.ALL.actor(actorId), limit, after);
    }

    /**
     * A page of the entries that the filter admits, newest first by {@code occurredAt}. Limit, cursor and errors are
     * those of {@link Lists#list(Object, int, Cursor)}.
     */
    @Override
    public Page<AuditEntry> list(AuditFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.list(jdbc, filter, limit, after);
    }

    @Override
    public void forEach(AuditFilter filter, Consumer<? super AuditEntry> consumer) {
        TABLE.forEach(jdbc, filter, consumer);
    }

    @Override
    public long count(AuditFilter filter) {
        return TABLE.count(jdbc, filter);
    }

    private static AuditEntry map(Row row) throws SQLException {
        return new AuditEntry(
                row.uuid("id"),
                row.instant("occurred_at"),
                row.uuidOrNull("actor_id"),
                row.text("actor_label"),
                row.enumValue("actor_kind", ActorKind.class),
                row.text("action"),
                row.text("entity_type"),
                row.textOrNull("entity_id"),
                row.jsonOrNull("changes"),
                address(row.textOrNull("ip_address")),
                row.textOrNull("user_agent"),
                row.textOrNull("request_id"),
                row.jsonOrNull("metadata"),
                row.instant("created_at"));
    }

    /** Another writer may have stored a network, whose mask no address has. */
    private static @Nullable InetAddress address(@Nullable String literal) throws SQLException {
        try {
            return literal == null ? null : InetAddress.getByName(literal.replaceFirst("/.*", ""));
        } catch (UnknownHostException e) {
            throw new SQLException("ip_address is no address", e);
        }
    }
}
