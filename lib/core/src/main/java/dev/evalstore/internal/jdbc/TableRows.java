package dev.evalstore.internal.jdbc;

import dev.evalstore.Cursor;
import dev.evalstore.Page;
import dev.evalstore.Rows;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A repository of a table whose key is an id: it reads rows by their declaration. */
public abstract class TableRows<T, F extends Conditions<F>> implements Rows<T, F> {
    protected final Jdbc jdbc;
    private final Table<T> table;

    protected TableRows(Jdbc jdbc, Table<T> table) {
        this.jdbc = jdbc;
        this.table = table;
    }

    @Override
    public Optional<T> find(UUID id) {
        return table.find(jdbc, id);
    }

    @Override
    public T get(UUID id) {
        return table.get(jdbc, id);
    }

    @Override
    public Page<T> list(F filter, int limit, @Nullable Cursor after) {
        return table.list(jdbc, filter, limit, after);
    }

    @Override
    public void forEach(F filter, Consumer<? super T> consumer) {
        table.forEach(jdbc, filter, consumer);
    }

    @Override
    public long count(F filter) {
        return table.count(jdbc, filter);
    }
}
