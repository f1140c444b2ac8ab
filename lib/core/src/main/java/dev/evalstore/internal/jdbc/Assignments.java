package dev.evalstore.internal.jdbc;

import dev.evalstore.Patch;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an update holds: the columns that it assigns. Each method returns an update with one more; of several for one
 * column, the last one counts. Immutable.
 *
 * @param <U> the update
 */
public abstract class Assignments<U> {
    private final Columns columns;
    private final Function<Columns, U> update;

    protected Assignments(Columns columns, Function<Columns, U> update) {
        this.columns = columns;
        this.update = update;
    }

    protected final U with(String column, Object value) {
        return update.apply(columns.with(column, Patch.set(value)));
    }

    /** A kept patch leaves the column as it is stored. */
    protected final U with(String column, Patch<?> change) {
        return update.apply(columns.with(column, change));
    }

    /** The change's value, of which null is none; a null in place of the change is refused by the field's name. */
    protected static <T> @Nullable T valueOf(String field, @Nullable Patch<T> change) {
        return Objects.requireNonNull(change, field).value();
    }

    /** Several columns that change together. */
    protected final U with(Columns changes) {
        return update.apply(new Columns().all(columns).all(changes));
    }

    protected final Columns columns() {
        return columns;
    }
}
