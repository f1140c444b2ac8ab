package dev.evalstore.internal.jdbc;

import dev.evalstore.Patch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Columns and their values side by side, for an insert or a partial update. */
public final class Columns {
    private final List<String> names = new ArrayList<>();
    private final List<String> expressions = new ArrayList<>();
    private final List<@Nullable Object> args = new ArrayList<>();

    public Columns set(String column, @Nullable Object value) {
        return expression(column, "?", value);
    }

    /** A value that the server computes; an update's expression may use the columns as they were. */
    public Columns expression(String column, String expression, @Nullable Object... values) {
        names.add(column);
        expressions.add(expression);
        args.addAll(Arrays.asList(values));
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

    public Columns patch(String column, Patch<?> change) {
        return change.isChange() ? set(column, change.value()) : this;
    }

    Columns all(Columns more) {
        names.addAll(more.names);
        expressions.addAll(more.expressions);
        args.addAll(more.args);
        return this;
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /** {@code (a, b) values (?, ?)}. */
    Sql values() {
        return new Sql(
                "(" + String.join(", ", names) + ") values (" + String.join(", ", expressions) + ")",
                Collections.unmodifiableList(args));
    }

    /** {@code a = ?, b = ?}. */
    Sql assignments() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(names.get(i)).append(" = ").append(expressions.get(i));
        }
        return new Sql(text.toString(), Collections.unmodifiableList(args));
    }
}
