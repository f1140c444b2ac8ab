package dev.evalstore;

import org.jspecify.annotations.Nullable;

/**
 * The schema is absent, older or newer than this library, the server cannot hold it, or a migration failed. The message
 * says what to do.
 */
public final class SchemaException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what is wrong and what to do
     * @param sqlState the server's code, or null
     * @param cause what was caught, or null
     */
    public SchemaException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
        super(message, sqlState, cause);
    }
}
