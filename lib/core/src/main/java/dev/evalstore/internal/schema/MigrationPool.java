package dev.evalstore.internal.schema;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connections that schemas are migrated on: for the time of one work beside a HikariCP pool, or the host's own.
 *
 * @param pool the store's pool
 * @param kept a pool that was opened for several works, or null
 */
public record MigrationPool(DataSource pool, @Nullable HikariDataSource kept) implements AutoCloseable {
    /** What one migration needs, with one to spare. */
    private static final int FOR_EACH = 4;

    /** Work on these connections. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Jdbc db, DataSource source);
    }

    /** Opened anew for each work. */
    public static MigrationPool beside(DataSource pool) {
        return new MigrationPool(pool, null);
    }

    /**
     * Opened once for many works, so many of them at a time. Of a pool that is not HikariCP's, the connections are the
     * host's own.
     *
     * @param lockTimeout how long a statement waits for each of its locks, where the pool is HikariCP's
     */
    public static MigrationPool keeping(DataSource pool, int works, Duration lockTimeout) {
        if (!(pool instanceof HikariDataSource hikari)) {
            return beside(pool);
        }
        requireOpen(hikari);
        return new MigrationPool(pool, Pools.openForMigrations(hikari, FOR_EACH * works, lockTimeout));
    }

    <T> T use(Jdbc jdbc, Work<T> work) {
        if (kept != null) {
            return run(jdbc, work, kept);
        }
        if (pool instanceof HikariDataSource hikari) {
            requireOpen(hikari);
            try (HikariDataSource few = Pools.openForMigrations(hikari, FOR_EACH, null)) {
                return run(jdbc, work, few);
            }
        }
        return run(jdbc, work, pool);
    }

    private static <T> T run(Jdbc jdbc, Work<T> work, DataSource source) {
        // Statements over whole tables are long by nature: a warning of each would tell nothing.
        DatabaseOptions options = jdbc.options().slowStatement(null);
        if (source instanceof HikariDataSource few) {
            options = options.poolAutoCommit(few.isAutoCommit());
        }
        return work.run(Jdbc.on(source, options).apart(), source);
    }

    private static void requireOpen(HikariDataSource pool) {
        if (pool.isClosed()) {
            throw new IllegalStateException("the database is closed");
        }
    }

    @Override
    public void close() {
        if (kept != null) {
            kept.close();
        }
    }
}
