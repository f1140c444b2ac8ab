package dev.evalstore.internal.maintenance;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseStats;
import dev.evalstore.Health;
import dev.evalstore.PoolStats;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.schema.Migrations;
import dev.evalstore.internal.schema.Partitions;
import java.time.Duration;
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
            from pg_class c
            cross join lateral (
                select c.oid as relid where c.relkind = 'r'
                union all
                select t.relid from pg_partition_tree(c.oid) t where c.relkind = 'p' and t.isleaf) p
            join pg_stat_all_tables s on s.relid = p.relid
            where c.relnamespace = to_regnamespace(?) and c.relkind in ('r', 'p') and not c.relispartition
            group by c.relname order by c.relname""";

    private static final String DATABASE = """
            /* stats.database */ select pg_database_size(current_database()) as bytes""";

    private final Jdbc jdbc;
    private final DataSource pool;
    private final Migrations migrations;

    public Inspection(Jdbc jdbc, DataSource pool, Migrations migrations) {
        this.jdbc = jdbc;
        this.pool = pool;
        this.migrations = migrations;
    }

    public Health health() {
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
                    migrations.current(),
                    migrations.latest(),
                    poolStats(),
                    server.oldest(),
                    Partitions.monthsAhead(jdbc, Partitions.now(jdbc)));
        } catch (DatabaseException e) {
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            return new Health(
                    false, e.getMessage(), waited, "", false, 0, migrations.latest(), poolStats(), Duration.ZERO, 0);
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
        return new DatabaseStats(bytes, tables, poolStats(), jdbc.operations());
    }

    private @Nullable PoolStats poolStats() {
        if (!(pool instanceof HikariDataSource hikari) || hikari.getHikariPoolMXBean() == null) {
            return null;
        }
        var bean = hikari.getHikariPoolMXBean();
        return new PoolStats(
                bean.getActiveConnections(),
                bean.getIdleConnections(),
                bean.getThreadsAwaitingConnection(),
                bean.getTotalConnections());
    }

    /** The server's part of the answer. */
    private record Server(String version, boolean writable, Duration oldest) {}
}
