package dev.evalstore.job;

import dev.evalstore.ConflictException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An unfinished job of the queue has the unique key. Nothing was stored. {@link JobRepository#createUnique} returns that
 * job instead.
 */
public final class UniqueKeyTakenException extends ConflictException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable UUID owner;

    UniqueKeyTakenException(@Nullable UUID owner) {
        super("an unfinished job" + (owner == null ? "" : " (" + owner + ")") + " of the queue has the unique key");
        this.owner = owner;
    }

    /** The id of the job that has the key; null where several jobs were to be created. */
    public @Nullable UUID owner() {
        return owner;
    }
}
