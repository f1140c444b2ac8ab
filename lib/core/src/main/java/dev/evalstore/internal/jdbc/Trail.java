package dev.evalstore.internal.jdbc;

import dev.evalstore.Json;
import dev.evalstore.internal.JsonCodec;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Leaves an audit entry beside each audited write to a table where somebody acts, and a domain event beside each write that emits
 * one, in the same commit, and says which units of cached reads have changed; otherwise the write is sent as it is. The entry's fields are the record's components: what must not be in
 * the audit log must not be in the record, or must be withheld by the table.
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

    /** The same where there may be none, and then neither entry nor event. */
    Optional<T> createdIf(Jdbc jdbc, Function<Jdbc, Optional<T>> insert) {
        return traced(jdbc, "create", insert, (tx, traces) -> {
            Optional<T> row = insert.apply(tx);
            row.ifPresent(created -> {
                String id = idOf(created);
                traces.append(tx, id, () -> difference(null, JsonCodec.write(created)), null);
                traces.emit(tx, id, created);
                traces.touch(tx, null, created);
            });
            return row;
        });
    }

    /** A changed row, with the fields that changed; a plain update that changed none leaves no entry and no event. */
    T changed(Jdbc jdbc, String verb, Object id, Function<Jdbc, T> write) {
        return changed(jdbc, verb, id, write, null);
    }

    /** The same with metadata in the entry. */
    T changed(Jdbc jdbc, String verb, Object id, Function<Jdbc, T> write, @Nullable Json metadata) {
        return traced(jdbc, verb, write, (tx, traces) -> {
            boolean isUpdate = verb.equals("update");
            boolean compares = traces.audits() || isUpdate;
            T before = compares ? table.lock(tx, id).orElse(null) : null;
            T after = Objects.requireNonNull(write.apply(tx));
            Json fields = compares
                    ? JsonCodec.difference(
                            before == null ? null : JsonCodec.write(before),
                            JsonCodec.write(after),
                            Set.of("updatedAt"),
                            table.withheld())
                    : Json.EMPTY;
            boolean isSame = fields.equals(Json.EMPTY);
            if (!isSame || !isUpdate) {
                traces.append(tx, Table.idText(id), () -> isSame ? null : fields, metadata);
                traces.emit(tx, Table.idText(id), after);
            }
            traces.touch(tx, before, after);
            return after;
        });
    }

    /** A deleted row, with all its fields in the entry; none where there was no row. */
    boolean deleted(Jdbc jdbc, String verb, Object id, Function<Jdbc, Boolean> delete) {
        return traced(jdbc, verb, delete, (tx, traces) -> {
            T before = table.lock(tx, id).orElse(null);
            boolean deleted = delete.apply(tx);
            if (deleted) {
                traces.append(
                        tx,
                        Table.idText(id),
                        () -> difference(before == null ? null : JsonCodec.write(before), null),
                        null);
                traces.emit(tx, Table.idText(id), before);
                traces.touch(tx, before, null);
            }
            return deleted;
        });
    }

    private Json difference(@Nullable String before, @Nullable String after) {
        return JsonCodec.difference(before, after, Set.of(), table.withheld());
    }

    /** An act of which the entry has only what is said here; one that answers false did nothing. The event tells of the row, if there is one. */
    <R> R act(
            Jdbc jdbc,
            String verb,
            Object id,
            Function<Jdbc, R> work,
            Function<? super R, @Nullable Json> changes,
            Function<? super R, @Nullable Json> metadata,
            Function<? super R, @Nullable T> row) {
        return traced(jdbc, verb, work, (tx, traces) -> {
            R result = work.apply(tx);
            if (!Boolean.FALSE.equals(result)) {
                traces.append(tx, Table.idText(id), () -> changes.apply(result), metadata.apply(result));
                T now = row.apply(result);
                traces.emit(tx, Table.idText(id), now);
                traces.touch(tx, null, now);
            }
            return result;
        });
    }

    private <R> R traced(Jdbc jdbc, String verb, Function<Jdbc, R> write, BiFunction<Jdbc, Traces, R> writeAndTrace) {
        Emitter<T> emitter = table.emitter();
        boolean emits = emitter != null && emitter.emits(jdbc, verb);
        Traces traces =
                new Traces(verb, jdbc.acting() != null && table.auditedVerbs().contains(verb), emits ? emitter : null);
        return traces.audits() || emits || table.touching() != null
                ? jdbc.atomically(tx -> writeAndTrace.apply(tx, traces))
                : write.apply(jdbc);
    }

    /** What a write leaves beside it. */
    private final class Traces {
        private final String verb;
        private final boolean audits;
        private final @Nullable Emitter<T> emitter;

        Traces(String verb, boolean audits, @Nullable Emitter<T> emitter) {
            this.verb = verb;
            this.audits = audits;
            this.emitter = emitter;
        }

        boolean audits() {
            return audits;
        }

        void append(Jdbc tx, String id, Supplier<@Nullable Json> changes, @Nullable Json metadata) {
            if (audits) {
                Objects.requireNonNull(tx.acting())
                        .log()
                        .append(tx, verb, table.auditedAs(), id, changes.get(), metadata);
            }
        }

        void touch(Jdbc tx, @Nullable T before, @Nullable T after) {
            Touching<T> touching = table.touching();
            if (touching != null) {
                Set<String> units = new HashSet<>();
                Stream.of(Optional.ofNullable(before), Optional.ofNullable(after))
                        .flatMap(Optional::stream)
                        .forEach(row -> units.addAll(touching.units(tx, verb, row)));
                UnitChanges.touch(tx, units);
            }
        }

        void emit(Jdbc tx, String id, @Nullable T row) {
            if (emitter != null) {
                emitter.emit(tx, verb, id, row);
            }
        }
    }

    private String idOf(T row) {
        Function<T, UUID> identity = table.identity();
        if (identity != null) {
            return identity.apply(row).toString();
        }
        Map<?, ?> fields = JsonCodec.read(JsonCodec.write(row), Map.class);
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
