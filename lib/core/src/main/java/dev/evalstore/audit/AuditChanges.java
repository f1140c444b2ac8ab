package dev.evalstore.audit;

import dev.evalstore.Json;
import dev.evalstore.internal.JsonCodec;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The changes of an audit entry, field by field: {@code {"role": {"from": "USER", "to": "ADMIN"}}}. */
public final class AuditChanges {
    private AuditChanges() {}

    /**
     * The fields in which two records, maps, beans or {@link Json} objects differ. A field that one side does not have
     * has no {@code from}, or no {@code to}; a field that holds null has it as null. For something created or deleted,
     * pass null for the missing side. Numbers are compared by value, and objects and lists inside a field as a whole.
     *
     * @return an object; empty where nothing differs
     * @throws IllegalArgumentException if a side cannot be written as a JSON object
     */
    public static Json changes(@Nullable Object before, @Nullable Object after) {
        return JsonCodec.difference(text(before), text(after), Set.of());
    }

    private static @Nullable String text(@Nullable Object side) {
        return side == null ? null : Json.of(side).text();
    }
}
