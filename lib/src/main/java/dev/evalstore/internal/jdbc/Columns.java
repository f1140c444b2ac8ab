package dev.evalstore.internal.jdbc;

import dev.evalstore.Patch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Columns and their values side by side, for an insert or a partial update. */
public final class Columns {
    private final List<String> names = new ArrayList<>();
    private final List<@Nullable Object> values = new ArrayList<>();

    public Columns set(String column, @Nullable Object value) {
        names.add(column);
        values.add(value);
        return this;
    }

    /** Leaves the column out, to its default or as it is, where the value is null. */
    public Columns setIfGiven(String column, @Nullable Object value) {
        return value == null ? this : set(column, value);
    }

    public Columns patch(String column, Patch<?> change) {
        return change.isChange() ? set(column, change.value()) : this;
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /** {@code (a, b) values (?, ?)}. */
    Sql values() {
        return new Sql(
                "(" + String.join(", ", names) + ") values (" + "?, ".repeat(names.size() - 1) + "?)",
                Collections.unmodifiableList(values));
    }

    /** {@code a = ?, b = ?}. */
    Sql assignments() {
        return new Sql(String.join(" = ?, ", names) + " = ?", Collections.unmodifiableList(values));
    }
}
