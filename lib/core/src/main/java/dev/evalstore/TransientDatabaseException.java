package dev.evalstore;

import org.jspecify.annotations.Nullable;

/**
 * A failure that may pass if the whole transaction runs again. Such are a serialization failure, a deadlock, a lock
 * timeout, a connection that could not be made or was lost.
 *
 * <p>If {@link #outcomeUnknown()} is true, the connection was lost after the commit was sent, and the write may or may
 * not be stored. Look before you repeat it. In every other case nothing was stored.
 */
public class TransientDatabaseException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    private final boolean outcomeUnknown;

    /**
     * @param message the failed operation and the reason
     * @param sqlState the server's or driver's code, or null
     * @param outcomeUnknown whether the write may have been stored
     * @param cause the exception behind it
     */
    public TransientDatabaseException(
            String message, @Nullable String sqlState, boolean outcomeUnknown, @Nullable Throwable cause) {
        super(message, sqlState, cause);
        this.outcomeUnknown = outcomeUnknown;
    }

    /** Whether the write may have been stored although its acknowledgement never arrived. */
    public final boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
