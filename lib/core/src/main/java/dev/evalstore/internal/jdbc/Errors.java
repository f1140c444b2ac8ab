package dev.evalstore.internal.jdbc;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.DatabaseException;
import dev.evalstore.PoolExhaustedException;
import dev.evalstore.SchemaException;
import dev.evalstore.TransientDatabaseException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Types a driver's exception by its SQLSTATE. The server's detail, and a message that quotes a value, stop here: they reach
 * neither our message nor the cause that a logger would print.
 */
public final class Errors {
    private static final Set<String> RETRYABLE = Set.of("40001", "40P01", "55P03");
    /** The server ended the session because its transaction was idle for too long, and rolled that back. */
    private static final String LEFT_IDLE = "25P03";

    /** The server does not accept writes, or no longer does. */
    private static final String READ_ONLY = "25006";

    /** The connection was closed before, the server was full, not yet ready, or is read-only: nothing was done. */
    private static final Set<String> NOTHING_DONE =
            Set.of("08001", "08003", "08004", "53300", "57P03", READ_ONLY, LEFT_IDLE);

    /**
     * A parallel worker of a query is gone, usually because the server is shutting down. The SQLSTATE has other meanings, and the
     * message may be in any language, so the server's source file tells this case apart. Among transient failures it is the only one.
     */
    private static final String NOT_READY = "55000";

    private static final String PARALLEL = "parallel.c";

    private static final Set<String> ABSENT = Set.of("42P01", "3F000", "42703", "42883");

    private Errors() {}

    /**
     * The library's exception for an exception of the driver.
     *
     * @param doing what was being done, without values
     * @param mayBeStored whether the statement or commit, if it reached the server, may have been stored
     */
    public static DatabaseException translate(SQLException caught, String doing, boolean mayBeStored) {
        SQLException e = telling(caught);
        String state = e.getSQLState();
        if (caught instanceof SQLTransientConnectionException && caught.getCause() == null) {
            return new PoolExhaustedException(doing + ": " + caught.getMessage(), caught);
        }
        ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        String message = doing + ": " + reason(e, state, server) + (state == null ? "" : " [" + state + "]");
        // The driver's message about the connection is worth keeping whole (TLS, unknown host) and holds no row's
        // value.
        Throwable cause = server == null && (state == null || state.startsWith("08")) ? e : withoutDetail(e, message);
        if (state == null) {
            return new DatabaseException(message, null, cause);
        }
        if (state.startsWith("23")) {
            return new ConstraintViolationException(message, kind(state), constraint(server), state, cause);
        }
        if (isConnectionLoss(state)) {
            boolean unknown = mayBeStored && !NOTHING_DONE.contains(state);
            return new TransientDatabaseException(message, state, unknown, cause);
        }
        boolean helperLost = state.equals(NOT_READY) && server != null && PARALLEL.equals(server.getFile());
        if (RETRYABLE.contains(state) || state.startsWith("40") || state.startsWith("53") || helperLost) {
            return new TransientDatabaseException(message, state, false, cause);
        }
        if (ABSENT.contains(state)) {
            return new SchemaException(message + "; is the schema migrated? see Database.migrate()", state, cause);
        }
        return new DatabaseException(message, state, cause);
    }

    /** Whether the whole transaction may run again. */
    static boolean isRetryable(DatabaseException e) {
        return e instanceof TransientDatabaseException t
                && !t.outcomeUnknown()
                && !(e instanceof PoolExhaustedException)
                && e.sqlState() != null
                && (RETRYABLE.contains(e.sqlState())
                        || e.sqlState().equals(NOT_READY)
                        || isConnectionLoss(e.sqlState()));
    }

    /** Whether the server says that it rolled the statement back, or never began it: a replica writes nothing. */
    static boolean isUndone(DatabaseException e) {
        String state = e.sqlState();
        return e instanceof TransientDatabaseException
                && state != null
                && (RETRYABLE.contains(state)
                        || state.equals(NOT_READY)
                        || state.equals(LEFT_IDLE)
                        || state.equals(READ_ONLY));
    }

    /**
     * The connection is lost or could not be made. 25006 and 57P03 come from a server that is no longer, or not yet, the
     * primary.
     */
    static boolean isConnectionLoss(@Nullable String state) {
        return state != null
                && (state.startsWith("08")
                        || state.startsWith("57P")
                        || state.equals(LEFT_IDLE)
                        || state.equals("53300")
                        || state.equals(READ_ONLY));
    }

    /** The exception in the chain that carries a SQLSTATE: pools wrap it, batches append it as the next one. */
    private static SQLException telling(SQLException e) {
        if (e.getSQLState() != null && !(e instanceof BatchUpdateException)) {
            return e;
        }
        if (e.getNextException() != null && e.getNextException().getSQLState() != null) {
            return e.getNextException();
        }
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException s && s.getSQLState() != null) {
                return s;
            }
        }
        return e;
    }

    private static String reason(SQLException e, @Nullable String state, @Nullable ServerErrorMessage server) {
        // Class 22 quotes the value ("invalid input syntax for type integer: …"), class 07 does so in the driver; P0 is
        // whatever a trigger chose to say; and a batch quotes all of its statement.
        boolean mayQuote = e instanceof BatchUpdateException
                || state != null && (state.startsWith("22") || state.startsWith("07") || state.startsWith("P0"));
        if (mayQuote) {
            return "a value was refused";
        }
        return String.valueOf(server == null ? e.getMessage() : server.getMessage());
    }

    private static SQLException withoutDetail(SQLException e, String message) {
        SQLException copy = new SQLException(message, e.getSQLState());
        copy.setStackTrace(e.getStackTrace());
        return copy;
    }

    private static ConstraintViolationException.Kind kind(String state) {
        return switch (state) {
            case "23505" -> ConstraintViolationException.Kind.UNIQUE;
            case "23502" -> ConstraintViolationException.Kind.NOT_NULL;
            case "23503", "23001" -> ConstraintViolationException.Kind.FOREIGN_KEY;
            case "23P01" -> ConstraintViolationException.Kind.EXCLUSION;
            default -> ConstraintViolationException.Kind.CHECK;
        };
    }

    private static @Nullable String constraint(@Nullable ServerErrorMessage server) {
        if (server == null) {
            return null;
        }
        return server.getConstraint() != null ? server.getConstraint() : server.getColumn();
    }
}
