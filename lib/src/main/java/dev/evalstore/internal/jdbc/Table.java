package dev.evalstore.internal.jdbc;

import dev.evalstore.Cursor;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What all tables share: a name, a list of columns, a mapper, and the statements that differ in nothing else.
 *
 * @param entity the row's name in messages
 * @param name the bare table name
 * @param columns every column that is read, comma-separated
 */
public record Table<T>(String entity, String name, String columns, RowMapper<T> mapper) {
    public static <T> Table<T> of(String entity, String name, String columns, RowMapper<T> mapper) {
        return new Table<>(entity, name, columns, mapper);
    }

    /** Every row; filters follow by {@code and}. */
    public Sql select() {
        return Sql.of("select " + columns + " from evalstore." + name + " where true");
    }

    public Optional<T> find(Jdbc jdbc, UUID id) {
        return jdbc.find(Sql.of("select " + columns + " from evalstore." + name + " where id = ?", id), mapper);
    }

    public T get(Jdbc jdbc, UUID id) {
        return find(jdbc, id).orElseThrow(() -> notFound(id));
    }

    public NotFoundException notFound(Object id) {
        return new NotFoundException(entity, id);
    }

    /**
     * Inserts one row whose id the caller made. Where the connection is lost before the answer, the same row is sent again:
     * either it is new, or its own id tells that it is stored already.
     */
    public T insert(Jdbc jdbc, UUID id, Columns values) {
        Sql row = values.set("id", id).values();
        Sql insert = Sql.of("insert into evalstore." + name).and(row).and("returning " + columns);
        return insert(jdbc, id, insert);
    }

    /** The same by a statement of the caller's own, which returns all columns. */
    public T insert(Jdbc jdbc, UUID id, Sql insert) {
        return jdbc.insert(
                insert, mapper, Sql.of("select " + columns + " from evalstore." + name + " where id = ?", id));
    }

    /** Writes the given columns and {@code updated_at}; with no columns, reads. Empty when no row has the id. */
    public Optional<T> update(Jdbc jdbc, UUID id, Columns values) {
        return update(jdbc, id, values, "true");
    }

    /** The same where the row meets a condition; empty when it does not. */
    public Optional<T> update(Jdbc jdbc, UUID id, Columns values, String condition) {
        if (values.isEmpty()) {
            return jdbc.find(select().and("and id = ? and " + condition, id), mapper);
        }
        return jdbc.change(
                Sql.of("update evalstore." + name + " set")
                        .and(values.assignments())
                        .and(
                                ", updated_at = statement_timestamp() where id = ? and " + condition + " returning "
                                        + columns,
                                id),
                mapper);
    }

    public boolean delete(Jdbc jdbc, UUID id) {
        return jdbc.update(Sql.of("delete from evalstore." + name + " where id = ?", id)) == 1;
    }

    public long count(Jdbc jdbc, Sql filter) {
        return jdbc.one(
                Sql.of("select count(*) as n from evalstore." + name + " where true")
                        .and(filter),
                row -> row.bigint("n"));
    }

    /** One page of the filtered rows in the keyset's order. */
    public Page<T> page(Jdbc jdbc, Sql filter, Keyset<T> order, int limit, @Nullable Cursor after) {
        return order.read(jdbc, select().and(filter), mapper, limit, after);
    }
}
