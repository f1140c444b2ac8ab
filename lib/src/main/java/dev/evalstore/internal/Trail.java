package dev.evalstore.internal;

import dev.evalstore.Json;
import dev.evalstore.audit.AuditChanges;
import dev.evalstore.audit.NewAuditEntry;
import dev.evalstore.internal.jdbc.Columns;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Table;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Leaves a line in the audit trail beside each write to one kind of row, in the same commit, where somebody acts
 * ({@code Database.actingAs}); otherwise the write is sent as it is. The line's fields are the record's components, so what must
 * not be in the trail must not be in the record.
 */
public final class Trail<T> {
    private static final String UPDATE = "update";

    private final Table<T> table;
    private final Function<T, UUID> id;

    private Trail(Table<T> table, Function<T, UUID> id) {
        this.table = table;
        this.id = id;
    }

    public static <T> Trail<T> of(Table<T> table, Function<T, UUID> id) {
        return new Trail<>(table, id);
    }

    /** A new row, with all its fields in the line. */
    public T created(Jdbc jdbc, Function<Jdbc, T> insert) {
        if (jdbc.actor() == null) {
            return insert.apply(jdbc);
        }
        return jdbc.atomically(tx -> {
            T row = insert.apply(tx);
            note(tx, "create", id.apply(row), AuditChanges.changes(null, row));
            return row;
        });
    }

    /** A new row of these columns, under a new id. */
    public T created(Jdbc jdbc, Columns values) {
        return created(jdbc, on -> table.insert(on, Uuids.next(), values));
    }

    /**
     * A row whose given columns are changed in one statement.
     *
     * @throws dev.evalstore.NotFoundException if none has the id
     */
    public T updated(Jdbc jdbc, UUID key, Columns values) {
        return changed(jdbc, UPDATE, key, on -> table.update(on, key, values).orElseThrow(() -> table.notFound(key)));
    }

    /** A changed row, with the fields that changed; a plain update that changed none leaves no line. */
    public T changed(Jdbc jdbc, String action, UUID key, Function<Jdbc, T> write) {
        if (jdbc.actor() == null) {
            return write.apply(jdbc);
        }
        return jdbc.atomically(tx -> {
            T before = locked(tx, key);
            T after = write.apply(tx);
            Json changes = AuditChanges.changes(before, after);
            Map<String, Object> fields = changes.asMap();
            fields.remove("updatedAt");
            if (!fields.isEmpty() || !action.equals(UPDATE)) {
                note(tx, action, key, fields.isEmpty() ? null : Json.of(fields));
            }
            return after;
        });
    }

    /** Something done to a row whose fields do not belong in the trail. */
    public T named(Jdbc jdbc, String action, UUID key, Function<Jdbc, T> write) {
        if (jdbc.actor() == null) {
            return write.apply(jdbc);
        }
        return jdbc.atomically(tx -> {
            T row = write.apply(tx);
            note(tx, action, key, null);
            return row;
        });
    }

    /** A deleted row, with all its fields in the line; none where there was no row. */
    public boolean deleted(Jdbc jdbc, UUID key) {
        if (jdbc.actor() == null) {
            return table.delete(jdbc, key);
        }
        return jdbc.atomically(tx -> {
            T before = locked(tx, key);
            boolean deleted = table.delete(tx, key);
            if (deleted) {
                note(tx, "delete", key, AuditChanges.changes(before, null));
            }
            return deleted;
        });
    }

    /** The same for what is no row of one table: an act by hand on a thing that has an id. */
    public static <R> R act(Jdbc jdbc, String entityType, String action, UUID key, Function<Jdbc, R> write) {
        if (jdbc.actor() == null) {
            return write.apply(jdbc);
        }
        return jdbc.atomically(tx -> {
            R result = write.apply(tx);
            if (!Boolean.FALSE.equals(result)) {
                AuditRows.append(tx, NewAuditEntry.of(action, entityType, key));
            }
            return result;
        });
    }

    private @Nullable T locked(Jdbc tx, UUID key) {
        return tx.find(table.select().and("and id = ? for no key update", key), table.mapper())
                .orElse(null);
    }

    private void note(Jdbc tx, String action, UUID key, @Nullable Json changes) {
        AuditRows.append(
                tx,
                NewAuditEntry.of(action, table.entity().replace(' ', '_'), key).changes(changes));
    }
}
