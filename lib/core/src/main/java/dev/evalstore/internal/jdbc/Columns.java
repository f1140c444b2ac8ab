package dev.evalstore.internal.jdbc;

import dev.evalstore.Patch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Columns and their values side by side, for an insert or a partial update. */
public final class Columns {
    private final Map<String, Sql> values = new LinkedHashMap<>();

    public Columns set(String column, @Nullable Object value) {
        return expression(column, "?", value);
    }

    /** A value that the server computes; an update's expression may use the columns as they were. */
    public Columns expression(String column, String expression, @Nullable Object... args) {
        values.put(column, Sql.of(expression, args));
        return this;
    }

    /** The server's clock. */
    public Columns now(String column) {
        return expression(column, "statement_timestamp()");
    }

    /** Leaves the column out, to its default or as it is, where the value is null. */
    public Columns setIfGiven(String column, @Nullable Object value) {
        return value == null ? this : set(column, value);
    }

    /** These and the column's change, in place of an earlier one of that column; this object stays as it is. */
    Columns with(String column, Patch<?> change) {
        Columns copy = new Columns().all(this);
        copy.values.remove(column);
        return change.isChange() ? copy.set(column, change.value()) : copy;
    }

    /** These and more; of two values for one column the later one counts. */
    public Columns all(Columns more) {
        values.putAll(more.values);
        return this;
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** {@code (a, b) values (?, ?)}. */
    Sql values() {
        String expressions = values.values().stream().map(Sql::text).collect(Collectors.joining(", "));
        return withArgs("(" + String.join(", ", values.keySet()) + ") values (" + expressions + ")");
    }

    /** {@code a = ?, b = ?}. */
    Sql assignments() {
        return withArgs(values.entrySet().stream()
                .map(value -> value.getKey() + " = " + value.getValue().text())
                .collect(Collectors.joining(", ")));
    }

    private Sql withArgs(String text) {
        return Sql.of(
                text,
                values.values().stream().flatMap(value -> value.args().stream()).toArray());
    }
}
