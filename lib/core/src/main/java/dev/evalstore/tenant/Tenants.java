package dev.evalstore.tenant;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.SchemaException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Recent;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.MigrationPool;
import dev.evalstore.internal.schema.Migrations;
import dev.evalstore.internal.schema.SchemaDrop;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Tenants: a schema each, all on one pool. A tenant is a schema with this library's history of migrations, whoever made
 * it; no other schema is listed, migrated or dropped here. What one process remembers of tenants is bounded, however
 * many there are. Thread-safe. Nothing here is part of a transaction of the host's.
 */
public final class Tenants {
    /** Views that are remembered at least; at most twice as many. */
    static final int VIEWS = 500;

    private static final int PAGE = 1_000;

    private static final String IS_TAKEN = """
            /* tenants.is_taken */ select exists (
                select from pg_catalog.pg_depend where refclassid = 'pg_namespace'::regclass
                    and refobjid = to_regnamespace(?) and classid = 'pg_class'::regclass) as taken""";

    private final Jdbc jdbc;
    private final DataSource pool;
    private final Function<Jdbc, Database> views;
    private final Recent<String, Database> known;
    private final TenantCatalogue catalogue;

    /** The schema of the view that this was asked of. */
    private final String own;

    /** Called by {@code Database} alone. */
    public Tenants(Jdbc jdbc, DataSource pool, Function<Jdbc, Database> views) {
        this.jdbc = jdbc.apart();
        this.pool = pool;
        this.views = views;
        this.known = new Recent<>(VIEWS);
        this.catalogue = new TenantCatalogue(this.jdbc, new Migrations(jdbc, pool).latest());
        this.own = jdbc.options().schema();
    }

    /** The same tenants, asked of a view on the schema. Called by {@code Database} alone. */
    public Tenants(Tenants root, String own) {
        this.jdbc = root.jdbc;
        this.pool = root.pool;
        this.views = root.views;
        this.known = root.known;
        this.catalogue = root.catalogue;
        this.own = own;
    }

    /**
     * The store on a tenant's schema, on the same pool and with the same statistics. Costs nothing to ask for; the
     * server is not asked, so the tenant need not be there yet. Closing it does nothing. While the tenant is being
     * dropped, {@code migrate} and {@code validate} are refused, and rows that are written to the tables that are left go
     * with them.
     *
     * @throws IllegalArgumentException if the name is no plain lower-case PostgreSQL name
     */
    public Database tenant(String name) {
        Database view = known.get(Objects.requireNonNull(name, "name"));
        return view != null ? view : known.get(checked(name), schema -> views.apply(jdbcOf(schema)));
    }

    /**
     * Makes a tenant with this library's version, in one transaction: a failure or a killed process leaves nothing.
     * Rights of other roles come from the default privileges of the role that calls this, as {@code roles.sql} sets
     * them. Of callers at the same time one makes it, and the others are told.
     *
     * @return the store on the new schema
     * @throws ConflictException if the schema is there and holds anything, a tenant or not
     * @throws IllegalArgumentException if the name is no plain lower-case PostgreSQL name, or is {@code public}
     * @throws SchemaException if the server or the encoding is refused
     */
    public Database create(String name) {
        Jdbc tenant = jdbcOf(ownName(name));
        forget(name);
        Migrations migrations = new Migrations(tenant, pool);
        migrations.building(schema -> {
            if (schema.tx().one(Sql.of(IS_TAKEN, name), row -> row.bool("taken"))) {
                throw new ConflictException("schema " + name + " is there already, and is not empty");
            }
            schema.migrate(migrations.latest());
            return true;
        });
        return tenant(name);
    }

    /** The tenant, or empty when no schema of the name has a history. */
    public Optional<Tenant> find(String name) {
        return catalogue.find(checked(name));
    }

    /**
     * The tenant.
     *
     * @throws NotFoundException if no schema of the name has a history
     */
    public Tenant get(String name) {
        return find(name).orElseThrow(() -> new NotFoundException("tenant", "name", name));
    }

    /** {@link #list(int, Cursor)} from the beginning. */
    public Page<Tenant> list(int limit) {
        return list(limit, null);
    }

    /**
     * A page of the tenants by name, with their versions, in two statements. A tenant that is half dropped or cannot be
     * read is among them, and says so.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     */
    public Page<Tenant> list(int limit, @Nullable Cursor after) {
        return catalogue.list(limit, after);
    }

    /**
     * The sizes of a page of the tenants by name, in four statements. Tenants that are newer, broken or half dropped
     * are left out, so a page may have fewer than the limit.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     * @throws DatabaseException if a tenant was dropped meanwhile
     */
    public Page<TenantStats> stats(int limit, @Nullable Cursor after) {
        return catalogue.stats(limit, after);
    }

    /** Maintenance of all tenants in turns, with turns of ten seconds unless the options say otherwise. */
    public TenantMaintenance maintenance(MaintenanceOptions each, TenantOptions options) {
        return new TenantMaintenance(this, each, options);
    }

    /** {@link #migrateAll(TenantOptions)} with the default options. */
    public TenantReport migrateAll() {
        return migrateAll(TenantOptions.DEFAULT);
    }

    /**
     * Brings every tenant to this library's version. One that fails is reported, and the others are migrated. Called
     * again, it goes on with those that are behind; several processes may call it at once. A tenant that is dropped
     * meanwhile is not made again. An interrupt lets the migrations under way end, and begins no others.
     */
    public TenantReport migrateAll(TenantOptions options) {
        Objects.requireNonNull(options, "options");
        try (MigrationPool few = MigrationPool.keeping(pool, options.parallel(), options.lockTimeout())) {
            // On a pool that cannot be seen, migrations at the same time could take each other's connections.
            int parallel = few.kept() == null ? 1 : options.parallel();
            return TenantRun.over(
                    all(),
                    parallel,
                    tenant -> {
                        requireWhole(tenant);
                        if (tenant.isCurrent()) {
                            return false;
                        }
                        Optional<Integer> applied = new Migrations(jdbcOf(tenant.name()), few).migrateExisting();
                        forget(tenant.name());
                        return applied.isPresent();
                    },
                    options.progress());
        }
    }

    /**
     * Runs the work for every tenant, also for those that are behind; {@link TenantOptions#parallel} at a time. One
     * whose work throws anything, an error included, is reported, and the others are worked on. A tenant that is half
     * dropped or broken counts as failed.
     */
    public TenantReport forEach(TenantOptions options, TenantWork<?> work) {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(work, "work");
        return TenantRun.over(
                all(),
                options.parallel(),
                tenant -> {
                    if (tenant.state() != TenantState.NEWER) {
                        requireWhole(tenant);
                    }
                    try {
                        work.run(tenant(tenant.name()));
                        return true;
                    } catch (DatabaseException e) {
                        if (find(tenant.name()).isEmpty()) {
                            return false;
                        }
                        throw e;
                    }
                },
                options.progress());
    }

    /** {@link #drop(String, String, TenantOptions)} with the default options. */
    public void drop(String name, String sameName) {
        drop(name, sameName, TenantOptions.DEFAULT);
    }

    /**
     * Drops a tenant: its schema and everything in it. Unless the options say {@link TenantOptions#dropForeign}, a drop is
     * refused that would take objects that the library did not make: tables, views, sequences, functions, types and
     * extensions in the schema, and views and foreign keys elsewhere that need its tables. They are looked for once, before
     * anything is dropped. Tables go some at a time, in commits of their own, since the server's table of locks may not
     * hold all of them. A drop that is broken off leaves the tenant {@linkplain TenantState#DROPPING marked}; called again
     * it goes on, and refuses nothing more.
     *
     * @param sameName the name once more, so that no slip drops a tenant
     * @throws IllegalArgumentException if the names differ, or it is {@code public}, or the schema of the {@code Database} that this was
     *     asked of, or of the one that has the pool
     * @throws NotFoundException if the schema is no tenant, or is not there
     * @throws ConflictException if objects would go that the library did not make; the message names the first
     * @throws DatabaseException if a lock was not had within the options' time, of a reader or writer that goes on
     */
    public void drop(String name, String sameName, TenantOptions options) {
        ownName(name);
        Objects.requireNonNull(options, "options");
        if (!name.equals(sameName)) {
            throw new IllegalArgumentException("sameName must be the name once more");
        }
        if (name.equals(own) || name.equals(jdbc.options().schema())) {
            throw new IllegalArgumentException(
                    "name must not be the schema that this Database, or the one that has the pool, works in");
        }
        SchemaDrop.drop(jdbcOf(name), MigrationPool.beside(pool), options.lockTimeout(), options.dropForeign());
        forget(name);
    }

    static void requireWhole(Tenant tenant) {
        switch (tenant.state()) {
            case DROPPING -> throw new ConflictException("tenant " + tenant.name() + " is being dropped");
            case BROKEN -> throw new SchemaException("tenant " + tenant.name() + ": " + tenant.problem(), null, null);
            case NEWER ->
                throw new SchemaException("tenant " + tenant.name() + " is newer than this library", null, null);
            default -> {}
        }
    }

    List<Tenant> all() {
        List<Tenant> all = new ArrayList<>();
        Cursor after = null;
        do {
            Page<Tenant> page = list(PAGE, after);
            all.addAll(page.items());
            after = page.next();
        } while (after != null);
        return all;
    }

    /** What was remembered of a schema is not true of one that takes its place. */
    private void forget(String name) {
        Database view = known.get(name);
        if (view != null) {
            known.remove(name, view);
        }
    }

    private static String checked(String name) {
        return Check.schema("name", name);
    }

    /** A name that a tenant may get and lose: a drop takes the schema, and others need that of everybody. */
    private static String ownName(String name) {
        if (checked(name).equals("public")) {
            throw new IllegalArgumentException("name must not be public, which is everybody's schema");
        }
        return name;
    }

    private Jdbc jdbcOf(String schema) {
        return jdbc.onSchema(schema, true);
    }
}
