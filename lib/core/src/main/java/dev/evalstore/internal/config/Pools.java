package dev.evalstore.internal.config;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.internal.jdbc.Errors;
import dev.evalstore.internal.jdbc.Jdbc;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The settings of Hikari pools, and how pools are opened. */
public final class Pools {
    private static final Duration REPLICA_WAIT = Duration.ofSeconds(1);

    private Pools() {}

    public static HikariConfig hikari(DatabaseConfig config) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName(config.applicationName());
        pool.setJdbcUrl(config.url());
        pool.setUsername(config.user());
        pool.setPassword(config.password());
        pool.setMaximumPoolSize(config.poolSize());
        pool.setMinimumIdle(config.minimumIdle());
        pool.setConnectionTimeout(config.connectTimeout().toMillis());
        pool.setIdleTimeout(
                config.minimumIdle() == config.poolSize()
                        ? 0
                        : config.idleTimeout().toMillis());
        pool.setMaxLifetime(config.maxLifetime().toMillis());
        property(pool, "ApplicationName", config.applicationName());
        property(pool, "tcpKeepAlive", "true");
        property(pool, "logServerErrorDetail", "false");
        property(pool, "assumeMinServerVersion", "15");
        property(pool, "connectTimeout", seconds(config.connectTimeout()));
        property(pool, "loginTimeout", seconds(config.connectTimeout()));
        property(pool, "sslmode", config.sslMode().libpqName());
        file(pool, "sslrootcert", config.sslRootCert());
        file(pool, "sslcert", config.sslCert());
        file(pool, "sslkey", config.sslKey());
        String timeouts =
                setting("statement_timeout", config.statementTimeout()) + setting("lock_timeout", config.lockTimeout());
        if (config.statementTimeout() != null) {
            // The server cancels the statement itself; one that does not answer any more is given up soon after.
            property(pool, "socketTimeout", seconds(config.statementTimeout().plus(config.connectTimeout())));
        }
        if (config.url().contains(",")) {
            // By default the driver takes the first host that answers, which may be a replica.
            property(pool, "targetServerType", "primary");
        }
        config.properties().forEach((name, value) -> property(pool, name, value));
        if (!timeouts.isEmpty()) {
            property(pool, "options", (config.properties().getOrDefault("options", "") + timeouts).strip());
        }
        return pool;
    }

    /** Opens the pool with its first connection, so that wrong settings fail at once. */
    public static HikariDataSource open(HikariConfig config) {
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw Errors.connecting(cause, "cannot connect");
            }
            throw e;
        }
    }

    /**
     * Opens the pool of a replica, also where the replica is away. A read waits for a connection of it for a second at most
     * and then goes elsewhere.
     */
    public static HikariDataSource openReplica(DatabaseConfig config, String name) {
        HikariConfig pool = hikari(config);
        pool.setPoolName(config.applicationName() + "-" + name);
        pool.setConnectionTimeout(Math.min(REPLICA_WAIT.toMillis(), pool.getConnectionTimeout()));
        pool.setValidationTimeout(REPLICA_WAIT.toMillis() / 4);
        pool.setInitializationFailTimeout(-1);
        return open(pool);
    }

    /**
     * Opens a small pool beside the given one, for migrations: they must not wait for threads that wait for the
     * migration, and may take longer than a service's statements.
     *
     * @param lockTimeout how long a statement waits for each of its locks; null for what the given pool says
     */
    public static HikariDataSource openForMigrations(
            HikariDataSource like, int connections, @Nullable Duration lockTimeout) {
        HikariConfig config = new HikariConfig();
        like.copyStateTo(config);
        config.setPoolName(like.getPoolName() + "-migrations");
        String unlimited = lockTimeout == null
                ? "set statement_timeout = 0"
                : "set statement_timeout = 0; set lock_timeout = %d".formatted(lockTimeout.toMillis());
        String init = like.getConnectionInitSql();
        config.setConnectionInitSql(init == null ? unlimited : init + "; " + unlimited);
        String url = like.getJdbcUrl();
        if (url != null) {
            // By the URL: the copied settings share their map of driver properties with the given pool.
            config.setJdbcUrl(url + (url.contains("?") ? "&" : "?") + "socketTimeout=0" + unlimitedOptions(like));
        }
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        config.setIdleTimeout(Duration.ofSeconds(10).toMillis());
        return open(config);
    }

    /** A short timeout in the startup options would end what the pool asks before its first statement. */
    private static String unlimitedOptions(HikariDataSource like) {
        String options = like.getDataSourceProperties().getProperty("options");
        return options == null
                ? ""
                : "&options=" + URLEncoder.encode(options + " -c statement_timeout=0", StandardCharsets.UTF_8);
    }

    /** Opens a pool of one connection beside the given one, which may have none left. */
    public static HikariDataSource openBeside(HikariDataSource like, String name, Duration timeout) {
        HikariConfig config = new HikariConfig();
        like.copyStateTo(config);
        config.setPoolName(like.getPoolName() + name);
        config.setRegisterMbeans(false);
        if (config.getMetricsTrackerFactory() == null) {
            config.setMetricRegistry(null);
        } else {
            config.setMetricsTrackerFactory(null);
        }
        config.setHealthCheckRegistry(null);
        config.setMaximumPoolSize(1);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(timeout.toMillis());
        return open(config);
    }

    /**
     * Opens a pool of one connection for a caller that must not wait for others: one more beside a Hikari pool, or one that is taken
     * from another data source and kept.
     */
    public static HikariDataSource reserve(DataSource pool, Jdbc jdbc) {
        // A subclass may have a way of its own to hand out connections.
        if (pool.getClass() == HikariDataSource.class) {
            HikariDataSource like = (HikariDataSource) pool;
            return openBeside(like, "-reserved", Duration.ofMillis(like.getConnectionTimeout()));
        }
        HikariConfig config = new HikariConfig();
        config.setDataSource(jdbc.unshared());
        config.setPoolName("evalstore-reserved");
        config.setMaximumPoolSize(1);
        config.setMaxLifetime(0);
        return open(config);
    }

    private static void property(HikariConfig pool, String name, String value) {
        pool.addDataSourceProperty(name, value);
    }

    private static void file(HikariConfig pool, String name, @Nullable Path file) {
        if (file != null) {
            property(pool, name, file.toString());
        }
    }

    private static String seconds(Duration time) {
        return Long.toString(Math.max(1, (time.toMillis() + 999) / 1000));
    }

    private static String setting(String name, @Nullable Duration time) {
        return time == null ? "" : " -c " + name + "=" + time.toMillis();
    }
}
