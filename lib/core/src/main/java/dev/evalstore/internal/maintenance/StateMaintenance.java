package dev.evalstore.internal.maintenance;

import dev.evalstore.Cleanup;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Maintenance of all state namespaces: those in this schema's tables under any prefix, and those in sets of tables in
 * other schemas, unless a library was migrated there, whose own maintenance covers them. Sets that this role may not
 * delete from are left to a role that may.
 */
final class StateMaintenance {
    private static final String DUE = """
            /* maintenance.state_expired */ select n.name, n.checkpointed, n.watched from evalstore.state_namespaces n
            where exists (
                select from evalstore.state_entries e where e.namespace_id = n.id
                and e.expiry_minute <= floor(extract(epoch from statement_timestamp()) / 60))
            order by n.id""";

    private static final String HAS_HISTORY = """
            /* maintenance.state_history */ select n.name, n.checkpointed, n.watched from evalstore.state_namespaces n
            where exists (select from evalstore.state_history h where h.namespace_id = n.id)
            order by n.id""";

    private static final String HAS_OLD_CHANGES = """
            /* maintenance.state_changes */ select n.name, n.checkpointed, n.watched from evalstore.state_namespaces n
            where n.watched and has_table_privilege('evalstore.state_changes', 'delete') and (
                select c.created_at from evalstore.state_changes c where c.namespace_id = n.id order by c.seq limit 1)
                < statement_timestamp() - make_interval(secs => ?)
            order by n.id""";

    /**
     * A set is recognised by the name of a constraint, which comes from the migration whatever the prefix. A schema's tables are
     * found by what depends on the schema, which has an index: among a thousand tenants, the catalogue is too large to be read for
     * each of them.
     */
    private static final String SETS = """
            /* maintenance.state_sets */ with schemas as materialized (
                select s.oid, s.nspname from pg_namespace s
                where s.nspname = ? or s.nspname ~ '^[a-z_][a-z0-9_]{0,62}$' and not exists (
                    select from pg_class m where m.relnamespace = s.oid and m.relname = 'evalstore_schema_history'))
            select s.nspname as schema, t.prefix
            from schemas s cross join lateral (
                select left(c.relname, -length('namespaces')) as prefix
                from pg_depend d join pg_class c on c.oid = d.objid join pg_constraint k on k.conrelid = c.oid
                join pg_class e on e.relnamespace = s.oid
                    and e.relname = left(c.relname, -length('namespaces')) || 'entries'
                join pg_class h on h.relnamespace = s.oid
                    and h.relname = left(c.relname, -length('namespaces')) || 'history'
                where d.refclassid = 'pg_namespace'::regclass and d.refobjid = s.oid and d.classid = 'pg_class'::regclass
                    and k.conname = c.relname || '_epoch_range' and c.relname ~ '^[a-z_][a-z0-9_]{0,19}namespaces$'
                    and has_table_privilege(e.oid, 'delete') and has_table_privilege(h.oid, 'delete')
                offset 0) t
            where has_schema_privilege(s.oid, 'usage')
            order by s.nspname, t.prefix""";

    private final BiFunction<String, StateOptions, StateBackend> state;
    private final Jdbc jdbc;

    StateMaintenance(BiFunction<String, StateOptions, StateBackend> state, Jdbc jdbc) {
        this.state = state;
        this.jdbc = jdbc;
    }

    /** A bounded number of expired entries of each namespace. */
    Cleanup cleanupExpired() {
        return each(Sql.of(DUE), StateBackend::cleanupExpired);
    }

    /** A bounded number of history rows of each namespace. */
    Cleanup cleanupHistory() {
        return each(Sql.of(HAS_HISTORY), StateBackend::cleanupHistory);
    }

    /** A bounded number of changes of each watched namespace. */
    Cleanup cleanupChanges(Duration olderThan) {
        return each(Sql.of(HAS_OLD_CHANGES, olderThan), state -> state.cleanupChanges(olderThan));
    }

    /** A set of tables or a namespace that fails is named at the end; the others are cleaned. */
    private Cleanup each(Sql namespaces, Function<StateBackend, Cleanup> work) {
        Cleanup all = Cleanup.NOTHING;
        List<String> failures = new ArrayList<>();
        for (TableSet tables : tables()) {
            try {
                for (Named one : find(tables, namespaces)) {
                    try {
                        all = all.and(work.apply(one.state()));
                    } catch (RuntimeException e) {
                        failures.add("namespace " + one.name() + " of " + tables.name() + ": " + Foreign.message(e));
                    }
                }
            } catch (RuntimeException e) {
                failures.add("tables " + tables.name() + ": " + Foreign.message(e));
            }
        }
        if (!failures.isEmpty()) {
            throw new PartlyDoneException(
                    failures.get(0) + (failures.size() == 1 ? "" : "; and " + (failures.size() - 1) + " more"), all);
        }
        return all;
    }

    /** A namespace and its name. */
    private record Named(String name, StateBackend state) {}

    private List<Named> find(TableSet tables, Sql namespaces) {
        return jdbc.list(
                new Sql(tables.in(namespaces.text()), namespaces.args()),
                row -> new Named(
                        row.text("name"),
                        state.apply(
                                row.text("name"),
                                tables.options()
                                        .checkpointed(row.bool("checkpointed"))
                                        .watched(row.bool("watched")))));
    }

    private List<TableSet> tables() {
        String own = jdbc.options().schema();
        return jdbc.list(
                Sql.of(SETS, own),
                row -> new TableSet(row.text("schema").equals(own) ? null : row.text("schema"), row.text("prefix")));
    }

    /** A set of state tables; the schema is null for the library's own. */
    private record TableSet(@Nullable String schema, String prefix) {
        /** The statement for these tables. */
        String in(String sql) {
            return sql.replace("evalstore.state_", name());
        }

        /** What the tables' names begin with. */
        String name() {
            return (schema == null ? "evalstore." : '"' + schema + "\".") + prefix;
        }

        StateOptions options() {
            StateOptions here = StateOptions.DEFAULT.tablePrefix(prefix);
            return schema == null ? here : here.schema(schema);
        }
    }
}
