package dev.evalstore.internal.jdbc;

import dev.evalstore.DatabaseException;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.OperationStats;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.TxOptions;
import java.io.InputStream;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
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

    private final Statements statements;
    private final Execution execution;
    private final Place place;

    private Jdbc(Execution execution, Place place) {
        this.execution = execution;
        this.statements = execution.statements();
        this.place = place;
    }

    /** Work inside a transaction. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object, X extends Exception> {
        T run(Jdbc jdbc, Connection connection) throws X;
    }

    /** Each call on a pooled connection. */
    public static Jdbc on(DataSource pool, DatabaseOptions options) {
        return new Jdbc(
                new Execution(new Statements(options), () -> {}, null, options.retry()),
                Place.of(new Source.Pool(pool, options.borrowing())));
    }

    /** The same pool on another schema, with the same statistics or with its own. */
    public Jdbc onSchema(String schema, boolean sameStatistics) {
        return new Jdbc(execution.with(statements.onSchema(schema, sameStatistics)), place);
    }

    /** A copy that counts the single statements that it sends again. */
    public Jdbc countingRetries(Runnable count) {
        return new Jdbc(execution.onRetry(count), place);
    }

    /** A copy bound to the given connection, inside the transaction that its owner began. */
    public Jdbc joining(Connection connection) {
        return bound(new Source.Bound(connection));
    }

    /** A copy beside the host's transactions: it takes pooled connections also where the host has one. */
    public Jdbc apart() {
        return new Jdbc(execution, place.apart());
    }

    /** A copy on another pool of the same database, with the same statistics and memories. */
    public Jdbc onPool(DataSource pool) {
        return new Jdbc(execution, place.on(pool).actingAs(place.acting()));
    }

    /** A copy that only reads, where the router says; inside a transaction of the host, there. */
    public Jdbc reading(Router where) {
        return new Jdbc(execution, place.reading(where));
    }

    /** The same on a replica's pool, which is asked once: the router repeats. */
    public Jdbc onReplica(DataSource replica) {
        return new Jdbc(execution.retry(Retry.NONE), place.on(replica));
    }

    /** The same on the primary, for what must see its present. */
    public Jdbc present() {
        return new Jdbc(execution, place.present());
    }

    /** Whether only reads are allowed. */
    public boolean isReading() {
        return place.router() != null;
    }

    /** The pool's connections for a caller that keeps them. One is taken at once, and refused if the host may be using it. */
    public DataSource unshared() {
        return new UnsharedConnections(place.pool());
    }

    /** The maximum of connections in the pool, or null where it cannot be seen. */
    public @Nullable Integer maxConnections() {
        return place.maxConnections();
    }

    Jdbc bound(Source.Bound connection) {
        return new Jdbc(execution, place.bound(connection));
    }

    /** A copy that acts on somebody's behalf: audited writes leave an entry. */
    public Jdbc actingAs(@Nullable Acting who) {
        return new Jdbc(execution, place.actingAs(who));
    }

    /**
     * A copy that gives up on a statement after so long without an answer: the connection is broken off, and the failure is a
     * {@link TransientDatabaseException}, after a write with its outcome unknown. Neither the wait for a connection nor a statement
     * inside a transaction is bounded.
     */
    public Jdbc withTimeout(Duration time) {
        return new Jdbc(execution.timeout(time), place);
    }

    /** On whose behalf this runs, or null where nobody was named and no audit entries are left. */
    public @Nullable Acting acting() {
        return place.acting();
    }

    Runnable onRetry() {
        return execution.onRetry();
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

    Statements statements() {
        return statements;
    }

    public boolean inTransaction() {
        return place.inTransaction();
    }

    /** Whether statements of the calling thread join a transaction that this object does not end with. */
    public boolean joinsHost() {
        return place.source() instanceof Source.Pool && inTransaction();
    }

    /**
     * Runs the action with the pool after this transaction commits, at once outside of one; equal actions run once. In a host's
     * transaction, whose end the library does not see, it never runs. A savepoint that is rolled back drops it.
     */
    public void afterCommit(Consumer<Jdbc> action) {
        if (place.here() instanceof Source.Bound bound) {
            bound.afterCommit(action, apart());
        } else {
            action.accept(this);
        }
    }

    Place place() {
        return place;
    }

    /** The pool is about to close: what waits for that is done, within a second. */
    public void closing() {
        place.pool().closing();
    }

    /** The server's clock. */
    public Instant now() {
        return one(Sql.of(NOW), row -> row.instant("now"));
    }

    /** Throws if the transaction has ended. */
    public void requireOpen() {
        place.source().requireOpen();
    }

    /** Throws if a statement of the transaction failed; see {@link Transactions#requireCommittable}. Asks no server. */
    public void requireCommittable() {
        place.source().requireCommittable();
    }

    /** The rows of a read, immutable; empty when there are none. */
    public <T> List<T> list(Sql sql, RowMapper<T> mapper) {
        return place.read(
                this,
                on -> on.execution.run(
                        on.place.here(), sql, false, (statement, text) -> Pipelining.rows(statement, text, mapper)));
    }

    /** The rows of a read whose text is made for this once, so that it is not worth remembering. */
    public <T> List<T> listOnce(Sql sql, RowMapper<T> mapper) {
        return execution.runOnce(place.here(), sql, (statement, text) -> Pipelining.rows(statement, text, mapper));
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
        return execution.run(place.toWrite(), sql, true, (statement, text) -> Pipelining.rows(statement, text, mapper));
    }

    /**
     * The rows of all statements of a text, immutable, in the server's order. All of them are one transaction, as with {@link
     * #returning}.
     */
    public <T> List<T> returningEach(Sql sql, EachMapper<T> mapper) {
        return execution.run(place.toWrite(), sql, true, (statement, text) -> Pipelining.each(statement, text, mapper));
    }

    /** The one row that a write returns, or empty if it wrote none. */
    public <T> Optional<T> change(Sql sql, RowMapper<T> mapper) {
        return only(sql, returning(sql, mapper));
    }

    /** How many rows were written; of several statements sent together, by the last one. */
    public int update(Sql sql) {
        return execution.run(place.toWrite(), sql, true, Pipelining::count);
    }

    /**
     * Hands every row to the consumer, with as many of them in memory as {@link FetchSize} says, at most 1,000. The driver ignores a
     * fetch size in auto-commit, so outside a transaction this opens one, which ends with the call.
     */
    public <T> void forEach(Sql sql, RowMapper<T> mapper, Consumer<? super T> consumer) {
        forEach(sql, FetchSize.WITH_TEXTS, mapper, consumer);
    }

    /** The same with at most so many rows in memory at a time. */
    public <T> void forEach(Sql sql, int most, RowMapper<T> mapper, Consumer<? super T> consumer) {
        if (!inTransaction()) {
            place.handOut(
                    this,
                    (on, begins) -> on.inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                        tx.forEach(sql, most, mapper, row -> {
                            begins.run();
                            consumer.accept(row);
                        });
                        return true;
                    }));
            return;
        }
        execution.stream(place.here(), sql, most, mapper, consumer);
    }

    /** Sends rows in PostgreSQL's binary copy format and returns their number; all of them are stored, or none. */
    public long copyIn(String copy, BinaryCopy.Rows rows) {
        return execution.copyIn(place.toWrite(), copy, rows);
    }

    /**
     * Sends the bytes of the stream, rows as the copy statement expects them, and returns the number of rows. Inside a transaction
     * alone; whatever the stream throws is thrown as it is, and the transaction must be rolled back.
     */
    public long copyIn(String copy, InputStream rows) {
        requireOpen();
        return execution.copyIn(place.toWrite(), copy, rows);
    }

    /**
     * Runs the work in a transaction: committed when the work returns, rolled back on any throwable. Inside a transaction this is
     * a savepoint.
     */
    public <T, X extends Exception> T inTransaction(TxOptions options, Work<T, X> work) throws X {
        return Transactions.run(this, options, null, work);
    }

    /** The same for the library's own statements, which need read committed whatever the server's default is. */
    public <T, X extends Exception> T inOwnTransaction(TxOptions options, Work<T, X> work) throws X {
        return Transactions.run(this, options, statements.isolation(), work);
    }

    /** The isolation level of a transaction that asks for none. */
    public DefaultIsolation isolation() {
        return statements.isolation();
    }

    /**
     * Runs the work in a transaction of its own beside this one, so that what all share is not locked for long. Empty where no other
     * connection is free, the pool cannot be asked, or this transaction's locks are in the way: the caller then does the work in it.
     */
    public <T> Optional<T> beside(Function<Jdbc, T> work) {
        return Beside.run(this, work);
    }

    /** Runs the work in this transaction, or else in one of its own, which is retried like a single statement. */
    public <T> T atomically(Function<Jdbc, T> work) {
        return inTransaction()
                ? work.apply(this)
                : this.<T, RuntimeException>inOwnTransaction(
                        TxOptions.DEFAULT.retry(options().retry()), (tx, connection) -> work.apply(tx));
    }

    /** Runs a script of several statements that take no arguments. */
    public void script(String name, String sql) {
        execution.script(place.toWrite(), name, sql);
    }

    /** Runs one statement that must not run in a transaction; each of its locks is waited for that long at most. */
    public void outsideTransaction(String name, Duration lockTimeout, String sql) {
        execution.outsideTransaction(place.toWrite(), name, lockTimeout, sql);
    }

    /** Uses a connection for more than one statement of this library: to listen, to vacuum. */
    public <T> T onConnection(String name, Use<T> use) {
        return execution.once(place.toWrite(), statements.text("/* " + name + " */"), true, use);
    }

    private <T> Optional<T> only(Sql sql, List<T> rows) {
        if (rows.size() > 1) {
            throw new DatabaseException(
                    statements.text(sql.text()).name() + " gave " + rows.size() + " rows instead of one", null, null);
        }
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(0));
    }
}
