package dev.evalstore.state;

import dev.evalstore.DatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;

/** The tables that namespaces are in: their size, their health, and how a second set of them is made. */
final class StateTables {
    private final Jdbc jdbc;
    private final StateOptions options;
    private final Namespaces namespaces;

    StateTables(Jdbc jdbc, StateOptions options, Namespaces namespaces) {
        this.jdbc = jdbc;
        this.options = options;
        this.namespaces = namespaces;
    }

    StateTableStats stats() {
        Scope at = namespaces.scope();
        return at.jdbc()
                .one(
                        at.plain("""
                            /* state.table_stats */ select e.*, t.* from (
                                select count(*) filter (where :live) as entries, count(*) filter (where not :live) as expired
                                from evalstore.state_entries e where e.namespace_id = ?) e
                            cross join (
                                select coalesce(sum(n_live_tup), 0)::bigint as live_rows, coalesce(sum(n_dead_tup), 0)::bigint as dead_rows,
                                    sum(pg_table_size(r))::bigint as table_bytes, sum(pg_total_relation_size(r))::bigint as total_bytes
                                from unnest(array['evalstore.state_entries', 'evalstore.state_history']::regclass[]) r
                                left join pg_stat_all_tables s on s.relid = r) t\
                            """, at.id()),
                        row -> new StateTableStats(
                                row.bigint("entries"),
                                row.bigint("expired"),
                                row.bigint("live_rows"),
                                row.bigint("dead_rows"),
                                row.bigint("table_bytes"),
                                row.bigint("total_bytes")));
    }

    void vacuum() {
        Scope at = namespaces.scope();
        boolean mayVacuum = at.jdbc().one(at.plain("""
            /* state.may_vacuum */ select bool_and(case when pg_has_role(c.relowner, 'usage') then true
                when current_setting('server_version_num')::int < 170000 then false
                else has_table_privilege(c.oid, 'maintain') end) as may
            from pg_class c where c.oid = any (
                array['evalstore.state_entries', 'evalstore.state_history', 'evalstore.state_changes']::regclass[])\
            """), row -> row.bool("may"));
        if (!mayVacuum) {
            throw new DatabaseException("vacuum: the role may not maintain the state tables [42501]", "42501", null);
        }
        String vacuum = at.jdbc()
                .inSchema(at.sql()
                        .text("vacuum (analyze) evalstore.state_entries, evalstore.state_history,"
                                + " evalstore.state_changes"));
        at.jdbc().script("state.vacuum", vacuum);
    }

    StateHealth health() {
        long start = System.nanoTime();
        try {
            Scope at = namespaces.scope();
            return at.jdbc()
                    .one(
                            at.plain(
                                    "/* state.health */ select n.epoch, (select count(*) from"
                                        + " evalstore.state_checkpoints c where c.namespace_id = n.id) as checkpoints"
                                        + " from evalstore.state_namespaces n where n.id = ?",
                                    at.id()),
                            row -> new StateHealth(
                                    true,
                                    null,
                                    Duration.ofNanos(System.nanoTime() - start),
                                    row.bigint("epoch"),
                                    row.bigint("checkpoints")));
        } catch (DatabaseException e) {
            return new StateHealth(false, e.getMessage(), Duration.ofNanos(System.nanoTime() - start), 0, 0);
        }
    }

    boolean create() {
        String prefix = options.tablePrefix();
        String schema = namespaces.tables().substring(0, namespaces.tables().length() - prefix.length() - 1);
        return jdbc.<Boolean, RuntimeException>inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            tx.returning(
                    Sql.of(
                            "/* state.create_tables */ select pg_advisory_xact_lock(hashtextextended(?, 0))",
                            tx.inSchema(namespaces.tables())),
                    row -> true);
            boolean there = tx.one(
                    Sql.of(
                            "/* state.create_tables */ select to_regclass(?) is not null as found",
                            tx.inSchema(namespaces.tables() + "entries")),
                    row -> row.bool("found"));
            if (!there) {
                String ddl = migration()
                        .replace("${schema}.state_", namespaces.tables())
                        .replace("state_", prefix);
                String inSchema = tx.inSchema(schema + ".");
                tx.script(
                        "state.create_tables",
                        "create schema if not exists " + inSchema.substring(0, inSchema.length() - 1) + ";\n"
                                + tx.inSchema(ddl));
            }
            return !there;
        });
    }

    private static String migration() {
        try (InputStream in = StateTables.class.getResourceAsStream("/dev/evalstore/migration/V0003__state.sql")) {
            return new String(Objects.requireNonNull(in, "migration").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
