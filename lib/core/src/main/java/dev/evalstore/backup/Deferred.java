package dev.evalstore.backup;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What is made when the rows are there: all foreign keys, whose rows come in any order, and the keys and indexes of large tables,
 * since sorting all rows at once takes a fraction of the time of inserting them one by one.
 */
final class Deferred {
    private static final String FOREIGN_KEYS = """
            /* restore.foreign_keys */ select t.relname::text as table_name, c.conname::text as name,
                pg_get_constraintdef(c.oid) as definition
            from pg_constraint c join pg_class t on t.oid = c.conrelid
            where c.connamespace = (select n.oid from pg_namespace n where n.nspname = ?) and c.contype = 'f'
                and c.conparentid = 0
            order by t.relname, c.conname""";

    private static final String KEYS = """
            /* restore.keys */ select t.relname::text as table_name, c.conname::text as name,
                pg_get_constraintdef(c.oid) as definition
            from pg_constraint c join pg_class t on t.oid = c.conrelid
            where c.connamespace = (select n.oid from pg_namespace n where n.nspname = ?) and c.contype in ('p', 'u')
                and c.conparentid = 0 and t.relname = any (?)
            order by t.relname, c.conname""";

    /** Those of constraints and of partitions come and go with them. */
    private static final String INDEXES = """
            /* restore.indexes */ select t.relname::text as table_name, x.relname::text as name,
                pg_get_indexdef(i.indexrelid) as definition
            from pg_index i join pg_class x on x.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
            where t.relnamespace = (select n.oid from pg_namespace n where n.nspname = ?) and t.relname = any (?)
                and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))
            order by t.relname, x.relname""";

    /** Withheld secrets are filled in when all rows are there. */
    private static final String RULE = """
            /* restore.rule */ select t.relname::text as table_name, c.conname::text as name,
                pg_get_constraintdef(c.oid) as definition
            from pg_constraint c join pg_class t on t.oid = c.conrelid
            where c.connamespace = (select n.oid from pg_namespace n where n.nspname = ?) and c.conname = ?""";

    private final Jdbc tx;
    private final List<String> later = new ArrayList<>();

    Deferred(Jdbc tx) {
        this.tx = tx;
    }

    private record Made(String table, String name, String definition) {}

    /** Takes away all foreign keys, and the keys and indexes of the tables. */
    void take(Collection<String> large) {
        String schema = tx.options().schema();
        SqlArray names = SqlArray.texts(large);
        List<Made> foreign = made(Sql.of(FOREIGN_KEYS, schema));
        List<Made> keys = made(Sql.of(KEYS, schema, names));
        List<Made> indexes = made(Sql.of(INDEXES, schema, names));
        foreign.forEach(this::drop);
        keys.forEach(this::drop);
        indexes.forEach(index -> run(tx.inSchema("drop index evalstore.\"" + index.name() + "\"")));
        keys.forEach(this::addLater);
        indexes.forEach(index -> later.add(index.definition()));
        foreign.forEach(this::addLater);
    }

    /** Takes a constraint away until {@link #make}. */
    void take(String constraint) {
        for (Made rule : made(Sql.of(RULE, tx.options().schema(), constraint))) {
            drop(rule);
            later.add(0, adding(rule));
        }
    }

    /** Makes them; each is checked against all rows. */
    void make() {
        later.forEach(this::run);
        later.clear();
    }

    private List<Made> made(Sql sql) {
        return tx.list(sql, row -> new Made(row.text("table_name"), row.text("name"), row.text("definition")));
    }

    private void drop(Made constraint) {
        run(tx.inSchema("alter table evalstore." + constraint.table()) + " drop constraint \"" + constraint.name()
                + "\"");
    }

    private void addLater(Made constraint) {
        later.add(adding(constraint));
    }

    /** The server wrote the definition, in which the schema has its own name. */
    private String adding(Made constraint) {
        return tx.inSchema("alter table evalstore." + constraint.table()) + " add constraint \"" + constraint.name()
                + "\" " + constraint.definition();
    }

    private void run(String ddl) {
        tx.script("restore.ddl", ddl);
    }
}
