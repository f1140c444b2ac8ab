package dev.evalstore.internal.maintenance;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.DatabaseStats;
import dev.evalstore.Health;
import dev.evalstore.PoolStats;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.internal.jdbc.HikariPools;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.Migrations;
import dev.evalstore.internal.schema.Partitions;
import dev.evalstore.internal.schema.PartitionsAhead;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Answers {@code Database.health()} and {@code stats()} from the server's own views. */
public final class Inspection {
    private static final String HEALTH = """
            /* health.server */ select split_part(current_setting('server_version'), ' ', 1) as version,
                not pg_is_in_recovery() as writable,
                (select coalesce(extract(epoch from max(statement_timestamp() - xact_start)), 0)
                 from pg_stat_activity where pid <> pg_backend_pid())::float8 as oldest""";

    private static final String TABLES = """
            /* stats.tables */ select c.relname::text as name,
                sum(s.n_live_tup)::bigint as live_rows, sum(s.n_dead_tup)::bigint as dead_rows,
                sum(pg_table_size(p.relid))::bigint as table_bytes, sum(pg_indexes_size(p.relid))::bigint as index_bytes
            from pg_depend d join pg_class c on c.oid = d.objid
            cross join lateral (
                select c.oid as relid where c.relkind = 'r'
                union all
                select t.relid from pg_partition_tree(c.oid) t where c.relkind = 'p' and t.isleaf) p
            join pg_stat_all_tables s on s.relid = p.relid
            where d.refclassid = 'pg_namespace'::regclass and d.refobjid = to_regnamespace(?)
                and d.classid = 'pg_class'::regclass and c.relkind in ('r', 'p') and not c.relispartition
            group by c.relname order by c.relname""";

    private static final String DATABASE = """
            /* stats.database */ select pg_database_size(current_database()) as bytes""";

    /** A readiness probe that answers later is of no use. */
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(5);

    /** Shorter, so that the reason arrives in time. */
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);

    private final Jdbc jdbc;
    private final DataSource pool;
    private final Migrations migrations;
    private final AtomicReference<@Nullable FutureTask<Health>> asking = new AtomicReference<>();

    public Inspection(Jdbc jdbc, DataSource pool, Migrations migrations) {
        // What is asked is the store, not the host's transaction.
        this.jdbc = jdbc.apart();
        this.pool = pool;
        this.migrations = migrations;
    }

    /** Asks on a thread of its own, since neither a pool nor a server need answer in time. Callers at one time share an answer. */
    public Health health() {
        long start = System.nanoTime();
        FutureTask<Health> ours = new FutureTask<>(this::ask);
        FutureTask<Health> task = asking.updateAndGet(last -> last == null || last.isDone() ? ours : last);
        if (task == ours) {
            Thread thread = new Thread(ours, "evalstore-health");
            thread.setDaemon(true);
            thread.start();
        }
        try {
            return Objects.requireNonNull(task).get(HEALTH_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return unreachable("no answer within " + HEALTH_TIMEOUT.toSeconds() + " s", start);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unreachable("interrupted", start);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unexpected) {
                throw unexpected;
            }
            throw new IllegalStateException("health", e.getCause());
        }
    }

    private Health ask() {
        HikariDataSource hikari = HikariPools.behind(pool);
        if (hikari == null || hikari.isClosed() || hasRoom(hikari)) {
            return ask(jdbc);
        }
        try (HikariDataSource beside = Pools.openBeside(hikari, "-health", CONNECT_TIMEOUT)) {
            DatabaseOptions options = jdbc.options().poolAutoCommit(beside.isAutoCommit());
            return ask(Jdbc.on(beside, options).apart());
        }
    }

    private static boolean hasRoom(HikariDataSource hikari) {
        HikariPoolMXBean bean = hikari.getHikariPoolMXBean();
        return bean == null
                || bean.getThreadsAwaitingConnection() == 0
                        && bean.getActiveConnections() < hikari.getMaximumPoolSize();
    }

    private Health unreachable(@Nullable String problem, long start) {
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        return new Health(false, problem, waited, "", false, 0, migrations.latest(), connections(), Duration.ZERO, 0);
    }

    private Health ask(Jdbc jdbc) {
        long start = System.nanoTime();
        try {
            Server server = jdbc.one(
                    Sql.of(HEALTH),
                    row -> new Server(row.text("version"), row.bool("writable"), Duration.ofNanos((long)
                            (row.real("oldest") * 1e9))));
            Duration roundTrip = Duration.ofNanos(System.nanoTime() - start);
            return new Health(
                    true,
                    null,
                    roundTrip,
                    server.version(),
                    server.writable(),
                    Migrations.current(jdbc),
                    migrations.latest(),
                    connections(),
                    server.oldest(),
                    PartitionsAhead.monthsAhead(jdbc, Partitions.now(jdbc)));
        } catch (DatabaseException e) {
            return unreachable(e.getMessage(), start);
        }
    }

    public DatabaseStats stats() {
        long bytes = jdbc.one(Sql.of(DATABASE), row -> row.bigint("bytes"));
        var tables = jdbc.list(
                Sql.of(TABLES, jdbc.options().schema()),
                row -> new DatabaseStats.TableStats(
                        row.text("name"),
                        row.bigint("live_rows"),
                        row.bigint("dead_rows"),
                        row.bigint("table_bytes"),
                        row.bigint("index_bytes")));
        return new DatabaseStats(bytes, tables, connections(), jdbc.operations());
    }

    /**
     * The pool's connections, or null without a HikariCP pool.
     *
     * @throws IllegalStateException if the pool is closed
     */
    public @Nullable PoolStats poolStats() {
        HikariDataSource hikari = HikariPools.behind(pool);
        if (hikari != null && hikari.isClosed()) {
            throw new IllegalStateException("the database is closed");
        }
        return connections();
    }

    /** Also while the pool is being closed. */
    private @Nullable PoolStats connections() {
        HikariDataSource hikari = HikariPools.behind(pool);
        HikariPoolMXBean bean = hikari == null ? null : hikari.getHikariPoolMXBean();
        if (hikari == null || bean == null) {
            return null;
        }
        return new PoolStats(
                bean.getActiveConnections(),
                bean.getIdleConnections(),
                bean.getThreadsAwaitingConnection(),
                bean.getTotalConnections(),
                hikari.getMaximumPoolSize());
    }

    /** The server's part of the answer. */
    private record Server(String version, boolean writable, Duration oldest) {}
}
