package dev.evalstore.audit;

import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.Cursor;
import dev.evalstore.DatabaseException;
import dev.evalstore.Page;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.audit.AuditRows;
import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.schema.Partitions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The audit trail; obtained from {@code Database} or {@code Tx}. Lines are appended and read. The database refuses to change or
 * delete one, whoever asks; whole months go by {@link #cleanup}, which the owner of the tables alone may do. Written through a
 * {@code Tx}, a line is stored exactly if what it tells of is.
 */
public final class AuditRepository {
    /** From here on a binary copy is faster than one statement with arrays. */
    private static final int COPY_FROM = 500;

    static final Table<AuditEntry> TABLE = Table.of(
            "audit entry",
            AuditRows.TABLE,
            "id, occurred_at, actor_id, actor_label, actor_kind, action, entity_type, entity_id, changes,"
                    + " host(ip_address) as ip_address, user_agent, request_id, metadata, created_at",
            AuditRepository::map);

    private static final Keyset<AuditEntry> NEWEST =
            Keyset.newestFirst(AuditRows.TABLE, "occurred_at", "id", AuditEntry::occurredAt, AuditEntry::id);

    private static final String INSERT_ALL = "insert into evalstore.audit_log (" + AuditRows.COLUMNS + ")"
            + " select r.id, r.actor_id, r.actor_label, r.actor_kind, r.action, r.entity_type, r.entity_id, r.changes,"
            + " r.ip_address::inet, r.user_agent, r.request_id, r.metadata, coalesce(r.occurred_at, statement_timestamp())"
            + " from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::jsonb[],"
            + " ?::text[], ?::text[], ?::text[], ?::jsonb[], ?::timestamptz[]) as r (" + AuditRows.COLUMNS + ")";

    private static final String COPY_ALL =
            "copy evalstore.audit_log (" + AuditRows.COLUMNS + ") from stdin (format binary)";

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public AuditRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** An entry with what it leaves to us filled in. */
    private record Line(UUID id, Actor actor, NewAuditEntry entry) {}

    /**
     * Appends a line and gives it back as stored. Not repeated by the library: a line has no name by which a second copy could be
     * told.
     *
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost before the answer
     */
    public AuditEntry record(NewAuditEntry entry) {
        Objects.requireNonNull(entry, "entry");
        Sql insert = AuditRows.insert(jdbc, Uuids.next(), entry).and("returning " + TABLE.columns());
        return inserting(
                List.of(entry), () -> jdbc.change(insert, TABLE.mapper()).orElseThrow());
    }

    /**
     * Appends all of them or none, in one statement: arrays, or from 500 lines on a binary copy.
     *
     * @return their ids, in the order given; empty for an empty list
     */
    public List<UUID> recordAll(List<NewAuditEntry> entries) {
        List<Line> lines = List.copyOf(entries).stream()
                .map(entry -> new Line(Uuids.next(), AuditRows.actor(jdbc, entry), entry))
                .toList();
        if (lines.size() >= COPY_FROM) {
            Instant now = jdbc.now();
            inserting(entries, () -> jdbc.copyIn(COPY_ALL, out -> copy(out, lines, now)));
        } else if (!lines.isEmpty()) {
            inserting(entries, () -> jdbc.update(insertAll(lines)));
        }
        return lines.stream().map(Line::id).toList();
    }

    private <T> T inserting(List<NewAuditEntry> entries, java.util.function.Supplier<T> insert) {
        return Partitions.inserting(jdbc, AuditRows.TABLE, entries, NewAuditEntry::occurredAt, insert);
    }

    private static Sql insertAll(List<Line> lines) {
        return Sql.of(
                INSERT_ALL,
                SqlArray.uuids(lines, Line::id),
                SqlArray.uuids(lines, line -> line.actor().id()),
                SqlArray.texts(lines, line -> line.actor().label()),
                SqlArray.words(lines, line -> line.actor().kind()),
                SqlArray.texts(lines, line -> line.entry().action()),
                SqlArray.texts(lines, line -> line.entry().entityType()),
                SqlArray.texts(lines, line -> line.entry().entityId()),
                SqlArray.jsons(lines, line -> line.entry().changes()),
                SqlArray.texts(lines, line -> AuditRows.literal(line.actor().ipAddress())),
                SqlArray.texts(lines, line -> line.actor().userAgent()),
                SqlArray.texts(lines, line -> line.actor().requestId()),
                SqlArray.jsons(lines, line -> line.entry().metadata()),
                SqlArray.instants(lines, line -> line.entry().occurredAt()));
    }

    private static void copy(BinaryCopy out, List<Line> lines, Instant now) throws SQLException {
        for (Line line : lines) {
            Actor actor = line.actor();
            NewAuditEntry entry = line.entry();
            out.row(13)
                    .uuid(line.id())
                    .uuid(actor.id())
                    .text(actor.label())
                    .word(actor.kind())
                    .text(entry.action())
                    .text(entry.entityType())
                    .text(entry.entityId())
                    .json(entry.changes())
                    .inet(actor.ipAddress())
                    .text(actor.userAgent())
                    .text(actor.requestId())
                    .json(entry.metadata())
                    .instant(Objects.requireNonNullElse(entry.occurredAt(), now));
        }
    }

    /**
     * What was done to one thing, newest first.
     *
     * @param entityType its kind
     * @param entityId its id, as text
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<AuditEntry> history(String entityType, Object entityId, int limit, @Nullable Cursor after) {
        return list(AuditFilter.ALL.entity(Check.text("entityType", entityType), entityId.toString()), limit, after);
    }

    /** What somebody did, newest first; see {@link #list}. Also for those who are gone. */
    public Page<AuditEntry> byActor(UUID actorId, int limit, @Nullable Cursor after) {
        return list(AuditFilter.ALL.actor(actorId), limit, after);
    }

    /**
     * Lines that the filter admits, newest first.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after where the page before ended, or null for the first
     * @throws IllegalArgumentException if the limit is out of range or the cursor is another list's
     */
    public Page<AuditEntry> list(AuditFilter filter, int limit, @Nullable Cursor after) {
        return TABLE.page(jdbc, filter.sql(), NEWEST, limit, after);
    }

    /** How many lines the filter admits. Counts them: the time grows with the answer. */
    public long count(AuditFilter filter) {
        return TABLE.count(jdbc, filter.sql());
    }

    /**
     * Drops the months (UTC) that ended longer ago than the retention, each whole and at once.
     *
     * @return how many months went
     * @throws DatabaseException with SQLSTATE 42501, unless this database was opened as the owner of the tables
     */
    public int cleanup(Duration retention) {
        return Partitions.dropOlderThan(jdbc, AuditRows.TABLE, retention);
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

    private static @Nullable InetAddress address(@Nullable String literal) throws SQLException {
        try {
            return literal == null ? null : InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new SQLException("ip_address is no address", e);
        }
    }
}
