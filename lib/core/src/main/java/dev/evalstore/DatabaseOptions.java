package dev.evalstore;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.Secret;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the library behaves on a pool, whether it opened the pool or borrows it. Immutable.
 *
 * @param schema the PostgreSQL schema that holds every object; {@code evalstore} unless given
 * @param statementLog which statements are logged, and at which level
 * @param retry how often the library retries. Reads and inserts by id are retried after a lost connection, and any
 *     single statement that the server undid (deadlock, serialization, lock timeout)
 * @param passwordHasher how users' passwords are hashed; {@link PasswordHasher#pbkdf2()} unless given
 * @param listeners who hears of statements and of jobs that are enqueued
 * @param borrowing what connections the pool hands out, and the host's transactions
 * @param jsonMapping how runners read payloads, and how they write results and checkpoints; null for the one that
 *     {@link Json#of(Object)} uses
 * @param events which of the types of aggregates whose domain events are appended only when asked for are asked for; see {@link
 *     #OPTIONAL_EVENTS}
 */
public record DatabaseOptions(
        String schema,
        StatementLog statementLog,
        Retry retry,
        @Secret PasswordHasher passwordHasher,
        Listeners listeners,
        Borrowing borrowing,
        @Nullable JsonMapping jsonMapping,
        Set<String> events) {
    /** The schema's name unless another is configured. */
    public static final String DEFAULT_SCHEMA = "evalstore";

    /** The aggregates that are many: their domain events are appended only when asked for. */
    public static final Set<String> OPTIONAL_EVENTS = Set.of("run", "job", "config");

    /** Schema {@code evalstore}, slow after one second, statements logged at DEBUG, three attempts. */
    public static final DatabaseOptions DEFAULT = new DatabaseOptions(
            DEFAULT_SCHEMA,
            StatementLog.DEFAULT,
            Retry.times(3),
            PasswordHasher.pbkdf2(),
            Listeners.NONE,
            Borrowing.DEFAULT,
            null,
            Set.of());

    public DatabaseOptions {
        Check.schema("schema", schema);
        Objects.requireNonNull(statementLog, "statementLog");
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(passwordHasher, "passwordHasher");
        Objects.requireNonNull(listeners, "listeners");
        Objects.requireNonNull(borrowing, "borrowing");
        events = Set.copyOf(events);
        events.forEach(type -> Check.oneOf("events", type, OPTIONAL_EVENTS));
    }

    public DatabaseOptions schema(String name) {
        return new DatabaseOptions(
                name, statementLog, retry, passwordHasher, listeners, borrowing, jsonMapping, events);
    }

    public DatabaseOptions slowStatement(@Nullable Duration threshold) {
        return new DatabaseOptions(
                schema,
                statementLog.slowStatement(threshold),
                retry,
                passwordHasher,
                listeners,
                borrowing,
                jsonMapping,
                events);
    }

    public DatabaseOptions logStatements(boolean atInfo) {
        return new DatabaseOptions(
                schema,
                statementLog.logStatements(atInfo),
                retry,
                passwordHasher,
                listeners,
                borrowing,
                jsonMapping,
                events);
    }

    public DatabaseOptions retry(Retry times) {
        return new DatabaseOptions(
                schema, statementLog, times, passwordHasher, listeners, borrowing, jsonMapping, events);
    }

    public DatabaseOptions passwordHasher(PasswordHasher hasher) {
        return new DatabaseOptions(schema, statementLog, retry, hasher, listeners, borrowing, jsonMapping, events);
    }

    public DatabaseOptions listener(@Nullable StatementListener hears) {
        return new DatabaseOptions(
                schema,
                statementLog,
                retry,
                passwordHasher,
                listeners.statements(hears),
                borrowing,
                jsonMapping,
                events);
    }

    /** Hears of jobs that are enqueued, and says to which trace they belong; null for none. */
    public DatabaseOptions enqueueListener(@Nullable EnqueueListener hears) {
        return new DatabaseOptions(
                schema, statementLog, retry, passwordHasher, listeners.enqueues(hears), borrowing, jsonMapping, events);
    }

    /** Every call joins the transaction that the host says the calling thread is in; null for none. */
    public DatabaseOptions hostTransactions(@Nullable HostTransactions host) {
        return new DatabaseOptions(
                schema,
                statementLog,
                retry,
                passwordHasher,
                listeners,
                borrowing.hostTransactions(host),
                jsonMapping,
                events);
    }

    /**
     * Whether the pool that {@link Database#using(javax.sql.DataSource, DatabaseOptions)} borrows hands out connections
     * in auto-commit; true unless given. With false, the library treats a connection with auto-commit off as idle and
     * commits what is open on it. Do not use this for a data source that returns the connection of a running
     * transaction.
     */
    public DatabaseOptions poolAutoCommit(boolean isOn) {
        return new DatabaseOptions(
                schema,
                statementLog,
                retry,
                passwordHasher,
                listeners,
                borrowing.autoCommit(isOn),
                jsonMapping,
                events);
    }

    /**
     * Begins each statement with the comment {@code /* pgdog_sharding_key: "schema" *}{@code /}, by which PgDog sends it
     * to the schema's server. Most statements name their schema, and are placed by that; locks, the clock and the
     * settings of a transaction do not. False unless given. A transaction's own begin and commit are the driver's; the
     * library's transactions then set {@code pgdog.sharding_key}, which costs a round trip. A host that lets the library
     * join its transactions sets that itself.
     */
    public DatabaseOptions shardingComments(boolean areSent) {
        return new DatabaseOptions(
                schema,
                statementLog,
                retry,
                passwordHasher,
                listeners,
                borrowing.shardingComments(areSent),
                jsonMapping,
                events);
    }

    public DatabaseOptions jsonMapping(@Nullable JsonMapping mapping) {
        return new DatabaseOptions(schema, statementLog, retry, passwordHasher, listeners, borrowing, mapping, events);
    }

    /** Also appends the domain events of these types of aggregates, of {@link #OPTIONAL_EVENTS}; none unless given. */
    public DatabaseOptions events(String... aggregateTypes) {
        return new DatabaseOptions(
                schema,
                statementLog,
                retry,
                passwordHasher,
                listeners,
                borrowing,
                jsonMapping,
                Set.copyOf(Check.list("events", aggregateTypes)));
    }

    /** Is called at the beginning and at the end of every statement, or null. */
    public @Nullable StatementListener listener() {
        return listeners.statements();
    }

    /** Hears of jobs that are enqueued, or null. */
    public @Nullable EnqueueListener enqueueListener() {
        return listeners.enqueues();
    }

    /** See {@link StatementLog#slowStatement()}. */
    public @Nullable Duration slowStatement() {
        return statementLog.slowStatement();
    }

    /** See {@link StatementLog#logStatements()}. */
    public boolean logStatements() {
        return statementLog.logStatements();
    }

    /** The threshold in nanoseconds; the largest number for never. */
    public long slowNanos() {
        Duration slowStatement = slowStatement();
        return slowStatement == null ? Long.MAX_VALUE : slowStatement.toNanos();
    }
}
