package dev.evalstore;

import org.jspecify.annotations.Nullable;

/** Every connection of the pool stayed in use for the whole connect timeout. Nothing was sent to the server. */
public final class PoolExhaustedException extends TransientDatabaseException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message the pool's own words: how long was waited, and how many connections are in use
     * @param cause what the pool threw
     */
    public PoolExhaustedException(String message, @Nullable Throwable cause) {
        super(message, null, false, cause);
    }
}
