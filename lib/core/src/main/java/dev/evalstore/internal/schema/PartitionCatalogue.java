package dev.evalstore.internal.schema;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.time.YearMonth;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The partitions that the server's catalogue has. A schema's tables are found by what depends on the schema, which has an index:
 * among a thousand tenants, the catalogue is too large to be read for each of them.
 */
final class PartitionCatalogue {
    private static final long BUSY_WAIT = Duration.ofMillis(500).toNanos();
    private static final long BUSY_PAUSE = Duration.ofMillis(2).toNanos();

    /**
     * Includes partitions that an interrupted retention has detached and not yet dropped. A partition that this
     * transaction made disappears if the transaction rolls back, so it is not {@code settled}. While another session
     * makes partitions, the table is {@code busy}: a new partition is visible here a moment before other sessions are
     * told to renew what they know of the table, so their inserts may not see it yet.
     */
    private static final String MONTHS = """
            /* partitions.months */ select right(c.relname::text, 7) as month, i.inhrelid is not null as attached,
                coalesce(i.inhdetachpending, false) as pending,
                pg_current_xact_id_if_assigned() is null
                    or age(c.xmin) > age(pg_current_xact_id_if_assigned()::xid) as settled,
                exists (
                    select from pg_locks l where l.locktype = 'relation' and l.relation = to_regclass(?) and l.granted
                        and l.mode = 'ShareUpdateExclusiveLock' and l.pid <> pg_backend_pid()
                        and l.database = (select oid from pg_database where datname = current_database())) as busy
            from pg_depend d join pg_class c on c.oid = d.objid left join pg_inherits i on i.inhrelid = c.oid
            where d.refclassid = 'pg_namespace'::regclass and d.refobjid = to_regnamespace(?)
                and d.classid = 'pg_class'::regclass and c.relkind = 'r'
                and c.relname ~ ('^' || ? || '_[0-9]{4}_(0[1-9]|1[0-2])$')
            order by c.relname""";

    private static final String TABLES = """
            /* partitions.tables */ select c.relname::text as name
            from pg_depend d join pg_class c on c.oid = d.objid join pg_partitioned_table p on p.partrelid = c.oid
            join pg_attribute a on a.attrelid = c.oid and a.attnum = p.partattrs[0]
            where d.refclassid = 'pg_namespace'::regclass and d.refobjid = to_regnamespace(?)
                and d.classid = 'pg_class'::regclass and p.partstrat = 'r' and p.partnatts = 1
                and a.atttypid in ('date'::regtype, 'timestamptz'::regtype)
            order by c.relname""";

    private static final String NAMES = """
            /* partitions.names */ select c.relname::text as name
            from pg_depend d join pg_class c on c.oid = d.objid join pg_inherits i on i.inhrelid = c.oid
            where d.refclassid = 'pg_namespace'::regclass and d.refobjid = to_regnamespace(?)
                and d.classid = 'pg_class'::regclass and c.relkind = 'r' and not i.inhdetachpending""";

    /** At most one: with one of them, the server begins no other detachment of the table. */
    private static final String PENDING = """
            /* partitions.pending */ select c.relname::text as name
            from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = to_regclass(?) and i.inhdetachpending and c.relnamespace = to_regnamespace(?)""";

    private static final String OWNS = """
            /* partitions.owns */ select pg_has_role(relowner, 'usage') as owns
            from pg_class where oid = to_regclass(?)""";

    private PartitionCatalogue() {}

    /** The schema's tables that have monthly partitions, by name. */
    static List<String> tables(Jdbc jdbc) {
        return jdbc.list(Sql.of(TABLES, jdbc.options().schema()), row -> row.text("name"));
    }

    /** The names of all partitions of the schema. */
    static Set<String> names(Jdbc jdbc) {
        return new HashSet<>(jdbc.list(Sql.of(NAMES, jdbc.options().schema()), row -> row.text("name")));
    }

    /** The table's partition whose detachment was interrupted, whatever its name. */
    static Optional<String> pending(Jdbc jdbc, String table) {
        String schema = jdbc.options().schema();
        return jdbc.find(Sql.of(PENDING, schema + "." + table, schema), row -> row.text("name"));
    }

    /** The partitions of a table, in order. */
    static List<Partition> partitions(Jdbc jdbc, String table) {
        String schema = jdbc.options().schema();
        return jdbc.list(Sql.of(MONTHS, schema + "." + table, schema, table), PartitionCatalogue::map);
    }

    /** The same, after a short wait for another session that is making partitions and about to commit. */
    static List<Partition> whenNotBusy(Jdbc jdbc, String table) {
        List<Partition> partitions = partitions(jdbc, table);
        long deadline = System.nanoTime() + BUSY_WAIT;
        while (partitions.stream().anyMatch(Partition::busy) && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(BUSY_PAUSE);
            partitions = partitions(jdbc, table);
        }
        return partitions;
    }

    /** Whether this role owns the table, or is a member of the role that does. */
    static boolean owns(Jdbc jdbc, String table) {
        return jdbc.one(Sql.of(OWNS, jdbc.options().schema() + "." + table), row -> row.bool("owns"));
    }

    private static Partition map(Row row) throws SQLException {
        return new Partition(
                YearMonth.parse(row.text("month").replace('_', '-')),
                row.bool("attached"),
                row.bool("pending"),
                row.bool("settled"),
                row.bool("busy"));
    }

    /** A partition. */
    record Partition(YearMonth month, boolean attached, boolean pending, boolean settled, boolean busy) {}
}
