package dev.evalstore.audit;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.Cleanup;
import dev.evalstore.DatabaseException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.audit.AuditRows;
import dev.evalstore.internal.audit.AuditRows.Entry;
import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.schema.PartitionRetention;
import dev.evalstore.internal.schema.Partitions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The audit log. Entries are appended and read; the database refuses to change or delete one, for every role. Only the
 * owner of the tables can remove entries, by whole months ({@link #cleanup}). An entry that is recorded through a
 * {@code Tx} commits with the change that it describes, or not at all.
 */
public final class AuditRepository extends AuditReads {
    /** The number of entries from which a binary copy is faster than one statement with arrays. */
    private static final int COPY_FROM = 500;

    private static final String RETURNING = TABLE.text("returning {columns}");

    private static final String RECORD_ALL = """
            /* audit_log.record_all */ insert into evalstore.audit_log ({written})
            select r.id, r.actor_id, r.actor_label, r.actor_kind, r.action, r.entity_type, r.entity_id, r.changes,
                r.ip_address::inet, r.user_agent, r.request_id, r.metadata,
                coalesce(r.occurred_at, statement_timestamp())
            from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::jsonb[],
                ?::text[], ?::text[], ?::text[], ?::jsonb[], ?::timestamptz[])
                as r ({written})""".replace("{written}", AuditRows.WRITTEN);

    private static final String COPY_ALL = """
            /* audit_log.copy_all */ copy evalstore.audit_log ({written})
            from stdin (format binary)""".replace("{written}", AuditRows.WRITTEN);

    /** Called by {@code Repositories} alone. */
    public AuditRepository(Jdbc jdbc) {
        super(jdbc);
    }

    /**
     * Appends an entry and returns it as stored. The library does not repeat this after a lost connection, since
     * nothing tells a second copy of an entry from the first.
     *
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer
     */
    public AuditEntry record(NewAuditEntry entry) {
        Objects.requireNonNull(entry, "entry");
        Sql insert = AuditRows.insert(stored(entry, AuditRows.context(jdbc))).and(RETURNING);
        return inserting(
                List.of(entry), () -> jdbc.change(insert, TABLE.mapper()).orElseThrow());
    }

    /**
     * Appends all entries or none, in one statement: arrays, or a binary copy from 500 entries on.
     *
     * @return their ids, in the order given; empty for an empty list
     */
    public List<UUID> recordAll(List<NewAuditEntry> entries) {
        ActingContext context = AuditRows.context(jdbc);
        List<Entry> rows = List.copyOf(entries).stream()
                .map(entry -> stored(entry, context))
                .toList();
        if (rows.size() >= COPY_FROM) {
            Instant now = jdbc.now();
            inserting(entries, () -> jdbc.copyIn(COPY_ALL, out -> copy(out, rows, now)));
        } else if (!rows.isEmpty()) {
            inserting(entries, () -> jdbc.update(recordAllOf(rows)));
        }
        return rows.stream().map(Entry::id).toList();
    }

    /**
     * Drops the months (UTC) that ended longer ago than the retention, each whole and at once.
     *
     * @return how many months were dropped; one call drops them all
     * @throws DatabaseException with SQLSTATE 42501, unless this database was opened as the owner of the tables
     */
    public Cleanup cleanup(Duration retention) {
        return new Cleanup(PartitionRetention.dropOlderThan(jdbc, AuditRows.TABLE, retention), false);
    }

    private <T> T inserting(List<NewAuditEntry> entries, Supplier<T> insert) {
        return Partitions.inserting(jdbc, AuditRows.TABLE, entries, NewAuditEntry::occurredAt, insert);
    }

    private static Entry stored(NewAuditEntry entry, ActingContext context) {
        return new Entry(
                Uuids.next(),
                Objects.requireNonNullElse(entry.by(), context),
                entry.action(),
                entry.entityType(),
                entry.entityId(),
                entry.changes(),
                entry.metadata(),
                entry.occurredAt());
    }

    private static Sql recordAllOf(List<Entry> rows) {
        List<ActingContext> contexts = rows.stream().map(Entry::by).toList();
        List<Actor> actors = contexts.stream().map(ActingContext::actor).toList();
        return Sql.of(
                RECORD_ALL,
                SqlArray.uuids(rows, Entry::id),
                SqlArray.uuids(actors, Actor::id),
                SqlArray.texts(actors, Actor::label),
                SqlArray.words(actors, Actor::kind),
                SqlArray.texts(rows, Entry::action),
                SqlArray.texts(rows, Entry::entityType),
                SqlArray.texts(rows, Entry::entityId),
                SqlArray.jsons(rows, Entry::changes),
                SqlArray.texts(actors, actor -> AuditRows.literal(actor.ipAddress())),
                SqlArray.texts(actors, Actor::userAgent),
                SqlArray.texts(contexts, ActingContext::requestId),
                SqlArray.jsons(rows, Entry::metadata),
                SqlArray.instants(rows, Entry::occurredAt));
    }

    /** A copy has no default for some rows only, so the caller asks the server for the time. */
    private static void copy(BinaryCopy out, List<Entry> rows, Instant now) throws SQLException {
        for (Entry row : rows) {
            Actor actor = row.by().actor();
            out.row(13)
                    .uuid(row.id())
                    .uuid(actor.id())
                    .text(actor.label())
                    .word(actor.kind())
                    .text(row.action())
                    .text(row.entityType())
                    .text(row.entityId())
                    .json(row.changes())
                    .inet(actor.ipAddress())
                    .text(actor.userAgent())
                    .text(row.by().requestId())
                    .json(row.metadata())
                    .instant(Objects.requireNonNullElse(row.occurredAt(), now));
        }
    }
}
