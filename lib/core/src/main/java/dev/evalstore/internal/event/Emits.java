package dev.evalstore.internal.event;

import dev.evalstore.Json;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.StoredJson;
import dev.evalstore.internal.event.EventRows.Event;
import dev.evalstore.internal.jdbc.Emitter;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which domain events the writes to an aggregate's table append, each in the commit of its write and after it, while the row is
 * locked. Declared once beside the table and never changed afterwards.
 *
 * <p>The payload has fields of the row, as it is after the write or as it was before its deletion: those that the record gives under
 * their names, and those that are told by a function. What must not be told must not be among them.
 */
public final class Emits<T> implements Emitter<T> {
    private final String aggregateType;
    private final List<Field<T>> fields;
    private final Map<String, String> types;
    private final boolean whenAsked;
    private final Discretion<T> discretion;

    private Emits(
            String aggregateType,
            List<Field<T>> fields,
            Map<String, String> types,
            boolean whenAsked,
            Discretion<T> discretion) {
        this.aggregateType = aggregateType;
        this.fields = fields;
        this.types = types;
        this.whenAsked = whenAsked;
        this.discretion = discretion;
    }

    /** A field of payloads; without a function it is the record's component of the name. */
    private record Field<T>(String name, @Nullable Function<? super T, ? extends @Nullable Object> of) {}

    /** Of the rows that it applies to, only these fields are told. */
    private record Discretion<T>(Predicate<? super T> applies, Set<String> told) {}

    /** Begins a declaration: the aggregate's type, and the components of its record that payloads have. */
    public static <T> Emits<T> as(String aggregateType, String... fields) {
        List<Field<T>> named =
                Stream.of(fields).map(name -> new Field<T>(name, null)).toList();
        return new Emits<>(aggregateType, named, Map.of(), false, new Discretion<>(row -> false, Set.of()));
    }

    /** One more field of payloads. Where all are told so, no row is written as JSON for them, however large it is. */
    public Emits<T> tell(String field, Function<? super T, ? extends @Nullable Object> of) {
        List<Field<T>> all = new ArrayList<>(fields);
        all.add(new Field<>(field, of));
        return new Emits<>(aggregateType, List.copyOf(all), types, whenAsked, discretion);
    }

    /** Payloads of the rows that the condition holds for have these fields alone. */
    public Emits<T> onlyOf(Predicate<? super T> condition, String... told) {
        return new Emits<>(aggregateType, fields, types, whenAsked, new Discretion<>(condition, Set.of(told)));
    }

    /** The write with this verb appends {@code <aggregate type>.<happened>}. */
    public Emits<T> on(String verb, String happened) {
        Map<String, String> all = new TreeMap<>(types);
        all.put(verb, aggregateType + "." + happened);
        return new Emits<>(aggregateType, fields, Map.copyOf(all), whenAsked, discretion);
    }

    /** Only where the options name this type of aggregate. */
    public Emits<T> whenAsked() {
        return new Emits<>(aggregateType, fields, types, true, discretion);
    }

    public String aggregateType() {
        return aggregateType;
    }

    public List<String> fields() {
        return fields.stream().map(Field::name).toList();
    }

    /** The types of events, by the verbs of the writes. */
    public Map<String, String> types() {
        return types;
    }

    @Override
    public boolean emits(Jdbc jdbc, String verb) {
        return types.containsKey(verb) && isAsked(jdbc);
    }

    /** Whether events of this aggregate are appended only where the options name it. */
    public boolean isWhenAsked() {
        return whenAsked;
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
        boolean isDiscreet = discretion.applies().test(row);
        Map<?, ?> named = fields.stream().allMatch(field -> field.of() != null)
                ? Map.of()
                : JsonCodec.read(JsonCodec.write(row), HashMap.class);
        Map<String, @Nullable Object> told = new LinkedHashMap<>();
        for (Field<T> field : fields) {
            if (!isDiscreet || discretion.told().contains(field.name())) {
                told.put(
                        field.name(),
                        field.of() == null
                                ? named.get(field.name())
                                : field.of().apply(row));
            }
        }
        return StoredJson.of(JsonCodec.write(told));
    }

    /** The verbs that append an event. */
    public Set<String> verbs() {
        return types.keySet();
    }
}
