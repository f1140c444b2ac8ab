package dev.evalstore.state;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A namespace that was found, with the statements of its kind, on a connection source. */
final class Scope {
    static final Table<StateEntry> TABLE = Table.of(
            "state entry",
            "state_entries",
            "key, value, version, metadata, created_at, updated_at, expires_at",
            Scope::entry);

    private final Jdbc jdbc;
    private final Namespace namespace;
    private final StateSql sql;

    Scope(Jdbc jdbc, Namespace namespace, StateSql sql) {
        this.jdbc = jdbc;
        this.namespace = namespace;
        this.sql = sql;
    }

    /** What is fixed when a namespace is made. */
    record Namespace(int id, String name, boolean checkpointed, boolean watched) {}

    /** The same inside a transaction. */
    Scope on(Jdbc tx) {
        return new Scope(tx, namespace, sql);
    }

    Jdbc jdbc() {
        return jdbc;
    }

    Namespace namespace() {
        return namespace;
    }

    StateSql sql() {
        return sql;
    }

    int id() {
        return namespace.id();
    }

    /** A write with the arguments that its kind needs before its own. */
    Sql write(String text, @Nullable Object... args) {
        if (sql.idsBefore == 0) {
            return Sql.of(text, args);
        }
        List<@Nullable Object> all = new ArrayList<>(sql.idsBefore + args.length);
        all.addAll(Collections.nCopies(sql.idsBefore, namespace.id()));
        all.addAll(Arrays.asList(args));
        return new Sql(text, all);
    }

    /** The version that a write of one entry gives, empty when it wrote none. */
    OptionalLong version(String text, @Nullable Object... args) {
        return jdbc.change(write(text, args), row -> OptionalLong.of(row.bigint("version")))
                .orElse(OptionalLong.empty());
    }

    /** The number that a write of many entries gives. */
    long number(String text, @Nullable Object... args) {
        return jdbc.change(write(text, args), row -> row.bigint("n")).orElse(0L);
    }

    /** A statement that is not one of a kind. */
    Sql plain(String text, @Nullable Object... args) {
        return Sql.of(sql.text(text), args);
    }

    void requireCheckpoints() {
        if (!namespace.checkpointed()) {
            throw new IllegalStateException("state namespace " + namespace.name() + " was made without checkpoints");
        }
    }

    static StateEntry entry(Row row) throws SQLException {
        return new StateEntry(
                row.bytes("key"),
                row.bytes("value"),
                row.bigint("version"),
                row.jsonOrNull("metadata"),
                row.instant("created_at"),
                row.instant("updated_at"),
                row.instantOrNull("expires_at"));
    }
}
