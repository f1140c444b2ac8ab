package dev.evalstore.internal.jdbc;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.DatabaseException;
import dev.evalstore.PoolExhaustedException;
import dev.evalstore.SchemaException;
import dev.evalstore.TransientDatabaseException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.security.GeneralSecurityException;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import javax.net.ssl.SSLException;
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

    /** The driver's code where it refuses the server, or has no password for it. */
    private static final String REJECTED = "08004";

    /** What a pooler in transaction mode makes of the driver's prepared statements, or says itself. */
    private static final Set<String> OF_POOLERS = Set.of("42P05", "26000", "08P01");

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
        String message = message(e, doing);
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

    /**
     * {@link #translate} for a connection that could not be made. What no waiting cures is not transient: a server without
     * TLS, a certificate that is not trusted, a missing password, a pooler that refuses a parameter.
     */
    public static DatabaseException connecting(SQLException caught, String doing) {
        for (Throwable cause = caught; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException refused && isMisconfigured(refused)) {
                return new DatabaseException(message(refused, doing), refused.getSQLState(), refused);
            }
        }
        return translate(caught, doing, false);
    }

    /**
     * Not transient where a transaction writes that the host has begun as read-only. A server that has become a replica says the same;
     * its connections were not asked to be read-only.
     */
    static DatabaseException asked(DatabaseException e, Connection connection) {
        try {
            return READ_ONLY.equals(e.sqlState()) && connection.isReadOnly()
                    ? new DatabaseException(
                            e.getMessage() + "; the transaction that this joins was begun as read-only",
                            READ_ONLY,
                            e.getCause())
                    : e;
        } catch (SQLException lost) {
            return e;
        }
    }

    private static boolean isMisconfigured(PSQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (e.getServerErrorMessage() != null) {
            return isRefusedParameter(state, e.getServerErrorMessage());
        }
        boolean isSetting = e.getCause() == null && state.equals("08006");
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException
                    || cause instanceof EOFException
                    || cause instanceof InterruptedIOException
                    || cause instanceof UnknownHostException) {
                return false;
            }
            isSetting |= cause instanceof SSLException
                    || cause instanceof GeneralSecurityException
                    || cause instanceof FileNotFoundException
                    || cause instanceof FileSystemException;
        }
        return state.equals(REJECTED) || isSetting && state.startsWith("08");
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
    public static boolean isConnectionLoss(@Nullable String state) {
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

    /** PgBouncer's words, which are always English. */
    private static boolean isRefusedParameter(String state, ServerErrorMessage server) {
        return state.equals("08P01") && String.valueOf(server.getMessage()).startsWith("unsupported startup parameter");
    }

    private static String message(SQLException e, String doing) {
        String state = e.getSQLState();
        ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        String message = doing + ": " + reason(e, state, server);
        return state == null ? message : message + " [" + state + "]" + hint(state, server);
    }

    private static String hint(String state, @Nullable ServerErrorMessage server) {
        if (!OF_POOLERS.contains(state)) {
            return "";
        }
        return server != null && isRefusedParameter(state, server)
                ? "; name it in the pooler's ignore_startup_parameters, or do not set it"
                : "; behind a pooler in transaction mode put prepareThreshold=0 into the URL";
    }

    private static String reason(SQLException e, @Nullable String state, @Nullable ServerErrorMessage server) {
        // Class 22 quotes the value ("invalid input syntax for type integer: …"), class 07 does so in the driver; P0 is
        // whatever a trigger chose to say; and a batch quotes all of its statement.
        boolean mayQuote = e instanceof BatchUpdateException
                || state != null && (state.startsWith("22") || state.startsWith("07") || state.startsWith("P0"));
        if (mayQuote) {
            return "a value was refused";
        }
        return String.valueOf(server == null ? e.getMessage() + origin(e) : server.getMessage());
    }

    /** What the driver's message about a connection leaves out, such as the host's name. */
    private static String origin(SQLException e) {
        Throwable first = null;
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException || cause instanceof GeneralSecurityException) {
                first = cause;
            }
        }
        if (first == null || first instanceof ConnectException || first.getMessage() == null) {
            return "";
        }
        String what = first instanceof UnknownHostException ? "unknown host " + first.getMessage() : first.getMessage();
        return String.valueOf(e.getMessage()).contains(what) ? "" : " (" + what + ")";
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
