package dev.evalstore;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.backup.Backup;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.audit.AuditRows;
import dev.evalstore.internal.config.ClassPath;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.internal.jdbc.Acting;
import dev.evalstore.internal.jdbc.CommitTokens;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.maintenance.Inspection;
import dev.evalstore.internal.replica.Replicas;
import dev.evalstore.internal.schema.Migrations;
import dev.evalstore.job.JobRepository;
import dev.evalstore.recovery.Recovery;
import dev.evalstore.tenant.Tenants;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The store: opens or borrows a connection pool, hands out repositories, runs transactions and migrations. Thread-safe;
 * one per process and database is enough. Virtual threads are welcome: as many of them run as the pool has connections,
 * the others wait.
 */
public final class Database extends Repositories implements AutoCloseable {
    private static final Duration MAX_LAG = Duration.ofSeconds(30);
    private static final Duration MAX_WAIT = Duration.ofHours(1);

    private final DataSource pool;
    private final @Nullable HikariDataSource owned;
    private final boolean isView;
    private final Migrations migrations;
    private final Inspection inspection;
    private final Replicas replicas;
    private final Tenants tenants;

    /** @param tenants those of the pool, or null for a pool that is new here */
    private Database(
            Jdbc jdbc,
            DataSource pool,
            @Nullable HikariDataSource owned,
            boolean isView,
            Replicas replicas,
            @Nullable Tenants tenants) {
        super(jdbc);
        this.replicas = replicas;
        this.pool = pool;
        this.owned = owned;
        this.isView = isView;
        this.tenants =
                tenants != null ? new Tenants(tenants, jdbc.options().schema()) : new Tenants(jdbc, pool, this::view);
        this.migrations = new Migrations(jdbc, pool);
        this.inspection = new Inspection(jdbc, pool, migrations);
    }

    private Database(Database like, Jdbc jdbc) {
        super(jdbc);
        this.pool = like.pool;
        this.owned = null;
        this.isView = true;
        this.migrations = like.migrations;
        this.inspection = like.inspection;
        this.replicas = like.replicas;
        this.tenants = like.tenants;
    }

    /**
     * Opens a pool and makes one connection at once. The schema is neither read nor changed; see {@link #migrate()}.
     *
     * @throws TransientDatabaseException if the server cannot be reached
     * @throws DatabaseException if a retry cannot help: bad or missing credentials, no TLS, an untrusted certificate,
     *     or no such database (3D000)
     * @throws IllegalStateException if the class path lacks what the library needs; the message has the remedy
     */
    public static Database open(DatabaseConfig config) {
        ClassPath.check();
        HikariDataSource pool = Pools.open(Pools.hikari(config));
        Map<String, DataSource> replicas = new LinkedHashMap<>();
        config.replicas()
                .forEach(replica -> replicas.put(replica.address(), Pools.openReplica(replica, replica.address())));
        return owning(pool, config.options(), replicas);
    }

    /** {@link #open(HikariConfig, DatabaseOptions)} with {@link DatabaseOptions#DEFAULT}. */
    public static Database open(HikariConfig config) {
        return open(config, DatabaseOptions.DEFAULT);
    }

    /**
     * Opens a pool of its own from HikariCP's own settings, which are copied, and closes it with {@link #close()}.
     *
     * @throws TransientDatabaseException if the server cannot be reached
     * @throws DatabaseException if a retry cannot help, as for {@link #open(DatabaseConfig)}
     * @throws IllegalStateException if the class path lacks what the library needs
     */
    public static Database open(HikariConfig config, DatabaseOptions options) {
        ClassPath.check();
        return owning(Pools.open(config), options, Map.of());
    }

    private static Database owning(HikariDataSource pool, DatabaseOptions options, Map<String, DataSource> replicas) {
        Jdbc jdbc = Jdbc.on(pool, options.poolAutoCommit(pool.isAutoCommit()));
        return new Database(jdbc, pool, pool, false, new Replicas(jdbc, replicas, true), null);
    }

    /** {@link #using(DataSource, DatabaseOptions)} with {@link DatabaseOptions#DEFAULT}. */
    public static Database using(DataSource pool) {
        return using(pool, DatabaseOptions.DEFAULT);
    }

    /**
     * Borrows the host's pool of PostgreSQL connections and never closes it. Connections are returned in the
     * auto-commit mode in which they came. {@link #migrate()} needs three connections at a time.
     *
     * <p>A connection that arrives with auto-commit off, or with an open transaction, is refused with an {@link
     * IllegalStateException} and nothing is sent. The library would commit what may be the host's. Data sources that
     * take part in the host's transactions hand out such connections. See {@link DatabaseOptions#hostTransactions} and,
     * for a pool that hands out all its connections so, {@link DatabaseOptions#poolAutoCommit}.
     *
     * @throws IllegalStateException if the class path lacks what the library needs; the message has the remedy
     */
    public static Database using(DataSource pool, DatabaseOptions options) {
        return using(pool, options, List.of());
    }

    /**
     * {@link #using(DataSource, DatabaseOptions)} with pools of replicas for {@link #reading()}, which are borrowed too. How
     * long a read waits for a replica's connection is theirs to say. Every half second one connection of each pool is used.
     *
     * @param replicas at most 100
     */
    public static Database using(DataSource pool, DatabaseOptions options, List<? extends DataSource> replicas) {
        Objects.requireNonNull(pool, "pool");
        ClassPath.check();
        Map<String, DataSource> named = new LinkedHashMap<>();
        Check.range("replicas", replicas.size(), 0, DatabaseConfig.MAX_REPLICAS);
        for (DataSource replica : List.copyOf(replicas)) {
            named.put("replica " + (named.size() + 1), replica);
        }
        Jdbc jdbc = Jdbc.on(pool, options);
        return new Database(jdbc, pool, null, false, new Replicas(jdbc, named, false), null);
    }

    /**
     * The repositories inside a transaction that the host has begun on its own connection. The host commits or rolls
     * back, and closes the connection. Writes through the result are stored exactly if the host commits. A host that
     * swallows an exception of the library asks {@link Tx#requireCommittable()} before it commits. Runners are not
     * woken by jobs that are created so; {@link JobRepository#wake} after the commit does that.
     *
     * @throws IllegalArgumentException if the connection is in auto-commit, where there is no transaction to join. The
     *     connection is closed then, which returns it to its pool: {@code join(pool.getConnection())} would lose it
     */
    public Tx join(Connection connection) {
        Objects.requireNonNull(connection, "connection");
        try {
            if (connection.getAutoCommit()) {
                connection.close();
                throw new IllegalArgumentException("connection is in auto-commit; there is no transaction to join");
            }
        } catch (SQLException e) {
            throw new DatabaseException("join: the connection is closed", e.getSQLState(), e);
        }
        return new Tx(jdbc.joining(connection), connection);
    }

    /**
     * The same database beside the {@linkplain DatabaseOptions#hostTransactions host's transactions}. Each call is a
     * transaction of its own, also if the calling thread is in one, and is stored whatever becomes of that. Closing the
     * result does nothing.
     */
    public Database apart() {
        return new Database(this, jdbc.apart());
    }

    /**
     * The same database on one connection of its own, for calls that must not wait for the pool, such as heartbeats.
     * Beside a HikariCP pool that is one connection more; of another data source one is taken and kept. A lost
     * connection is replaced. Calls wait for each other. The result must be closed, and returns the connection then.
     *
     * @throws TransientDatabaseException if a data source that is no HikariCP pool has no connection left
     * @throws IllegalStateException if it hands out the connection of a transaction that the calling thread is in
     */
    public Database reserveConnection() {
        HikariDataSource one = Pools.reserve(pool, jdbc);
        return new Database(jdbc.onPool(one), one, one, false, replicas.none(), tenants);
    }

    /** The PostgreSQL schema that this object works in. */
    public String schema() {
        return jdbc.options().schema();
    }

    /**
     * The same pool on another schema, with statistics of its own. Closing the result does nothing; the pool goes with
     * the {@code Database} that opened it.
     *
     * @throws IllegalArgumentException if the name is no plain lower-case PostgreSQL name
     */
    public Database withSchema(String name) {
        return view(jdbc.onSchema(name, false));
    }

    private Database view(Jdbc on) {
        return new Database(on, pool, null, true, replicas, tenants);
    }

    /** Tenants, a schema each: made, listed, migrated, kept in order and dropped. */
    public Tenants tenants() {
        return tenants;
    }

    /**
     * The same database on behalf of an actor. Audited verbs leave an entry in the same commit; {@code
     * lib/docs/accounts-and-audit.md} lists them. Heartbeats, claims, outcomes and measured data are not audited.
     * {@code audit().record} names the actor where the entry has none.
     *
     * <p>Costs nothing to make, so make one for each request. Closing the result does nothing.
     */
    @Override
    public Database actingAs(ActingContext context) {
        return new Database(this, jdbc.actingAs(new Acting(context, AuditRows::append)));
    }

    /** {@link #actingAs(ActingContext)} without a request. */
    @Override
    public Database actingAs(Actor actor) {
        return actingAs(ActingContext.of(actor));
    }

    /**
     * Keeps the store in order: makes partitions ahead, requeues expired leases, removes what outlived its retention.
     */
    public Maintenance maintenance() {
        return new Maintenance(this, MaintenanceOptions.DEFAULT);
    }

    /** {@link #maintenance()} with other periods. */
    public Maintenance maintenance(MaintenanceOptions options) {
        return new Maintenance(this, options);
    }

    /** Copies of the store in files: exports it, verifies and keeps what was exported. */
    public Backup backup() {
        return new Backup(jdbc, pool);
    }

    /** What a recovery of the server would lose, restore points, and PostgreSQL's own tools for backups. */
    public Recovery recovery() {
        return new Recovery(jdbc);
    }

    /** {@link #reading(Duration)} with a maximum lag of 30 seconds. */
    public Reading reading() {
        return reading(MAX_LAG);
    }

    /**
     * Reads from replicas that are at most so far behind the primary: every answer shows all that was committed so long
     * before. Where no replica is known to be within that, the primary answers, and also where there are no replicas. The
     * lag is known from a heartbeat to within two seconds, so a shorter maximum mostly leads to the primary.
     *
     * <p>Costs nothing to make and may be kept. In a {@linkplain DatabaseOptions#hostTransactions transaction of the host}
     * every call runs there, and sees what that wrote; {@link #apart()} reads from replicas there too.
     *
     * @param maxLag longer than zero, at most 36,500 days
     */
    public Reading reading(Duration maxLag) {
        return new Reading(jdbc.reading(replicas.within(Check.period("maxLag", maxLag))));
    }

    /**
     * Reads from replicas that show everything that was committed before the token was given. The first call waits until
     * one does. If that takes longer than the wait, or the token is of another system or timeline, as after a failover, the
     * primary answers. Make one for each request: it stays with the replica that it found.
     *
     * @param token of {@link #token()} or {@link TxOptions#token}, of this process or another
     * @param wait for a replica, at most an hour; zero looks once
     */
    public Reading reading(CommitToken token, Duration wait) {
        Objects.requireNonNull(token, "token");
        Check.periodOrZero("wait", wait);
        Check.atMost("wait", wait, MAX_WAIT);
        return new Reading(jdbc.reading(replicas.after(token, wait)));
    }

    /**
     * How far the primary has come: {@link #reading(CommitToken, Duration)} shows every commit that was acknowledged before
     * this call. One round trip; {@link TxOptions#token} needs none of its own.
     *
     * @throws DatabaseException with SQLSTATE 55000 if the server is no primary
     */
    public CommitToken token() {
        return CommitTokens.now(jdbc.apart());
    }

    /** Where reads of {@link #reading()} went, and how far each replica is behind. Asks no server. */
    public ReadingStats readingStats() {
        return replicas.stats();
    }

    /**
     * Runs the work in one transaction and returns its result: committed when it returns, rolled back when it throws
     * anything. Inside a {@linkplain DatabaseOptions#hostTransactions transaction of the host} this is a savepoint of
     * it.
     *
     * @throws X what the work throws, as it is, also a {@code SQLException} of SQL of its own
     * @throws DatabaseException with SQLSTATE 25P02 if a statement failed and the work swallowed the exception:
     *     PostgreSQL then rolls everything back
     * @throws TransientDatabaseException {@code outcomeUnknown} if the connection was lost while committing
     */
    public <T, X extends Exception> T inTransaction(TxWork<T, X> work) throws X {
        return inTransaction(TxOptions.DEFAULT, work);
    }

    /**
     * {@link #inTransaction(TxWork)} at an isolation level, read-only, or retried. The whole work runs again after
     * 40001, 40P01, 55P03, and after a connection loss before the commit was sent. After a connection loss at the
     * commit, the server is asked whether it committed.
     *
     * @throws X what the work throws
     * @throws IllegalArgumentException inside a transaction of the host, if an isolation level or read-only is asked
     *     for; a retry is the host's there
     */
    public <T, X extends Exception> T inTransaction(TxOptions options, TxWork<T, X> work) throws X {
        return jdbc.inTransaction(options, (tx, connection) -> work.run(new Tx(tx, connection)));
    }

    /**
     * {@link #inTransaction(TxWork)} without a value.
     *
     * @throws X what the work throws
     */
    public <X extends Exception> void useTransaction(TxWork.Void<X> work) throws X {
        this.<Boolean, X>inTransaction(tx -> {
            work.run(tx);
            return true;
        });
    }

    /**
     * Brings the schema to this library's version, creating it where it is missing. Safe from any number of processes
     * at once: one migrates, the others wait up to five minutes and find nothing to do. The partitions of this month
     * and the next three are made with their tables.
     *
     * @return how many migrations were applied
     * @throws SchemaException before anything is made, if the server is older than PostgreSQL 15, the encoding is not
     *     UTF8, or the schema is newer or half dropped. Also if a script failed, which then left nothing
     */
    public int migrate() {
        return migrations.migrate();
    }

    /** Which migrations the schema has, and which this library carries. */
    public MigrationStatus migrationStatus() {
        return migrations.status();
    }

    /**
     * Checks that the schema has this library's version and all its tables, for services whose role may not migrate.
     *
     * @throws SchemaException if the server or the encoding is refused, or the schema is absent, older, newer, made by
     *     other scripts, half dropped, or lacks a table. The message says what to do
     */
    public void validate() {
        migrations.validate();
    }

    /** All migration scripts, in order, for a database administrator to read or to run with psql. */
    public String migrationSql() {
        return migrations.sql();
    }

    /**
     * Undoes the migrations above the given version, newest first, each in a transaction; 0 leaves the schema empty.
     * <b>The tables' rows are lost with the tables.</b>
     *
     * @throws IllegalArgumentException if the version is negative or above this library's
     * @throws SchemaException if the schema is newer than this library
     */
    public void revertTo(int version) {
        migrations.revertTo(version);
    }

    /**
     * The condition of server and pool. Does not throw if the server does not answer, and returns after about five
     * seconds at the latest. Where all connections of a HikariCP pool are in use, it opens one beside the pool for the
     * moment.
     */
    public Health health() {
        return inspection.health();
    }

    /** Sizes and counts, from the server's statistics. */
    public DatabaseStats stats() {
        return inspection.stats();
    }

    /** The statements that this object has sent, by name; those of the views of a schema are counted together. Asks no server. */
    public List<OperationStats> operations() {
        return jdbc.operations();
    }

    /**
     * The pool's connections, or null if the host's data source neither is nor wraps a HikariCP pool. Asks no server.
     *
     * @throws IllegalStateException if the pool is closed
     */
    public @Nullable PoolStats poolStats() {
        return inspection.poolStats();
    }

    /**
     * Closes the pool and those of its replicas, if this object opened them, and aborts running statements; later calls throw {@link
     * IllegalStateException}. Before that, and also where the pool is borrowed, notifications that are not sent yet
     * wake listening runners, within a second.
     */
    @Override
    public void close() {
        if (!isView) {
            jdbc.closing();
            replicas.close();
        }
        if (owned != null) {
            owned.close();
        }
    }
}
