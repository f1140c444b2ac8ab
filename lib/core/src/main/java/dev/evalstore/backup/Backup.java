package dev.evalstore.backup;

import dev.evalstore.internal.jdbc.Jdbc;
import javax.sql.DataSource;

/** Copies of the store in files. Thread-safe. */
public final class Backup {
    private final Jdbc jdbc;
    private final DataSource pool;

    /** Called by {@code Database} alone. */
    public Backup(Jdbc jdbc, DataSource pool) {
        // An export is never part of the host's transaction.
        this.jdbc = jdbc.apart();
        this.pool = pool;
    }
}
