package dev.evalstore.internal.jdbc;

import dev.evalstore.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.List;

/** A table with a column of every type that the library uses. */
final class Samples {
    static final Table<Sample> TABLE =
            Table.of("sample", "samples", "id, name, n, big, x, amount, ok, at, bytes, doc", Samples::map);

    private Samples() {}

    static void create(TestDatabase database) {
        database.admin("create table evalstore.samples (id uuid not null, name text, n int, big bigint, x float8,"
                + " amount numeric, ok boolean, at timestamptz, bytes bytea, doc jsonb, tags text[],"
                + " updated_at timestamptz,"
                + " constraint samples_pkey primary key (id), constraint samples_name_key unique (name),"
                + " constraint samples_n_range check (n >= 0));"
                + " grant select, insert, update, delete on evalstore.samples to evalstore_app");
    }

    static Columns named(String name) {
        return new Columns().set("name", name);
    }

    static List<String> names(Jdbc jdbc) {
        return jdbc.list(Sql.of("select name from evalstore.samples order by name"), row -> row.text("name"));
    }

    private static Sample map(Row row) throws SQLException {
        return new Sample(
                row.uuid("id"),
                row.textOrNull("name"),
                row.integerOrNull("n"),
                row.bigintOrNull("big"),
                row.realOrNull("x"),
                row.numericOrNull("amount"),
                row.boolOrNull("ok"),
                row.instantOrNull("at"),
                row.bytesOrNull("bytes"),
                row.jsonOrNull("doc"));
    }
}
