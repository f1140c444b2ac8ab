package dev.evalstore.state;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's {@code @>} on JSON read as maps, lists and simple values. */
final class JsonContainment {
    private JsonContainment() {}

    static boolean contains(@Nullable Object whole, @Nullable Object part) {
        // The one exception to "structures must match": an array may contain a bare value.
        if (whole instanceof List<?> elements && !(part instanceof List) && !(part instanceof Map)) {
            return elements.stream().anyMatch(element -> isSame(element, part));
        }
        return matches(whole, part);
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
        if (one instanceof Number a && other instanceof Number b) {
            return new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString())) == 0;
        }
        return one == null ? other == null : one.equals(other);
    }
}
