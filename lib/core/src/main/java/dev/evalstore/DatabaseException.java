package dev.evalstore;

import org.jspecify.annotations.Nullable;

/**
 * The root of every failure that the database or the connection to it reports. The message names the statement and the
 * server's reason and never a bound value. The cause is stripped of the server's detail for the same reason.
 */
public class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String sqlState;

    /**
     * @param message the failed operation and the reason, without values
     * @param sqlState the five characters of the server's code, or null if the failure did not come from a server
     * @param cause the exception behind it, or null
     */
    public DatabaseException(String message, @Nullable String sqlState, @Nullable Throwable cause) {
        super(message, cause);
        this.sqlState = sqlState;
    }

    /** The SQLSTATE of the server or the driver, or null if the failure did not come from one. */
    public final @Nullable String sqlState() {
        return sqlState;
    }
}
