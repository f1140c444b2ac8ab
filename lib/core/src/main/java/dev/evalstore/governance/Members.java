package dev.evalstore.governance;

import dev.evalstore.Json;
import dev.evalstore.Patch;
import dev.evalstore.internal.JsonCodec;
import dev.evalstore.internal.StoredJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The members of an object in a document, by name. A message names the member, and no value. */
final class Members {
    private final String path;
    private final Map<?, ?> values;

    private Members(String path, Map<?, ?> values) {
        this.path = path;
        this.values = values;
    }

    /** These names, and more. */
    static Set<String> names(Set<String> names, String... more) {
        Set<String> all = new TreeSet<>(names);
        all.addAll(List.of(more));
        return Set.copyOf(all);
    }

    static Members of(String path, Json document, Set<String> allowed) {
        return of(path, JsonCodec.exact(document.text()), allowed);
    }

    private static Members of(String path, @Nullable Object value, Set<String> allowed) {
        if (!(value instanceof Map<?, ?> members)) {
            throw new IllegalArgumentException(path + " must be an object");
        }
        if (!allowed.containsAll(members.keySet())) {
            throw new IllegalArgumentException(
                    path + " must have no members but " + String.join(", ", new TreeSet<>(allowed)));
        }
        return new Members(path, members);
    }

    /** What the work makes, which may refuse a member by the name of its field. */
    <T> T checked(Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            throw new IllegalArgumentException(message.startsWith(path) ? message : path + ": " + message);
        }
    }

    IllegalArgumentException missing(String name) {
        return wrong(name, "be given");
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String required(String name) {
        String value = text(name);
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    @Nullable
    String text(String name) {
        return typed(name, String.class, "be text");
    }

    List<String> texts(String name) {
        List<?> list = typed(name, List.class, "be a list of texts");
        List<String> texts = new ArrayList<>();
        for (Object value : list == null ? List.of() : list) {
            if (!(value instanceof String text)) {
                throw wrong(name, "be a list of texts");
            }
            texts.add(text);
        }
        return texts;
    }

    @Nullable
    UUID uuid(String name) {
        String text = text(name);
        return text == null ? null : uuid(name, text);
    }

    List<UUID> uuids(String name) {
        return texts(name).stream().map(text -> uuid(name, text)).toList();
    }

    private UUID uuid(String name, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw wrong(name, "be an id");
        }
    }

    boolean bool(String name, boolean otherwise) {
        Boolean value = typed(name, Boolean.class, "be true or false");
        return value == null ? otherwise : value;
    }

    @Nullable
    Integer integer(String name) {
        Number value = typed(name, Number.class, "be a whole number");
        try {
            return value == null ? null : (Integer) new BigDecimal(value.toString()).intValueExact();
        } catch (ArithmeticException e) {
            throw wrong(name, "be a whole number");
        }
    }

    @Nullable
    Double real(String name) {
        Number value = typed(name, Number.class, "be a number");
        return value == null ? null : (Double) value.doubleValue();
    }

    <E extends Enum<E>> E enumValue(String name, Class<E> type) {
        try {
            return Enum.valueOf(type, required(name).toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw has(name) ? wrong(name, "be a " + type.getSimpleName() + " in lower case") : missing(name);
        }
    }

    /** Sets the field where the member is given, and clears it where that is null. */
    <T> Patch<T> patch(String name, Function<String, @Nullable T> read) {
        if (!has(name)) {
            return Patch.keep();
        }
        T value = read.apply(name);
        return value == null ? Patch.clear() : Patch.set(value);
    }

    /** The object of this name; null where there is none. */
    @Nullable
    Members object(String name, Set<String> allowed) {
        Object value = values.get(name);
        return value == null ? null : of(path + "." + name, value, allowed);
    }

    /** The member as it is. */
    Json json(String name, Json otherwise) {
        Object value = values.get(name);
        return value == null ? otherwise : StoredJson.of(JsonCodec.write(value));
    }

    /** The default, with the parts that the member gives in place of its own. */
    <T> T over(String name, Class<T> type, T otherwise) {
        if (values.get(name) == null) {
            return otherwise;
        }
        if (!(values.get(name) instanceof Map<?, ?>)) {
            throw wrong(name, "be an object");
        }
        try {
            Json merged = MergePatch.apply(StoredJson.of(JsonCodec.write(otherwise)), json(name, Json.EMPTY));
            return JsonCodec.read(merged.text(), type);
        } catch (IllegalArgumentException e) {
            throw wrong(name, "fit " + type.getSimpleName() + " (" + e.getMessage() + ")");
        }
    }

    private <T> @Nullable T typed(String name, Class<T> type, String rule) {
        Object value = values.get(name);
        if (value != null && !type.isInstance(value)) {
            throw wrong(name, rule);
        }
        return type.cast(value);
    }

    private IllegalArgumentException wrong(String name, String rule) {
        return new IllegalArgumentException(path + "." + name + " must " + rule);
    }
}
