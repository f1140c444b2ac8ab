package dev.evalstore;

import org.jspecify.annotations.Nullable;

/** Every connection of the pool stayed in use for the whole connect timeout. Nothing was sent to the server. */
public final class PoolExhaustedException extends TransientDatabaseException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message the pool's own message: the time waited and the connections in use
     * @param cause the pool's exception
     */
    public PoolExhaustedException(String message, @Nullable Throwable cause) {
        super(message, null, false, cause);
    }
}
