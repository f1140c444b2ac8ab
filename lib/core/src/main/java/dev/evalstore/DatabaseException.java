package dev.evalstore;

import org.jspecify.annotations.Nullable;

/**
 * The root of every failure that the database, or the way to it, reports. Its message names the statement and the server's
 * reason, never a bound value, and its cause is stripped of the server's detail for the same reason.
 */
public class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String sqlState;

    /**
     * @param message what failed and why, without values
     * @param sqlState the five characters of the server's code, or null where no server spoke
     * @param cause what was caught, or null
     */
    public DatabaseException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
        super(message, cause);
        this.sqlState = sqlState;
    }

    /** The SQLSTATE that the server or the driver gave, or null where the failure did not come from one. */
    public final @Nullable String sqlState() {
        return sqlState;
    }
}
