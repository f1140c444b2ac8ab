package dev.evalstore.internal.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** HikariCP's pools behind data sources. */
public final class HikariPools {
    private HikariPools() {}

    /** The pool that the data source is or wraps, or null. It is asked each time, since a routing one may answer anew. */
    public static @Nullable HikariDataSource behind(DataSource source) {
        if (source instanceof HikariDataSource hikari) {
            return hikari;
        }
        try {
            return source.isWrapperFor(HikariDataSource.class) ? source.unwrap(HikariDataSource.class) : null;
        } catch (SQLException | RuntimeException e) {
            return null;
        }
    }

    /** The same if one of its connections is free now, or null. */
    static @Nullable HikariDataSource withFree(DataSource source) {
        HikariDataSource hikari = behind(source);
        HikariPoolMXBean now = hikari == null ? null : hikari.getHikariPoolMXBean();
        return hikari != null
                        && now != null
                        && now.getThreadsAwaitingConnection() == 0
                        && now.getActiveConnections() < hikari.getMaximumPoolSize()
                ? hikari
                : null;
    }
}
