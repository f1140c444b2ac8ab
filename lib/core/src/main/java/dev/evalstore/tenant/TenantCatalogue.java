package dev.evalstore.tenant;

import dev.evalstore.Cursor;
import dev.evalstore.DatabaseException;
import dev.evalstore.Page;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Keyset;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.RowMapper;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import dev.evalstore.internal.schema.SchemaDrop;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds tenants in the server's catalogue, and reads the same of many of them in one statement. */
final class TenantCatalogue {
    /** The names that a {@code Database} can have for its schema. */
    private static final String FOUND = """
            /* tenants.list */ select n.nspname::text as name,
                obj_description(n.oid, 'pg_namespace') as comment,
                has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select') as readable
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relname = 'evalstore_schema_history' and c.relkind = 'r'
                and n.nspname ~ '^[a-z_][a-z0-9_]{0,62}$' and n.nspname !~ '^pg_'""";

    private static final String VERSION = """
            select ?::text as name, coalesce(max(h.version::int) filter (where h.success and h.type = 'SQL'), 0) as version,
                coalesce(bool_or(not h.success), false) as failed
            from {schema}.evalstore_schema_history h""";

    /** From the catalogue: to measure a table, a session opens it, and keeps what it knows of each table for its life. */
    private static final String SIZES = """
            /* tenants.sizes */ select n.nspname::text as name,
                (sum(c.relpages::bigint + coalesce(t.relpages, 0)) * current_setting('block_size')::bigint)::bigint as bytes,
                coalesce(sum(pg_stat_get_live_tuples(c.oid)) filter (where c.relkind <> 'i'), 0)::bigint as rows
            from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid
            left join pg_catalog.pg_class t on t.oid = c.reltoastrelid
            where n.nspname = any (?::name[]) and c.relkind in ('r', 'm', 'i')
            group by n.nspname""";

    private static final String JOBS = """
            select ?::text as name,
                (select count(*) from (select from {schema}.job_ready limit 10000) r)
                + (select count(*) from (select from {schema}.job_scheduled limit 10000) s) as waiting,
                (select count(*) from (select from {schema}.job_leases limit 10000) l) as running""";

    private static final Keyset<Found> BY_NAME =
            new Keyset<>("tenants", List.of("n.nspname"), "asc", "?::name", Found::name, name -> new Object[] {name});

    private final Jdbc jdbc;
    private final int latest;

    TenantCatalogue(Jdbc jdbc, int latest) {
        this.jdbc = jdbc;
        this.latest = latest;
    }

    /**
     * A schema with a history.
     *
     * @param readable null where it went while it was looked at
     */
    private record Found(
            String name, @Nullable String comment, @Nullable Boolean readable) {
        static Found map(Row row) throws SQLException {
            return new Found(row.text("name"), row.textOrNull("comment"), row.boolOrNull("readable"));
        }

        boolean isDropping() {
            return SchemaDrop.MARK.equals(comment);
        }
    }

    /** What a history says. */
    private record Version(String name, int number, boolean failed) {
        static Version map(Row row) throws SQLException {
            return new Version(row.text("name"), row.integer("version"), row.bool("failed"));
        }
    }

    Page<Tenant> list(int limit, @Nullable Cursor after) {
        Page<Found> page = BY_NAME.read(jdbc, Sql.of(FOUND), Found::map, limit, after);
        return new Page<>(withVersions(page.items()), page.next());
    }

    Optional<Tenant> find(String name) {
        List<Found> found = jdbc.list(Sql.of(FOUND).and("and n.nspname = ?::name", name), Found::map);
        return withVersions(found).stream().findFirst();
    }

    /** Those of a page that can be worked with, in three statements. */
    Page<TenantStats> stats(int limit, @Nullable Cursor after) {
        Page<Tenant> page = list(limit, after);
        List<String> whole = page.items().stream()
                .filter(tenant -> tenant.version() > 0
                        && (tenant.state() == TenantState.CURRENT || tenant.state() == TenantState.BEHIND))
                .map(Tenant::name)
                .toList();
        Map<String, TenantStats> sizes = new HashMap<>();
        jdbc.list(
                        Sql.of(SIZES, SqlArray.texts(whole)),
                        row -> new TenantStats(row.text("name"), row.bigint("bytes"), row.bigint("rows"), 0, 0))
                .forEach(size -> sizes.put(size.name(), size));
        List<TenantStats> stats = each(JOBS, whole, row -> {
            TenantStats size = sizes.getOrDefault(row.text("name"), new TenantStats(row.text("name"), 0, 0, 0, 0));
            return new TenantStats(
                    size.name(), size.bytes(), size.rows(), row.bigint("waiting"), row.bigint("running"));
        });
        return new Page<>(stats, page.next());
    }

    private List<Tenant> withVersions(List<Found> all) {
        List<Found> found = all.stream().filter(one -> one.readable() != null).toList();
        List<String> readable = found.stream()
                .filter(one -> Boolean.TRUE.equals(one.readable()))
                .map(Found::name)
                .toList();
        Map<String, Version> versions = new HashMap<>();
        Map<String, String> problems = new HashMap<>();
        try {
            each(VERSION, readable, Version::map).forEach(version -> versions.put(version.name(), version));
        } catch (TransientDatabaseException e) {
            throw e;
        } catch (DatabaseException e) {
            // One of them, which may be a table of somebody else's, or has gone meanwhile.
            for (String name : readable) {
                try {
                    each(VERSION, List.of(name), Version::map).forEach(version -> versions.put(name, version));
                } catch (TransientDatabaseException failed) {
                    throw failed;
                } catch (DatabaseException failed) {
                    problems.put(name, "the history cannot be read: SQLSTATE " + failed.sqlState());
                }
            }
        }
        return found.stream()
                .map(one -> tenant(one, versions.get(one.name()), problems.get(one.name())))
                .toList();
    }

    private Tenant tenant(Found found, @Nullable Version version, @Nullable String problem) {
        int number = version == null ? 0 : version.number();
        if (found.isDropping()) {
            return new Tenant(found.name(), number, TenantState.DROPPING, null);
        }
        if (version == null || version.failed()) {
            String why = problem != null
                    ? problem
                    : version == null
                            ? "this role may not read the history"
                            : "the history tells of a failed migration";
            return new Tenant(found.name(), number, TenantState.BROKEN, why);
        }
        TenantState state =
                number == latest ? TenantState.CURRENT : number < latest ? TenantState.BEHIND : TenantState.NEWER;
        return new Tenant(found.name(), number, state, null);
    }

    /**
     * One statement for many tenants.
     *
     * @param text has the tenant's name for its first argument, and {@code {schema}}
     */
    <T> List<T> each(String text, List<String> names, RowMapper<T> mapper) {
        if (names.isEmpty()) {
            return List.of();
        }
        String union = names.stream()
                .map(name -> text.replace("{schema}", '"' + name + '"'))
                .collect(Collectors.joining("\nunion all\n", "/* tenants.each */\n", ""));
        return jdbc.listOnce(new Sql(union, new ArrayList<>(names)), mapper);
    }
}
