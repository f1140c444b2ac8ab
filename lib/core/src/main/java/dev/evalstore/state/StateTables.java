package dev.evalstore.state;

import dev.evalstore.DatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.Scripts;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The tables that hold namespaces: their size and health, and how a second set of them is made. */
final class StateTables {
    /**
     * The migrations that make and change the state's tables, in order. Such a migration holds nothing else, and each
     * name in it begins with {@code state_}, which another prefix replaces.
     */
    private static final List<Integer> MIGRATIONS = List.of(3, 30);

    private static final Template STATS = new Template("""
            /* state.table_stats */ select {id} as id, e.*, t.* from (
                select count(*) filter (where {live}) as entries, count(*) filter (where not {live}) as expired
                from evalstore.state_entries e where e.namespace_id = ?) e
            cross join (
                select coalesce(sum(n_live_tup), 0)::bigint as live_rows,
                    coalesce(sum(n_dead_tup), 0)::bigint as dead_rows,
                    sum(pg_table_size(r))::bigint as table_bytes, sum(pg_total_relation_size(r))::bigint as total_bytes
                from unnest(array['evalstore.state_entries', 'evalstore.state_history']::regclass[]) r
                left join pg_stat_all_tables s on s.relid = r) t""");

    private static final String MAY_VACUUM = """
            /* state.may_vacuum */ select bool_and(case when pg_has_role(c.relowner, 'usage') then true
                when current_setting('server_version_num')::int < 170000 then false
                else has_table_privilege(c.oid, 'maintain') end) as may
            from pg_class c where c.oid = any (
                array['evalstore.state_entries', 'evalstore.state_history', 'evalstore.state_changes']::regclass[])""";

    private static final String VACUUM =
            "vacuum (analyze) evalstore.state_entries, evalstore.state_history, evalstore.state_changes";

    private static final String HEALTH = """
            /* state.health */ select n.epoch, (
                select count(*) from evalstore.state_checkpoints c where c.namespace_id = n.id) as checkpoints
            from evalstore.state_namespaces n where {checked}""";

    private static final String LOCK_TABLES = """
            /* state.lock_tables */ select pg_advisory_xact_lock(hashtextextended(?, 0))""";

    private static final String FIND_TABLES = """
            /* state.find_tables */ select to_regclass(?) is not null as found""";

    /** The number of no namespace. */
    private static final int ABSENT = 0;

    private final Namespaces namespaces;

    StateTables(Namespaces namespaces) {
        this.namespaces = namespaces;
    }

    StateTableStats stats() {
        return namespaces.<StateTableStats, RuntimeException>reading(
                new Counters.Timer(), at -> stats(at.id(), at.name()), () -> stats(ABSENT, ""));
    }

    private StateTableStats stats(int id, String name) {
        return namespaces.jdbc.one(namespaces.sql().of(STATS, id, name, id), row -> {
            if (id != ABSENT && row.integerOrNull("id") == null) {
                throw Namespaces.changed();
            }
            return stats(row);
        });
    }

    private static StateTableStats stats(Row row) throws SQLException {
        return new StateTableStats(
                row.bigint("entries"),
                row.bigint("expired"),
                row.bigint("live_rows"),
                row.bigint("dead_rows"),
                row.bigint("table_bytes"),
                row.bigint("total_bytes"));
    }

    /** Asks for the right first: the server itself only warns, and skips the table. */
    void vacuum() {
        Jdbc jdbc = namespaces.jdbc;
        StateSql sql = namespaces.sql();
        if (!jdbc.one(Sql.of(sql.text(MAY_VACUUM)), row -> row.bool("may"))) {
            throw new DatabaseException("vacuum: the role may not maintain the state tables [42501]", "42501", null);
        }
        jdbc.script("state.vacuum", jdbc.inSchema(sql.text(VACUUM)));
    }

    StateHealth health() {
        long start = System.nanoTime();
        try {
            return namespaces.<StateHealth, RuntimeException>reading(
                    new Counters.Timer(),
                    at -> health(at, start),
                    () -> new StateHealth(true, null, since(start), 1, 0));
        } catch (DatabaseException e) {
            return new StateHealth(false, e.getMessage(), since(start), 0, 0);
        }
    }

    private static StateHealth health(Namespace at, long start) {
        return at.jdbc
                .find(
                        Sql.of(at.sql.text(HEALTH), at.id(), at.name()),
                        row -> new StateHealth(
                                true, null, since(start), row.bigint("epoch"), row.bigint("checkpoints")))
                .orElseThrow(Namespaces::changed);
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    boolean create() {
        String tables = namespaces.place.tables();
        return namespaces.jdbc.<Boolean, RuntimeException>inOwnTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            tx.returning(Sql.of(LOCK_TABLES, tx.inSchema(tables)), row -> true);
            boolean found = tx.one(Sql.of(FIND_TABLES, tx.inSchema(tables + "entries")), row -> row.bool("found"));
            if (!found) {
                tx.script("state.create_tables", ddl(tx, tables));
            }
            return !found;
        });
    }

    private String ddl(Jdbc tx, String tables) {
        String prefix = namespaces.options.tablePrefix();
        String schema = tx.inSchema(tables.substring(0, tables.length() - prefix.length()));
        StringBuilder ddl = new StringBuilder("create schema if not exists ")
                .append(schema, 0, schema.length() - 1)
                .append(";\n");
        for (int version : MIGRATIONS) {
            String script = Scripts.text(version);
            ddl.append(tx.inSchema(script.replace("${schema}.state_", tables).replace("state_", prefix)));
        }
        return ddl.toString();
    }
}
