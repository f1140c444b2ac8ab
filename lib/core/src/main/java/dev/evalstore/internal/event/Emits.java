package dev.evalstore.internal.event;

import dev.evalstore.Json;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.StoredJson;
import dev.evalstore.internal.event.EventRows.Event;
import dev.evalstore.internal.jdbc.Emitter;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which domain events the writes to an aggregate's table append, each in the commit of its write and after it, while the row is
 * locked. Declared once beside the table and never changed afterwards.
 *
 * <p>The payload has these fields of the row, as it is after the write or as it was before its deletion, by the names that the record
 * gives them. What must not be told must not be among them.
 */
public final class Emits<T> implements Emitter<T> {
    private final String aggregateType;
    private final List<String> fields;
    private final Map<String, String> types;
    private final boolean whenAsked;

    private Emits(String aggregateType, List<String> fields, Map<String, String> types, boolean whenAsked) {
        this.aggregateType = aggregateType;
        this.fields = fields;
        this.types = types;
        this.whenAsked = whenAsked;
    }

    /** Begins a declaration: the aggregate's type, and the components of its record that payloads have. */
    public static <T> Emits<T> as(String aggregateType, String... fields) {
        return new Emits<>(aggregateType, List.of(fields), Map.of(), false);
    }

    /** The write with this verb appends {@code <aggregate type>.<happened>}. */
    public Emits<T> on(String verb, String happened) {
        Map<String, String> all = new TreeMap<>(types);
        all.put(verb, aggregateType + "." + happened);
        return new Emits<>(aggregateType, fields, Map.copyOf(all), whenAsked);
    }

    /** Only where the options name this type of aggregate. */
    public Emits<T> whenAsked() {
        return new Emits<>(aggregateType, fields, types, true);
    }

    public String aggregateType() {
        return aggregateType;
    }

    public List<String> fields() {
        return fields;
    }

    /** The types of events, by the verbs of the writes. */
    public Map<String, String> types() {
        return types;
    }

    @Override
    public boolean emits(Jdbc jdbc, String verb) {
        return types.containsKey(verb) && isAsked(jdbc);
    }

    /** Whether events of this aggregate are appended here. */
    public boolean isAsked(Jdbc jdbc) {
        return !whenAsked || jdbc.options().events().contains(aggregateType);
    }

    @Override
    public void emit(Jdbc tx, String verb, String id, @Nullable T row) {
        EventRows.append(tx, event(tx, verb, id, row));
    }

    /** The event of a write, for rooms that append many at once. */
    public Event event(Jdbc tx, String verb, String id, @Nullable T row) {
        return Event.of(tx, Objects.requireNonNull(types.get(verb), verb), aggregateType, id, payload(row));
    }

    private Json payload(@Nullable T row) {
        if (row == null || fields.isEmpty()) {
            return Json.EMPTY;
        }
        Map<?, ?> all = JsonCodec.read(JsonCodec.write(row), HashMap.class);
        Map<String, @Nullable Object> told = new LinkedHashMap<>();
        fields.forEach(field -> told.put(field, all.get(field)));
        return StoredJson.of(JsonCodec.write(told));
    }

    /** The verbs that append an event. */
    public Set<String> verbs() {
        return types.keySet();
    }
}
