package dev.evalstore.embedded;

import dev.evalstore.DatabaseException;
import org.jspecify.annotations.Nullable;

/** The store in a folder cannot be started; the message says what to do. Nothing in the folder was lost. */
public final class EmbeddedStoreException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why a store cannot be started. */
    public enum Reason {
        /** A process, which the message names by its number, has the folder open. */
        IN_USE,
        /** The path leads to a file, has a character that PostgreSQL's programs do not bear, or to other files than a store's. */
        NOT_A_STORE,
        /** The folder, or what is in it, belongs to another user. */
        OTHER_USER,
        /** The folder cannot be written. */
        READ_ONLY,
        /** The disk has no room left. */
        DISK_FULL,
        /** The folder's store was made by another major release of PostgreSQL. */
        OTHER_VERSION,
        /** PostgreSQL does not start here, for a reason of its own; the message holds what it said. */
        NOT_STARTED
    }

    EmbeddedStoreException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, null, cause);
        this.reason = reason;
    }

    /** Why, for a program. */
    public Reason reason() {
        return reason;
    }
}
