package dev.evalstore.internal.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.ConflictException;
import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Isolation;
import dev.evalstore.NotFoundException;
import dev.evalstore.OperationStats;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.jdbc.Statements.PreparedText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements: each on a pooled connection in auto-commit, or all on the one connection of a transaction: of one that the
 * library began, of one that a host's connection was joined in, or of the host's that the calling thread is in. In auto-commit a
 * read is retried after a lost connection, and any statement that the server says it rolled back (deadlock, serialization, lock
 * timeout). A write is never repeated blindly. Thread-safe, except inside a transaction.
 *
 * <p>A text may hold several statements: one round trip, one transaction, and the rows of the last one. In auto-commit the server
 * makes them one transaction only if the driver sends them in one piece. The driver does not where a later statement's columns
 * have no maximum length: it waits for the first answer, and the locks of that statement are gone. So such a text runs in a
 * transaction of its own until its columns are seen to have fixed lengths.
 */
public final class Jdbc {
    private static final String NOW = """
            /* server.now */ select statement_timestamp() as now""";

    private static final String ISOLATION = """
            /* server.isolation */ select current_setting('transaction_isolation') as isolation""";

    private static final long CLOSING_MILLIS = 1_000;

    private final Statements statements;
    private final Source source;
    private final Source.Pool pool;
    private final @Nullable Acting acting;
    private final Runnable onRetry;
    private final @Nullable Duration timeout;

    private Jdbc(
            Statements statements,
            Source source,
            Source.Pool pool,
            @Nullable Acting acting,
            Runnable onRetry,
            @Nullable Duration timeout) {
        this.statements = statements;
        this.source = source;
        this.pool = pool;
        this.acting = acting;
        this.onRetry = onRetry;
        this.timeout = timeout;
    }

    /** Work inside a transaction. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object, X extends Exception> {
        T run(Jdbc jdbc, Connection connection) throws X;
    }

    /** A use of a connection. */
    @FunctionalInterface
    public interface Use<T> {
        T apply(Connection connection) throws SQLException;
    }

    /** Maps the rows of several statements. */
    @FunctionalInterface
    public interface EachMapper<T> {
        /**
         * Reads one row.
         *
         * @param result which of the statements that return rows returned it, from 0
         */
        T map(int result, Row row) throws SQLException;
    }

    /** A use of a statement whose arguments are bound. */
    @FunctionalInterface
    private interface OfStatement<T> {
        T apply(PreparedStatement statement, PreparedText text) throws SQLException;
    }

    /** Each call on a pooled connection. */
    public static Jdbc on(DataSource pool, DatabaseOptions options) {
        Source.Pool source = new Source.Pool(pool, options.borrowing());
        return new Jdbc(new Statements(options), source, source, null, () -> {}, null);
    }

    /** The same pool and another schema. */
    public Jdbc withOptions(DatabaseOptions options) {
        return new Jdbc(new Statements(options), source, pool, acting, onRetry, timeout);
    }

    /** A copy that counts the single statements that it sends again. */
    public Jdbc countingRetries(Runnable count) {
        return new Jdbc(statements, source, pool, acting, count, timeout);
    }

    /** A copy bound to the given connection, inside the transaction that its owner began. */
    public Jdbc joining(Connection connection) {
        return bound(new Source.Bound(connection));
    }

    /** A copy beside the host's transactions: it takes pooled connections also where the host has one. */
    public Jdbc apart() {
        return source instanceof Source.Pool all
                ? new Jdbc(statements, all.apart(), pool, acting, onRetry, timeout)
                : this;
    }

    /** A copy on another pool of the same database, with the same statistics and memories. */
    public Jdbc onPool(DataSource pool) {
        Source.Pool other = new Source.Pool(pool, options().borrowing()).apart();
        return new Jdbc(statements, other, other, acting, onRetry, timeout);
    }

    /** The maximum of connections in the pool, or null where it cannot be seen. */
    public @Nullable Integer maxConnections() {
        HikariDataSource hikari = source instanceof Source.Pool pool ? HikariPools.behind(pool.pool()) : null;
        return hikari == null ? null : hikari.getMaximumPoolSize();
    }

    Jdbc bound(Source.Bound connection) {
        return new Jdbc(statements, connection, pool, acting, onRetry, timeout);
    }

    /** A copy that acts on somebody's behalf: audited writes leave an entry. */
    public Jdbc actingAs(Acting who) {
        return new Jdbc(statements, source, pool, who, onRetry, timeout);
    }

    /**
     * A copy that gives up on a statement after so long without an answer: the connection is broken off, and the failure is a
     * {@link TransientDatabaseException}, after a write with its outcome unknown. Neither the wait for a connection nor a statement
     * inside a transaction is bounded.
     */
    public Jdbc withTimeout(Duration time) {
        return new Jdbc(statements, source, pool, acting, onRetry, time);
    }

    /** On whose behalf this runs, or null where nobody was named and no audit entries are left. */
    public @Nullable Acting acting() {
        return acting;
    }

    Runnable onRetry() {
        return onRetry;
    }

    public DatabaseOptions options() {
        return statements.options();
    }

    public List<OperationStats> operations() {
        return statements.operations();
    }

    /** The value that all repositories of one database and schema share under the key, made at first use. */
    public <T> T shared(Shared<T> key) {
        return statements.shared(key, this);
    }

    /** The text with the configured schema's name filled in. */
    public String inSchema(String sql) {
        return statements.inSchema(sql);
    }

    public boolean inTransaction() {
        return here() instanceof Source.Bound;
    }

    /** Whether statements of the calling thread join a transaction that this object does not end with. */
    public boolean joinsHost() {
        return source instanceof Source.Pool && inTransaction();
    }

    /** What a statement of the calling thread runs on. */
    private Source here() {
        Source.Bound joined = source instanceof Source.Pool pool ? pool.joined() : null;
        return joined == null ? source : joined;
    }

    /**
     * Runs the action with the pool after this transaction commits; equal actions run once. Outside a transaction it runs at once.
     * Inside a transaction that a host's connection was joined in it never runs, since the library does not see that one's end. Inside
     * a savepoint it waits for the outermost transaction, and a rolled-back savepoint drops it.
     */
    public void afterCommit(Consumer<Jdbc> action) {
        if (here() instanceof Source.Bound bound) {
            bound.afterCommit(action, apart());
        } else {
            action.accept(this);
        }
    }

    /** Runs the action when the pool is about to close, unless it is {@linkplain #forget forgotten} before. */
    public void beforeClose(Runnable action) {
        if (source instanceof Source.Pool pool) {
            pool.beforeClose().add(action);
        }
    }

    public void forget(Runnable action) {
        if (source instanceof Source.Pool pool) {
            pool.beforeClose().remove(action);
        }
    }

    /** The pool is about to close: what waits for that is done, within a second. */
    public void closing() {
        if (!(source instanceof Source.Pool pool) || pool.beforeClose().isEmpty()) {
            return;
        }
        Thread last = new Thread(() -> pool.beforeClose().forEach(Runnable::run), "evalstore-closing");
        last.setDaemon(true);
        last.start();
        boolean interrupted = Thread.interrupted();
        try {
            last.join(CLOSING_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The server's clock. */
    public Instant now() {
        return one(Sql.of(NOW), row -> row.instant("now"));
    }

    /** Throws if the transaction has ended. */
    public void requireOpen() {
        if (source instanceof Source.Bound bound) {
            bound.borrow("transaction");
        }
    }

    /** Throws if a statement of the transaction failed; see {@link Transactions#requireCommittable}. Asks no server. */
    public void requireCommittable() {
        if (source instanceof Source.Bound bound) {
            Transactions.requireCommittable(bound.borrow("transaction").connection());
        }
    }

    /** The rows of a read, immutable; empty when there are none. */
    public <T> List<T> list(Sql sql, RowMapper<T> mapper) {
        return run(sql, false, (statement, text) -> Pipelining.rows(statement, text, mapper));
    }

    /** The one row of a read. */
    public <T> T one(Sql sql, RowMapper<T> mapper) {
        return find(sql, mapper)
                .orElseThrow(
                        () -> new DatabaseException(statements.text(sql.text()).name() + " gave no row", null, null));
    }

    /** The one row of a read, or empty. */
    public <T> Optional<T> find(Sql sql, RowMapper<T> mapper) {
        return only(sql, list(sql, mapper));
    }

    /** The rows that a write returns, immutable, in the server's order. */
    public <T> List<T> returning(Sql sql, RowMapper<T> mapper) {
        return run(sql, true, (statement, text) -> Pipelining.rows(statement, text, mapper));
    }

    /**
     * The rows of all statements of a text, immutable, in the server's order. All of them are one transaction, as with {@link
     * #returning}.
     */
    public <T> List<T> returningEach(Sql sql, EachMapper<T> mapper) {
        return run(sql, true, (statement, text) -> Pipelining.each(statement, text, mapper));
    }

    /** The one row that a write returns, or empty if it wrote none. */
    public <T> Optional<T> change(Sql sql, RowMapper<T> mapper) {
        return only(sql, returning(sql, mapper));
    }

    /** How many rows were written; of several statements sent together, by the last one. */
    public int update(Sql sql) {
        return run(sql, true, Pipelining::count);
    }

    /**
     * Hands every row to the consumer, with a bounded number of them in memory. The driver ignores a fetch size in auto-commit, so
     * outside a transaction this opens one, which ends with the call.
     */
    public <T> void forEach(Sql sql, RowMapper<T> mapper, Consumer<? super T> consumer) {
        if (!inTransaction()) {
            inTransaction(TxOptions.DEFAULT, (jdbc, connection) -> {
                jdbc.forEach(sql, mapper, consumer);
                return true;
            });
            return;
        }
        run(sql, false, (statement, text) -> {
            statement.setFetchSize(1_000);
            try (ResultSet result = statement.executeQuery()) {
                Row row = new Row(result);
                while (result.next()) {
                    consumer.accept(mapper.map(row));
                }
                return true;
            }
        });
    }

    /** Sends rows in PostgreSQL's binary copy format and returns their number; all of them are stored, or none. */
    public long copyIn(String copy, BinaryCopy.Rows rows) {
        PreparedText text = statements.text(copy);
        return once(
                here(),
                text,
                true,
                committed(here(), text, connection -> BinaryCopy.run(connection, text.sql(), rows)));
    }

    /**
     * Runs the work in a transaction: committed when the work returns, rolled back on any throwable. Inside a transaction this is
     * a savepoint.
     */
    public <T, X extends Exception> T inTransaction(TxOptions options, Work<T, X> work) throws X {
        return inTransaction(options, null, work);
    }

    /** The same for the library's own statements, which need read committed whatever the server's default is. */
    public <T, X extends Exception> T inOwnTransaction(TxOptions options, Work<T, X> work) throws X {
        return inTransaction(options, statements.isolation(), work);
    }

    private <T, X extends Exception> T inTransaction(
            TxOptions options, @Nullable DefaultIsolation isolation, Work<T, X> work) throws X {
        return here() instanceof Source.Bound bound
                ? Transactions.nested(this, bound, options, work)
                : Transactions.top(this, (Source.Pool) source, options, isolation, work);
    }

    /** Has the server asked for its default isolation level again, and says whether it is another one than was thought. */
    public boolean isIsolationNew() {
        boolean before = isReadCommittedByDefault();
        statements.isolation().forget();
        return before != isReadCommittedByDefault();
    }

    private boolean isReadCommittedByDefault() {
        return onConnection("server.default_isolation", statements.isolation()::isReadCommitted);
    }

    /**
     * Runs the work in a transaction of its own beside this one, and commits it at once: so what all share is not locked until the end
     * of a long transaction. Empty where that cannot be done within a moment, since no other connection is free, the pool is none that
     * can be asked, or a lock of this transaction is in the way; then the caller does the work in this transaction.
     */
    public <T> Optional<T> beside(Function<Jdbc, T> work) {
        HikariDataSource free = HikariPools.withFree(pool.pool());
        if (free == null) {
            return Optional.empty();
        }
        Source.Pool other = new Source.Pool(free, options().borrowing()).apart();
        Jdbc apart = new Jdbc(statements, other, other, null, onRetry, timeout);
        try {
            return apart.inTransaction(TxOptions.DEFAULT.isolation(Isolation.READ_COMMITTED), (tx, connection) -> {
                tx.script("beside.settings", "set local lock_timeout = '1s'");
                return Optional.of(work.apply(tx));
            });
        } catch (DatabaseException e) {
            return Optional.empty();
        }
    }

    /** Whether a statement of this transaction sees what others have committed since it began. */
    public boolean seesLaterCommits() {
        return one(Sql.of(ISOLATION), row -> row.text("isolation")).equals("read committed");
    }

    /** Runs the work in this transaction, or else in one of its own, which is retried like a single statement. */
    public <T> T atomically(Function<Jdbc, T> work) {
        return inTransaction()
                ? work.apply(this)
                : this.<T, RuntimeException>inOwnTransaction(
                        TxOptions.DEFAULT.retry(options().retry()), (tx, connection) -> work.apply(tx));
    }

    /**
     * Reads the result of a write that is already stored. If the read fails, the write's outcome is unknown to the caller, except
     * inside a transaction, which the failure rolls back.
     */
    public <T> T readBack(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (NotFoundException | ConflictException e) {
            throw e;
        } catch (DatabaseException e) {
            if (inTransaction()) {
                throw e;
            }
            throw new TransientDatabaseException(
                    "stored, and could not be read again: " + e.getMessage(), e.sqlState(), true, e);
        }
    }

    /** Runs a script of several statements that take no arguments. */
    public void script(String name, String sql) {
        once(here(), statements.text("/* " + name + " */"), true, connection -> {
            try (var statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        });
    }

    /** Runs one statement that must not run in a transaction; each of its locks is waited for that long at most. */
    public void outsideTransaction(String name, Duration lockTimeout, String sql) {
        once(here(), statements.text("/* " + name + " */"), true, connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute("set lock_timeout = " + lockTimeout.toMillis());
                try {
                    return statement.execute(sql);
                } finally {
                    statement.execute("reset lock_timeout");
                }
            }
        });
    }

    /** Uses a connection for more than one statement of this library: to listen, to vacuum. */
    public <T> T onConnection(String name, Use<T> use) {
        return once(here(), statements.text("/* " + name + " */"), true, use);
    }

    private <T> T run(Sql sql, boolean write, OfStatement<T> use) {
        PreparedText text = statements.text(sql.text());
        Use<T> once = connection -> {
            try (PreparedStatement statement = connection.prepareStatement(text.sql())) {
                Values.bind(statement, sql.args());
                Pipelining.keepTogether(statement, text, sql);
                return use.apply(statement, text);
            }
        };
        Source here = here();
        if (here instanceof Source.Bound) {
            return once(here, text, write, once);
        }
        return Retries.run(
                options().retry(),
                e -> Errors.isUndone(e) || (!write && Errors.isRetryable(e)),
                onRetry,
                () -> once(here, text, write, committed(here, text, once)));
    }

    /** The use in a transaction of read committed, where auto-commit would not give that, or not one transaction for all of the text. */
    private <T> Use<T> committed(Source here, PreparedText text, Use<T> use) {
        if (here instanceof Source.Bound) {
            return use;
        }
        return connection -> {
            if (!isReadCommitted(here, connection, text)) {
                return Pipelining.together(connection, own -> {
                    DefaultIsolation.readCommitted(own);
                    return use.apply(own);
                });
            }
            return text.several() && !text.pipelined().get()
                    ? Pipelining.together(connection, use)
                    : use.apply(connection);
        };
    }

    /** Asked in front of the statement, which is not sent where this fails. */
    private boolean isReadCommitted(Source here, Connection connection, PreparedText text) {
        try {
            return statements.isolation().isReadCommitted(connection);
        } catch (SQLException e) {
            DatabaseException typed = Errors.translate(e, text.name(), false);
            here.failed(typed);
            throw typed;
        }
    }

    private <T> T once(Source here, PreparedText text, boolean write, Use<T> use) {
        boolean inTransaction = here instanceof Source.Bound;
        return VirtualThreads.uninterrupted(() -> uninterrupted(here, inTransaction, text, write, use));
    }

    private <T> T uninterrupted(Source here, boolean inTransaction, PreparedText text, boolean write, Use<T> use) {
        Source.Borrowed borrowed = here.borrow(text.name());
        Throwable failure = null;
        long start = System.nanoTime();
        try {
            statements.sending(text);
            if (!inTransaction && !borrowed.autoCommit()) {
                borrowed.connection().setAutoCommit(true);
            }
            return timeout == null || inTransaction
                    ? use.apply(borrowed.connection())
                    : StatementTimeout.withTimeout(timeout, borrowed.connection(), use);
        } catch (SQLException e) {
            DatabaseException typed = Errors.translate(borrowed.explained(e), text.name(), write && !inTransaction);
            here.failed(typed);
            failure = typed;
            throw typed;
        } catch (Throwable e) {
            failure = e;
            throw e;
        } finally {
            borrowed.giveBack();
            statements.ended(text, System.nanoTime() - start, failure);
        }
    }

    private <T> Optional<T> only(Sql sql, List<T> rows) {
        if (rows.size() > 1) {
            throw new DatabaseException(
                    statements.text(sql.text()).name() + " gave " + rows.size() + " rows instead of one", null, null);
        }
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(0));
    }
}
