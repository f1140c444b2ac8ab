package dev.evalstore.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * What a restore did.
 *
 * @param schema the schema that was filled
 * @param snapshotAt the moment that the rows are of, by the exporting server's clock: what was stored later is lost, and so
 *     is every revocation of a key after it
 * @param backupVersion the schema version of the backup
 * @param schemaVersion that of the schema now
 * @param tables how many tables the backup had
 * @param rows how many rows were loaded
 * @param bytes their bytes before compression
 * @param mustReset how many users have no password, since the backup has none, and must reset it
 * @param webhooks how many subscriptions have a new secret and are paused, since the backup has no secrets
 * @param repairs what was put back, suspended and dropped
 * @param elapsed how long it took, the verification included
 */
public record RestoreReport(
        String schema,
        Instant snapshotAt,
        int backupVersion,
        int schemaVersion,
        int tables,
        long rows,
        long bytes,
        long mustReset,
        long webhooks,
        StoreRepairs repairs,
        Duration elapsed) {
    public RestoreReport {
        Objects.requireNonNull(schema, "schema");
        Objects.requireNonNull(snapshotAt, "snapshotAt");
        Objects.requireNonNull(repairs, "repairs");
        Objects.requireNonNull(elapsed, "elapsed");
    }
}
