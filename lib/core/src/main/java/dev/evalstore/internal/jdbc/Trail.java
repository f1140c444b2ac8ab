package dev.evalstore.internal.jdbc;

import dev.evalstore.Json;
import dev.evalstore.internal.JsonCodec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Leaves an audit entry beside each audited write to a table, in the same commit, where somebody acts; otherwise the write is
 * sent as it is. The entry's fields are the record's components: what must not be in the audit log must not be in the record.
 */
final class Trail<T> {
    private final Table<T> table;

    Trail(Table<T> table) {
        this.table = table;
    }

    /** A new row, with all its fields in the entry. */
    T created(Jdbc jdbc, Function<Jdbc, T> insert) {
        return createdIf(jdbc, tx -> Optional.of(insert.apply(tx))).orElseThrow();
    }

    /** The same where there may be none, and then no entry. */
    Optional<T> createdIf(Jdbc jdbc, Function<Jdbc, Optional<T>> insert) {
        return audited(jdbc, "create", insert, tx -> {
            Optional<T> row = insert.apply(tx);
            row.map(JsonCodec::write).ifPresent(fields -> {
                Json changes = JsonCodec.difference(null, fields, Set.of());
                append(tx, "create", idOf(fields), changes, null);
            });
            return row;
        });
    }

    /** A changed row, with the fields that changed; a plain update that changed none leaves no entry. */
    T changed(Jdbc jdbc, String verb, Object id, Function<Jdbc, T> write) {
        return changed(jdbc, verb, id, write, null);
    }

    /** The same with metadata in the entry. */
    T changed(Jdbc jdbc, String verb, Object id, Function<Jdbc, T> write, @Nullable Json metadata) {
        return audited(jdbc, verb, write, tx -> {
            String before = table.lock(tx, id).map(JsonCodec::write).orElse(null);
            T after = write.apply(tx);
            Json fields =
                    JsonCodec.difference(before, JsonCodec.write(Objects.requireNonNull(after)), Set.of("updatedAt"));
            boolean isSame = fields.equals(Json.EMPTY);
            if (!isSame || !verb.equals("update")) {
                append(tx, verb, Table.idText(id), isSame ? null : fields, metadata);
            }
            return after;
        });
    }

    /** A deleted row, with all its fields in the entry; none where there was no row. */
    boolean deleted(Jdbc jdbc, String verb, Object id, Function<Jdbc, Boolean> delete) {
        return audited(jdbc, verb, delete, tx -> {
            String before = table.lock(tx, id).map(JsonCodec::write).orElse(null);
            boolean deleted = delete.apply(tx);
            if (deleted) {
                append(tx, verb, Table.idText(id), JsonCodec.difference(before, null, Set.of()), null);
            }
            return deleted;
        });
    }

    /** An act whose fields do not belong in the entry; one that answers false did nothing. */
    <R> R act(Jdbc jdbc, String verb, Object id, Function<Jdbc, R> work, Function<? super R, @Nullable Json> metadata) {
        return audited(jdbc, verb, work, tx -> {
            R result = work.apply(tx);
            if (!Boolean.FALSE.equals(result)) {
                append(tx, verb, Table.idText(id), null, metadata.apply(result));
            }
            return result;
        });
    }

    private <R> R audited(Jdbc jdbc, String verb, Function<Jdbc, R> write, Function<Jdbc, R> writeWithEntry) {
        boolean isSilent = jdbc.acting() == null || !table.auditedVerbs().contains(verb);
        return isSilent ? write.apply(jdbc) : jdbc.atomically(writeWithEntry);
    }

    private void append(Jdbc tx, String verb, String id, @Nullable Json changes, @Nullable Json metadata) {
        Objects.requireNonNull(tx.acting()).log().append(tx, verb, table.auditedAs(), id, changes, metadata);
    }

    private String idOf(String row) {
        Map<?, ?> fields = JsonCodec.read(row, Map.class);
        return table.key().stream()
                .map(column -> String.valueOf(fields.get(camel(column))))
                .collect(Collectors.joining("/"));
    }

    private static String camel(String column) {
        StringBuilder name = new StringBuilder();
        for (String part : List.of(column.split("_"))) {
            name.append(name.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
        }
        return name.toString();
    }
}
