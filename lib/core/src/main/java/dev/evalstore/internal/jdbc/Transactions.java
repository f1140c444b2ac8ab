package dev.evalstore.internal.jdbc;

import dev.evalstore.DatabaseException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** Begins, commits and rolls back, and handles every failure in between. */
final class Transactions {
    private Transactions() {}

    static <T extends @Nullable Object, X extends Exception> T top(
            Jdbc jdbc, Source.Pool pool, TxOptions options, Jdbc.Work<T, X> work) throws X {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(jdbc, pool, options, work);
            } catch (DatabaseException e) {
                if (attempt >= options.retry().attempts() || !Errors.isRetryable(e) || isOwnFault(options, e)) {
                    throw e;
                }
                Retries.pause(options.retry(), attempt, e);
            }
        }
    }

    /** Whether the caller asked for read-only; otherwise the same SQLSTATE means that the server has become a replica. */
    private static boolean isOwnFault(TxOptions options, DatabaseException e) {
        return options.readOnly() && "25006".equals(e.sqlState());
    }

    private static <T extends @Nullable Object, X extends Exception> T once(
            Jdbc jdbc, Source.Pool pool, TxOptions options, Jdbc.Work<T, X> work) throws X {
        Source.Borrowed borrowed = pool.borrow("begin");
        Connection connection = borrowed.connection();
        Source.Bound bound = new Source.Bound(connection);
        CommitProof proof;
        T result;
        try {
            connection.setAutoCommit(false);
            proof = begin(connection, options);
            result = work.run(jdbc.bound(bound), connection);
            refuseIfFailed(connection);
        } catch (SQLException e) {
            DatabaseException typed = Errors.translate(borrowed.explained(e), "transaction", false);
            pool.failed(typed);
            throw undo(borrowed, bound, typed);
        } catch (Throwable e) {
            if (e instanceof DatabaseException typed && !isOwnFault(options, typed)) {
                pool.failed(typed);
            }
            throw Transactions.<RuntimeException>sneaky(undo(borrowed, bound, e));
        }
        bound.end();
        try {
            connection.commit();
        } catch (SQLException e) {
            DatabaseException typed = undo(borrowed, bound, Errors.translate(borrowed.explained(e), "commit", true));
            pool.failed(typed);
            if (typed instanceof TransientDatabaseException t && t.outcomeUnknown() && proof != null) {
                proof.resolve(jdbc, t);
                bound.committed(jdbc);
                return result;
            }
            throw typed;
        }
        borrowed.giveBack();
        bound.committed(jdbc);
        return result;
    }

    /** Sets isolation and read-only as the first statement: in the session they would cost two more round trips. */
    private static @Nullable CommitProof begin(Connection connection, TxOptions options) throws SQLException {
        StringBuilder set = new StringBuilder();
        if (options.isolation() != null) {
            set.append("set transaction isolation level ")
                    .append(options.isolation().sql())
                    .append("; ");
        }
        if (options.readOnly()) {
            set.append("set transaction read only; ");
        }
        boolean provable = options.retry().attempts() > 1 && !options.readOnly();
        if (set.length() == 0 && !provable) {
            return null;
        }
        try (var statement = connection.createStatement()) {
            if (!provable) {
                statement.execute(set.toString());
                return null;
            }
            boolean isResult = statement.execute(set + CommitProof.QUERY);
            while (!isResult) {
                isResult = statement.getMoreResults();
            }
            return CommitProof.read(statement.getResultSet());
        }
    }

    /** The server answers the commit of a failed transaction by a rollback, which the driver reports as success. */
    private static void refuseIfFailed(Connection connection) throws SQLException {
        if (connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED) {
            throw new DatabaseException(
                    "a statement of this transaction failed and its exception was swallowed; nothing was stored",
                    "25P02",
                    null);
        }
    }

    private static <E extends Throwable> E undo(Source.Borrowed borrowed, Source.Bound bound, E why) {
        bound.end();
        try {
            borrowed.connection().rollback();
        } catch (SQLException | RuntimeException e) {
            why.addSuppressed(e);
        }
        borrowed.giveBack();
        return why;
    }

    static <T extends @Nullable Object, X extends Exception> T nested(
            Jdbc jdbc, Source.Bound bound, TxOptions options, Jdbc.Work<T, X> work) throws X {
        if (options.isolation() != null || options.readOnly() || options.retry().attempts() > 1) {
            throw new IllegalArgumentException("options belong to the outermost transaction");
        }
        Connection connection = bound.borrow("savepoint").connection();
        Source.Bound inner = new Source.Bound(connection);
        try {
            Savepoint savepoint = connection.setSavepoint();
            try {
                T result = work.run(jdbc.bound(inner), connection);
                refuseIfFailed(connection);
                connection.releaseSavepoint(savepoint);
                bound.adopt(inner);
                return result;
            } catch (Throwable e) {
                try {
                    connection.rollback(savepoint);
                } catch (SQLException | RuntimeException failed) {
                    e.addSuppressed(failed);
                }
                throw Transactions.<RuntimeException>sneaky(
                        e instanceof SQLException s
                                ? Errors.translate(bound.borrow("savepoint").explained(s), "savepoint", false)
                                : e);
            } finally {
                inner.end();
            }
        } catch (SQLException e) {
            throw Errors.translate(e, "savepoint", false);
        }
    }

    /** Throws the callback's own checked exception unwrapped; its type is in the caller's signature. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneaky(Throwable e) throws E {
        throw (E) e;
    }
}
