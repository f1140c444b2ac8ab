package dev.evalstore;

import org.jspecify.annotations.Nullable;

/**
 * A failure that may pass when the whole transaction is run again: serialization failure, deadlock, lock timeout, a connection
 * that could not be made or was lost.
 *
 * <p>Where {@link #outcomeUnknown()} is true the connection was lost after a commit was on its way, and the write may or may
 * not be stored: look before repeating it. In every other case nothing was stored.
 */
public class TransientDatabaseException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    private final boolean outcomeUnknown;

    /**
     * @param message what failed and why
     * @param sqlState the server's or driver's code, or null
     * @param outcomeUnknown whether the write may have been stored
     * @param cause what was caught
     */
    public TransientDatabaseException(
            String message, @Nullable String sqlState, boolean outcomeUnknown, @Nullable Throwable cause) {
        super(message, sqlState, cause);
        this.outcomeUnknown = outcomeUnknown;
    }

    /** Whether the write may have been stored although its confirmation never arrived. */
    public final boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
