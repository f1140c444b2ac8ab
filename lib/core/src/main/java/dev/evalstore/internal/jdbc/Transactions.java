package dev.evalstore.internal.jdbc;

import dev.evalstore.CommitToken;
import dev.evalstore.DatabaseException;
import dev.evalstore.Isolation;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Foreign;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins, commits and rolls back, and handles every failure in between. */
final class Transactions {
    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

    private Transactions() {}

    /**
     * Runs the work in a savepoint of the transaction that the calling thread is in, or in a transaction of its own.
     *
     * @param own the server's default isolation where the work needs read committed, or null
     */
    static <T extends @Nullable Object, X extends Exception> T run(
            Jdbc jdbc, TxOptions options, @Nullable DefaultIsolation own, Jdbc.Work<T, X> work) throws X {
        Place place = jdbc.place();
        if (place.here() instanceof Source.Bound bound) {
            return nested(jdbc, bound, options, work);
        }
        if (!place.isRouted()) {
            return top(jdbc, (Source.Pool) place.source(), options, own, work);
        }
        return place.handOut(
                jdbc,
                (on, begins) -> run(on, options.asReadOnly(), own, (tx, connection) -> {
                    begins.run();
                    return work.run(tx, connection);
                }));
    }

    private static <T extends @Nullable Object, X extends Exception> T top(
            Jdbc jdbc, Source.Pool pool, TxOptions options, @Nullable DefaultIsolation own, Jdbc.Work<T, X> work)
            throws X {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(jdbc, pool, options, own, work);
            } catch (WorkFailed e) {
                if (!again(options, attempt, e.meaning)) {
                    throw Transactions.<RuntimeException>sneaky(e.thrown);
                }
            } catch (DatabaseException e) {
                if (!again(options, attempt, e)) {
                    throw e;
                }
            }
        }
    }

    /** Whether the work may run again, after a pause. */
    private static boolean again(TxOptions options, int attempt, DatabaseException e) {
        return attempt < options.retry().attempts()
                && Errors.isRetryable(e)
                && !isOwnFault(options, e)
                && Retries.pause(options.retry(), attempt);
    }

    /** Whether the caller asked for read-only; otherwise the same SQLSTATE means that the server has become a replica. */
    private static boolean isOwnFault(TxOptions options, DatabaseException e) {
        return options.readOnly() && "25006".equals(e.sqlState());
    }

    private static <T extends @Nullable Object, X extends Exception> T once(
            Jdbc jdbc, Source.Pool pool, TxOptions options, @Nullable DefaultIsolation own, Jdbc.Work<T, X> work)
            throws X {
        Source.Borrowed borrowed = VirtualThreads.uninterrupted(() -> pool.borrow("begin"));
        Connection connection = borrowed.connection();
        Source.Bound bound = new Source.Bound(connection);
        CommitProof proof;
        T result;
        try {
            proof = VirtualThreads.uninterrupted(() -> begin(jdbc, borrowed, options, own));
            result = run(jdbc, borrowed, bound, work);
            requireCommittable(connection);
        } catch (Throwable e) {
            DatabaseException meaning = e instanceof WorkFailed failed
                    ? failed.meaning
                    : e instanceof DatabaseException typed ? typed : null;
            if (meaning != null && !isOwnFault(options, meaning)) {
                pool.failed(meaning);
            }
            undo(borrowed, bound, e instanceof WorkFailed failed ? failed.thrown : e);
            throw Transactions.<RuntimeException>sneaky(e);
        }
        bound.end();
        CommitToken token = null;
        try {
            if (options.token() == null) {
                VirtualThreads.run(connection::commit);
            } else {
                token = VirtualThreads.uninterrupted(() -> CommitTokens.commit(jdbc.statements(), connection));
            }
        } catch (SQLException e) {
            DatabaseException typed = undo(borrowed, bound, Errors.translate(borrowed.explained(e), "commit", true));
            pool.failed(typed);
            if (typed instanceof TransientDatabaseException t && t.outcomeUnknown() && proof != null) {
                proof.resolve(jdbc, t);
                bound.committed(jdbc);
                return result;
            }
            throw typed;
        } catch (RuntimeException | Error e) {
            undo(borrowed, bound, e);
            throw e;
        }
        borrowed.giveBack();
        bound.committed(jdbc);
        tell(options, token);
        return result;
    }

    private static void tell(TxOptions options, @Nullable CommitToken token) {
        Consumer<? super CommitToken> receiver = options.token();
        if (receiver != null && token != null) {
            Foreign.run(LOG, "the consumer of a commit's token", () -> receiver.accept(token));
        }
    }

    /** @param own the server's default where the transaction needs read committed, or null where the caller leaves it to that */
    private static @Nullable CommitProof begin(
            Jdbc jdbc, Source.Borrowed borrowed, TxOptions options, @Nullable DefaultIsolation own) {
        try {
            Connection connection = borrowed.connection();
            boolean says = own != null && options.isolation() == null && !own.isReadCommitted(connection);
            jdbc.statements().begin(connection);
            return begin(jdbc, connection, says ? options.isolation(Isolation.READ_COMMITTED) : options);
        } catch (SQLException e) {
            throw Errors.translate(borrowed.explained(e), "begin", false);
        }
    }

    /** Runs the work. What the host's own SQL throws in it is the caller's, and yet decides whether the work runs again. */
    private static <T extends @Nullable Object, X extends Exception> T run(
            Jdbc jdbc, Source.Borrowed borrowed, Source.Bound bound, Jdbc.Work<T, X> work) throws X {
        try {
            return work.run(jdbc.bound(bound), borrowed.connection());
        } catch (Throwable e) {
            if (e instanceof SQLException thrown) {
                throw new WorkFailed(thrown, Errors.translate(borrowed.explained(thrown), "transaction", false));
            }
            throw e;
        }
    }

    /** Sets isolation and read-only as the first statement: in the session they would cost two more round trips. */
    private static @Nullable CommitProof begin(Jdbc jdbc, Connection connection, TxOptions options)
            throws SQLException {
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
                statement.execute(jdbc.statements().eachRouted(set.toString()));
                return null;
            }
            boolean isResult = statement.execute(jdbc.statements().eachRouted(set + CommitProof.QUERY));
            while (!isResult) {
                isResult = statement.getMoreResults();
            }
            return CommitProof.read(statement.getResultSet());
        }
    }

    /**
     * Throws if a statement of the transaction failed: the server answers the commit by a rollback, which the driver reports as
     * success.
     */
    static void requireCommittable(Connection connection) {
        TransactionState state;
        try {
            state = state(connection);
        } catch (SQLException e) {
            // Only a connection that an earlier statement lost cannot be asked; some pools report no SQLSTATE then.
            throw Errors.translate(
                    e.getSQLState() == null ? new SQLException("the connection was lost before", "08003", e) : e,
                    "transaction",
                    false);
        }
        if (state == TransactionState.FAILED) {
            throw new DatabaseException(
                    "a statement of this transaction failed and its exception was swallowed; nothing was stored",
                    "25P02",
                    null);
        }
    }

    /** What the driver knows of the connection's transaction. */
    static TransactionState state(Connection connection) throws SQLException {
        return connection.unwrap(BaseConnection.class).getTransactionState();
    }

    private static <E extends Throwable> E undo(Source.Borrowed borrowed, Source.Bound bound, E why) {
        bound.end();
        try {
            if (!(why instanceof VirtualMachineError)) {
                VirtualThreads.run(borrowed.connection()::rollback);
            }
        } catch (SQLException | RuntimeException e) {
            why.addSuppressed(e);
        }
        borrowed.giveBack(why);
        return why;
    }

    private static <T extends @Nullable Object, X extends Exception> T nested(
            Jdbc jdbc, Source.Bound bound, TxOptions options, Jdbc.Work<T, X> work) throws X {
        // A retry is that of the outermost transaction, too, but to do without is no breach of anything.
        if (options.isolation() != null || options.readOnly() || options.token() != null) {
            throw new IllegalArgumentException("isolation, read-only and token belong to the outermost transaction");
        }
        Connection connection = bound.borrow("savepoint").connection();
        Source.Bound inner = new Source.Bound(connection);
        Savepoint savepoint = new Savepoint(connection, jdbc.statements().routing());
        savepoint.set();
        T result;
        try {
            result = work.run(jdbc.bound(inner), connection);
            requireCommittable(connection);
            savepoint.release();
        } catch (Throwable e) {
            try {
                savepoint.rollBack();
            } catch (RuntimeException failed) {
                e.addSuppressed(failed);
            }
            throw e;
        } finally {
            inner.end();
        }
        inner.afterCommit().forEach(jdbc::afterCommit);
        return result;
    }

    /** Throws the callback's own checked exception unwrapped; its type is in the caller's signature. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneaky(Throwable e) throws E {
        throw (E) e;
    }

    /** The work threw a {@code SQLException}, which the caller is promised as it is; with it, what it means to a retry. */
    private static final class WorkFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final SQLException thrown;
        private final DatabaseException meaning;

        WorkFailed(SQLException thrown, DatabaseException meaning) {
            super(null, thrown, false, false);
            this.thrown = thrown;
            this.meaning = meaning;
        }
    }
}
