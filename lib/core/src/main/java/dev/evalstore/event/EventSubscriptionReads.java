package dev.evalstore.event;

import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.StoredJson;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.internal.jdbc.TableRows;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The verbs of {@link EventSubscriptionRepository} that only read. */
public sealed class EventSubscriptionReads extends TableRows<EventSubscription, EventSubscriptionFilter>
        permits EventSubscriptionRepository {
    static final Table<EventSubscription> TABLE = SubscriptionRows.TABLE;

    EventSubscriptionReads(Jdbc jdbc) {
        super(jdbc, TABLE);
    }

    /** The subscription with exactly this name, or empty. */
    public Optional<EventSubscription> findByName(String name) {
        return jdbc.find(TABLE.select("find_by_name").and("and name = ?", Check.content("name", name)), TABLE.mapper());
    }

    /**
     * {@link #findByName}, which must find it.
     *
     * @throws NotFoundException if none has the name, as for text that is no name
     */
    public EventSubscription getByName(String name) {
        return findByName(name)
                .orElseThrow(() ->
                        new NotFoundException(TABLE.entity(), "name", SubscriptionRules.isName(name) ? name : "given"));
    }

    /**
     * How far the subscription is behind, and why: by the primary, also through a {@code Reading}.
     *
     * @throws NotFoundException if none has the id
     */
    public EventLag lag(UUID id) {
        Jdbc present = jdbc.present();
        return EventLags.of(present, TABLE.get(present, id));
    }

    /**
     * A page of the subscription's parked events, by position. Limit, cursor and errors are those of {@link #list(Object, int, Cursor)}.
     * Empty also if there is no such subscription.
     */
    public Page<ParkedEvent> parked(UUID id, ParkedEventFilter filter, int limit, @Nullable Cursor after) {
        return ParkedEvents.list(jdbc, id, filter, limit, after);
    }

    int parked(UUID id, String verb, ToIntFunction<Jdbc> work) {
        Function<Jdbc, Integer> locked = tx -> {
            EventCursors.lock(tx, id);
            return work.applyAsInt(tx);
        };
        return jdbc.atomically(tx -> TABLE.act(tx, verb, id, locked, count -> metadata("events", count)));
    }

    static Json metadata(String name, Number value) {
        return StoredJson.of(JsonCodec.write(Map.of(name, value)));
    }
}
