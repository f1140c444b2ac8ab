package dev.evalstore.internal.maintenance;

import dev.evalstore.Database;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.maintenance.MaintenanceSteps.Done;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateOptions;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * MaintenanceSteps of all namespaces of the state backend: those in this schema's tables under whatever prefix, and those in sets of tables
 * in schemas where no library was migrated, which nobody else looks after. Sets that this role may not delete from are left to
 * one that may.
 */
final class StateMaintenance {
    private static final String DUE =
            "exists (select from evalstore.state_entries e where e.namespace_id = n.id and e.expiry_minute"
                    + " <= floor(extract(epoch from statement_timestamp()) / 60))";
    private static final String HAS_OLD_CHANGES =
            "n.watched and has_table_privilege('evalstore.state_changes', 'delete') and (select c.created_at"
                    + " from evalstore.state_changes c where c.namespace_id = n.id order by c.seq limit 1)"
                    + " < statement_timestamp() - make_interval(secs => ?)";
    private static final String HAS_HISTORY =
            "exists (select from evalstore.state_history h where h.namespace_id = n.id)";

    private final Database db;
    private final Jdbc jdbc;

    StateMaintenance(Database db, Jdbc jdbc) {
        this.db = db;
        this.jdbc = jdbc;
    }

    /** A set of tables; without a schema, in the library's own. */
    private record Tables(@Nullable String schema, String prefix) {
        /** The text for these tables. */
        String in(String sql) {
            return sql.replace("evalstore.state_", (schema == null ? "evalstore." : '"' + schema + "\".") + prefix);
        }
    }

    /** @param most so many rows of a namespace at most */
    Done sweep(long most) {
        return each(most, Sql.of(DUE), StateBackend::cleanupExpired);
    }

    /** @param most where so many rows of a namespace go, there may be more */
    Done cleanHistory(long most) {
        return each(most, Sql.of(HAS_HISTORY), StateBackend::cleanupHistory);
    }

    /** @param most so many changes of a namespace at most */
    Done compact(Duration olderThan, long most) {
        return each(most, Sql.of(HAS_OLD_CHANGES, olderThan), state -> state.compactChanges(olderThan));
    }

    /** Of the namespaces that have something to be looked at. */
    private Done each(long most, Sql condition, ToLongFunction<StateBackend> work) {
        Done all = Done.NOTHING;
        for (Tables tables : tables()) {
            for (StateBackend state : namespaces(tables, condition)) {
                all = all.and(Done.of(work.applyAsLong(state), most));
            }
        }
        return all;
    }

    private List<StateBackend> namespaces(Tables tables, Sql condition) {
        Sql found = Sql.of("/* maintenance.state */ select n.name, n.checkpointed, n.watched"
                        + " from evalstore.state_namespaces n where")
                .and(condition)
                .and("order by n.id");
        Sql sql = new Sql(tables.in(found.text()), found.args());
        StateOptions options = StateOptions.DEFAULT.tablePrefix(tables.prefix());
        StateOptions here = tables.schema() == null ? options : options.schema(tables.schema());
        return jdbc.list(
                sql,
                row -> db.state(
                        row.text("name"),
                        here.checkpointed(row.bool("checkpointed")).watched(row.bool("watched"))));
    }

    /** Known by the name of a constraint of theirs, which comes from the migration whatever the prefix. */
    private List<Tables> tables() {
        String own = jdbc.options().schema();
        return jdbc.list(
                Sql.of("""
                        /* maintenance.state */ select s.nspname as schema, left(c.relname, -length('namespaces')) as prefix
                        from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace s on s.oid = c.relnamespace
                        join pg_class e on e.relnamespace = s.oid
                            and e.relname = left(c.relname, -length('namespaces')) || 'entries'
                        join pg_class h on h.relnamespace = s.oid
                            and h.relname = left(c.relname, -length('namespaces')) || 'history'
                        where k.conname = c.relname || '_epoch_range' and c.relname ~ '^[a-z_][a-z0-9_]{0,19}namespaces$'
                            and (s.nspname = ? or s.nspname ~ '^[a-z_][a-z0-9_]{0,62}$' and not exists (
                                select from pg_class m where m.relnamespace = s.oid and m.relname = 'evalstore_schema_history'))
                            and has_schema_privilege(s.oid, 'usage')
                            and has_table_privilege(e.oid, 'delete') and has_table_privilege(h.oid, 'delete')
                        order by s.nspname, c.relname""", own),
                row -> new Tables(row.text("schema").equals(own) ? null : row.text("schema"), row.text("prefix")));
    }
}
