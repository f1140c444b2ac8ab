package dev.evalstore.state;

import dev.evalstore.Json;
import dev.evalstore.internal.JsonCodec;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's {@code @>} and {@code =} on {@code jsonb}. Numbers are compared by value, with all their digits. */
final class JsonContainment {
    private JsonContainment() {}

    static boolean contains(Json whole, Json part) {
        Object outer = JsonCodec.exact(whole.text());
        Object inner = JsonCodec.exact(part.text());
        // The one exception to "structures must match": an array may contain a bare value.
        if (outer instanceof List<?> elements && !(inner instanceof List) && !(inner instanceof Map)) {
            return elements.stream().anyMatch(element -> isSame(element, inner));
        }
        return matches(outer, inner);
    }

    /** Whether both are the same value, however they are written. */
    static boolean equal(@Nullable Json one, @Nullable Json other) {
        return one == null || other == null
                ? one == null && other == null
                : isSame(JsonCodec.exact(one.text()), JsonCodec.exact(other.text()));
    }

    private static boolean matches(@Nullable Object whole, @Nullable Object part) {
        if (whole instanceof Map<?, ?> members && part instanceof Map<?, ?> wanted) {
            return wanted.entrySet().stream()
                    .allMatch(e -> members.containsKey(e.getKey()) && matches(members.get(e.getKey()), e.getValue()));
        }
        if (whole instanceof List<?> elements && part instanceof List<?> wanted) {
            return wanted.stream().allMatch(want -> elements.stream().anyMatch(element -> matches(element, want)));
        }
        return !(whole instanceof Map || whole instanceof List) && isSame(whole, part);
    }

    private static boolean isSame(@Nullable Object one, @Nullable Object other) {
        if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
            return a.keySet().equals(b.keySet())
                    && a.entrySet().stream().allMatch(e -> isSame(e.getValue(), b.get(e.getKey())));
        }
        if (one instanceof List<?> a && other instanceof List<?> b) {
            return a.size() == b.size() && IntStream.range(0, a.size()).allMatch(i -> isSame(a.get(i), b.get(i)));
        }
        if (one instanceof Number a && other instanceof Number b) {
            return new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString())) == 0;
        }
        return one == null ? other == null : one.equals(other);
    }
}
