package dev.evalstore;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The schema's version and the library's.
 *
 * @param schema the PostgreSQL schema
 * @param current the newest version applied, 0 if there is none
 * @param latest the newest version that this library carries
 * @param migrations the library's migrations, and newer ones that the schema has, oldest first
 */
public record MigrationStatus(String schema, int current, int latest, List<Migration> migrations) {
    public MigrationStatus {
        migrations = List.copyOf(migrations);
    }

    /** Whether the schema has this library's version. */
    public boolean isCurrent() {
        return current == latest;
    }

    /**
     * One migration.
     *
     * @param version its number, from 1
     * @param description its name
     * @param appliedAt when it was applied, by the server's clock; null while it is pending
     */
    public record Migration(
            int version, String description, @Nullable Instant appliedAt) {}
}
