package dev.evalstore.backup;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a backup is restored.
 *
 * @param keys what becomes of API keys; {@link RestoredKeys#SUSPEND} unless given
 * @param progress is called on the restoring thread, several times a second at most; an exception of it is logged, and the restore
 *     goes on
 */
public record RestoreOptions(RestoredKeys keys, Consumer<BackupProgress> progress) {
    /** Keys are suspended, and there is no progress. */
    public static final RestoreOptions DEFAULT = new RestoreOptions(RestoredKeys.SUSPEND, progress -> {});

    public RestoreOptions {
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(progress, "progress");
    }

    public RestoreOptions keys(RestoredKeys what) {
        return new RestoreOptions(what, progress);
    }

    public RestoreOptions progress(Consumer<BackupProgress> listener) {
        return new RestoreOptions(keys, listener);
    }
}
