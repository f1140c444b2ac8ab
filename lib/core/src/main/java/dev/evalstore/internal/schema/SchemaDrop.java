package dev.evalstore.internal.schema;

import dev.evalstore.ConflictException;
import dev.evalstore.DatabaseException;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Drops a whole schema, some tables in each commit: a lock is needed for each table, index and constraint, and the
 * server's table of locks holds a few thousand for everybody. The schema is marked first, and the history goes last: what
 * was broken off is found, and gone on with.
 */
public final class SchemaDrop {
    /** The schema's comment while it is dropped. */
    public static final String MARK = "evalstore: being dropped";

    private static final int BATCH = 20;

    /** A deadlock with users of the tables, and a full table of locks: fewer tables at once may do. */
    private static final Set<String> TOO_MANY = Set.of("40P01", "53200");

    /** Partitions before the tables that they are of. */
    private static final String TABLES = """
            /* tenants.tables */ select c.relname::text as name
            from pg_catalog.pg_class c
            where c.relnamespace = to_regnamespace(?) and c.relkind in ('r', 'p')
                and c.relname <> 'evalstore_schema_history'
            order by c.relispartition desc, c.relkind = 'p', c.relname limit ?""";

    private static final String MARKED = """
            /* tenants.marked */ select coalesce(obj_description(to_regnamespace(?), 'pg_namespace') = ?, false) as marked""";

    private SchemaDrop() {}

    /** Whether a drop was begun. */
    static boolean isMarked(Jdbc db) {
        return db.one(Sql.of(MARKED, db.options().schema(), MARK), row -> row.bool("marked"));
    }

    /**
     * Waits for those who migrate the schema, and at most so long for each lock.
     *
     * @param foreign whether objects that the library did not make go too
     * @throws ConflictException before anything is dropped, if there are such and they may not go
     * @throws NotFoundException if no library was migrated there
     */
    public static void drop(Jdbc tenant, MigrationPool pool, Duration lockTimeout, boolean foreign) {
        String schema = '"' + tenant.options().schema() + '"';
        new Migrations(tenant, pool).exclusively((db, source) -> {
            if (!Migrations.hasHistory(db)) {
                throw new NotFoundException("tenant", "name", tenant.options().schema());
            }
            // A drop that goes on finds sets of tables that are not whole any more.
            if (!foreign && !isMarked(db)) {
                refuseForeign(db);
            }
            db.outsideTransaction("tenants.mark", lockTimeout, "comment on schema " + schema + " is '" + MARK + "'");
            int batch = BATCH;
            List<String> tables = tables(db, batch);
            while (!tables.isEmpty()) {
                try {
                    db.outsideTransaction("tenants.drop_tables", lockTimeout, dropped(schema, tables));
                } catch (DatabaseException e) {
                    if (batch == 1 || !TOO_MANY.contains(String.valueOf(e.sqlState()))) {
                        throw e;
                    }
                    batch /= 2;
                }
                tables = tables(db, batch);
            }
            db.outsideTransaction("tenants.drop_schema", lockTimeout, "drop schema " + schema + " cascade");
            return true;
        });
    }

    private static void refuseForeign(Jdbc db) {
        String schema = db.options().schema();
        Contents.foreign(db, Made.upTo(new Scripts(schema).latest())).ifPresent(object -> {
            throw new ConflictException("drop of schema " + schema + " would take the " + object
                    + ", which is not the library's: move it, or drop with TenantOptions.dropForeign(true)");
        });
    }

    private static List<String> tables(Jdbc db, int limit) {
        return db.list(Sql.of(TABLES, db.options().schema(), limit), row -> row.text("name"));
    }

    /** Names of the host's own tables may hold anything. */
    private static String dropped(String schema, List<String> tables) {
        return tables.stream()
                .map(name -> schema + ".\"" + name.replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(", ", "drop table if exists ", " cascade"));
    }
}
