package dev.evalstore.internal.event;

import dev.evalstore.ActingContext;
import dev.evalstore.ActorKind;
import dev.evalstore.Json;
import dev.evalstore.internal.Uuids;
import dev.evalstore.internal.jdbc.Acting;
import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.RowMapper;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.Partitions;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes domain events, for their repository and for every write that emits one. */
public final class EventRows {
    public static final String TABLE = "domain_events";

    /** The order of events, by the sequence of their positions. */
    public static final FeedOrder ORDER = FeedOrder.by("domain_event_positions");

    /** The columns that an insert names. */
    public static final String WRITTEN = """
            id, event_type, aggregate_type, aggregate_id, event_version, payload, correlation_id, causation_id,
            actor_kind, actor_id, partition_key""";

    /** From this number on, a copy, of three round trips, costs less than an insert each. */
    private static final int COPIED = 5;

    private static final String APPEND = """
            /* domain_events.append */ with {holding}
            insert into evalstore.domain_events (position, {written})
            select {next}, ?::uuid, ?, ?, ?, ?::integer, ?::jsonb, ?::uuid, ?::uuid, ?, ?::uuid, ?
            from holding
            returning position, payload, created_at""".replace("{holding}", ORDER.holding())
            .replace("{next}", ORDER.next())
            .replace("{written}", WRITTEN);

    /** Before a copy, whose positions are drawn one by one. */
    private static final String HOLD = """
            /* domain_events.hold */ with {holding} select 1 as held from holding""".replace("{holding}", ORDER.holding());

    private static final String COPY = """
            /* domain_events.append_all */ copy evalstore.domain_events ({written}) from stdin (format binary)""".replace("{written}", WRITTEN);

    private static final String TELLING =
            """
            {prefix}_happened as materialized (
                {rows}),
            {prefix}_{holding},
            {prefix}_told as (
                insert into evalstore.domain_events
                    (position, id, event_type, aggregate_type, aggregate_id, payload, partition_key{actor_columns})
                select {next}, evalstore.uuid_v7(), e.event_type, e.aggregate_type, e.aggregate_id, e.payload,
                    e.aggregate_id{actor}
                from {prefix}_holding cross join {prefix}_happened e)""".replace("{holding}", ORDER.holdingFor("{prefix}_happened")).replace("{next}", ORDER.next());

    private static final String ACTOR_COLUMNS = ", correlation_id, causation_id, actor_kind, actor_id";
    private static final String ACTOR = ", ?::uuid, ?::uuid, ?, ?::uuid";

    private EventRows() {}

    /**
     * Common table expressions that append events within a statement on the aggregates' own tables, of version 1 and without an
     * actor. Run the statement by {@link #inserting}.
     *
     * @param prefix of their names
     * @param rows a query of {@code event_type}, {@code aggregate_type}, {@code aggregate_id} and {@code payload} over rows that the
     *     statement has locked or made
     */
    public static String telling(String prefix, String rows) {
        return telling(prefix, rows, "", "");
    }

    /** The same with the actor and its cause, whose arguments are {@link #actor}. */
    public static String tellingOfActor(String prefix, String rows) {
        return telling(prefix, rows, ACTOR_COLUMNS, ACTOR);
    }

    private static String telling(String prefix, String rows, String columns, String values) {
        return TELLING.replace("{rows}", rows.strip())
                .replace("{prefix}", prefix)
                .replace("{actor_columns}", columns)
                .replace("{actor}", values);
    }

    /** The arguments of {@link #tellingOfActor}: what the repositories act in. */
    static List<@Nullable Object> actor(Jdbc jdbc) {
        Acting acting = jdbc.acting();
        ActingContext by = acting == null ? null : acting.context();
        return by == null
                ? Arrays.asList(null, null, null, null)
                : Arrays.asList(
                        by.correlationId(),
                        by.causationId(),
                        by.actor().kind(),
                        by.actor().id());
    }

    /** Appends an event and returns what the server gave it: {@code position}, {@code payload} as it is stored, {@code created_at}. */
    public static <T> T append(Jdbc jdbc, Event event, RowMapper<T> mapper) {
        Sql insert = Sql.of(
                APPEND,
                event.id(),
                event.eventType(),
                event.aggregateType(),
                event.aggregateId(),
                event.eventVersion(),
                event.payload(),
                event.correlationId(),
                event.causationId(),
                event.actorKind(),
                event.actorId(),
                event.partitionKey());
        return inserting(jdbc, () -> jdbc.change(insert, mapper).orElseThrow());
    }

    /** Appends an event. */
    public static void append(Jdbc jdbc, Event event) {
        append(jdbc, event, row -> row.bigint("position"));
    }

    /** Appends events in this order, all or none. */
    public static void appendAll(Jdbc jdbc, List<Event> events) {
        if (events.size() < COPIED) {
            if (!events.isEmpty()) {
                jdbc.atomically(tx -> {
                    events.forEach(event -> append(tx, event));
                    return events.size();
                });
            }
            return;
        }
        inserting(
                jdbc,
                () -> jdbc.atomically(tx -> {
                    tx.one(Sql.of(HOLD), row -> row.integer("held"));
                    return tx.copyIn(COPY, out -> copy(out, events));
                }));
    }

    /** Runs what inserts events of now, and wakes dispatchers; a missing partition is made. */
    public static <T> T inserting(Jdbc jdbc, Supplier<T> insert) {
        return inserting(jdbc, insert, result -> true);
    }

    /** The same of what may have inserted none, which its result tells: then nobody is woken. */
    public static <T> T inserting(Jdbc jdbc, Supplier<T> insert, Predicate<T> hasInserted) {
        T result = Partitions.inserting(jdbc, TABLE, Set.of(), insert);
        if (hasInserted.test(result)) {
            EventWakeups.DISPATCHERS.afterCommit(jdbc);
        }
        return result;
    }

    private static void copy(BinaryCopy out, List<Event> events) throws SQLException {
        for (Event event : events) {
            out.row(11)
                    .uuid(event.id())
                    .text(event.eventType())
                    .text(event.aggregateType())
                    .text(event.aggregateId())
                    .integer(event.eventVersion())
                    .json(event.payload())
                    .uuid(event.correlationId())
                    .uuid(event.causationId())
                    .word(event.actorKind())
                    .uuid(event.actorId())
                    .text(event.partitionKey());
        }
    }

    /** An event as it is stored. */
    public record Event(
            UUID id,
            String eventType,
            String aggregateType,
            String aggregateId,
            int eventVersion,
            Json payload,
            @Nullable UUID correlationId,
            @Nullable UUID causationId,
            @Nullable ActorKind actorKind,
            @Nullable UUID actorId,
            String partitionKey) {
        /** Version 1 of an event of the library's own, caused by what the repositories act in. */
        public static Event of(Jdbc jdbc, String eventType, String aggregateType, String aggregateId, Json payload) {
            Acting acting = jdbc.acting();
            ActingContext by = acting == null ? null : acting.context();
            return new Event(
                    Uuids.next(),
                    eventType,
                    aggregateType,
                    aggregateId,
                    1,
                    payload,
                    by == null ? null : by.correlationId(),
                    by == null ? null : by.causationId(),
                    by == null ? null : by.actor().kind(),
                    by == null ? null : by.actor().id(),
                    aggregateId);
        }
    }
}
