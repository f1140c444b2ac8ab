package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.Cursor;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A {@link StateBackend} in PostgreSQL, with the server's clock. Creating the object costs nothing. The namespace is
 * made at its first use. In a transaction it is made there, and other processes that use it for the first time wait for
 * the transaction's end.
 *
 * <p>One entry is read or written in one round trip. In a checkpointed namespace, a write also holds a shared lock on
 * the namespace until its transaction ends. A checkpoint or restore waits for these locks, so keep transactions short.
 */
public final class PostgresStateBackend extends StateWrites {
    private final Jdbc jdbc;
    private final StateTables tables;

    /** Called by {@code Repositories} alone. */
    public PostgresStateBackend(Jdbc jdbc, String namespace, StateOptions options) {
        super(new Namespaces(jdbc, namespace, options));
        this.jdbc = namespaces.jdbc;
        this.tables = new StateTables(namespaces);
    }

    @Override
    public String namespace() {
        return namespaces.place.name();
    }

    @Override
    public Checkpoint createCheckpoint(@Nullable String label, @Nullable Json metadata) {
        Check.textOrNull("label", label);
        return timed(at -> Checkpoints.create(at, label, metadata));
    }

    @Override
    public List<Checkpoint> listCheckpoints() {
        return looking(Checkpoints::list, List::of);
    }

    @Override
    public Checkpoint measureCheckpoint(UUID checkpoint) {
        return changing(at -> CheckpointReads.measure(at, checkpoint));
    }

    @Override
    public long restoreCheckpoint(UUID checkpoint) {
        return timed(at -> Checkpoints.restore(at, checkpoint, counters));
    }

    @Override
    public boolean deleteCheckpoint(UUID checkpoint) {
        return changing(at -> Checkpoints.delete(at, checkpoint, counters));
    }

    @Override
    public Cleanup cleanupCheckpoints(int last, @Nullable Duration youngerThan) {
        Check.notNegative("last", last);
        Check.periodOrNull("youngerThan", youngerThan);
        int removed = changing(at -> Checkpoints.retain(at, last, youngerThan, counters));
        return new Cleanup(removed, false);
    }

    @Override
    public Cleanup cleanupHistory() {
        return changing(Checkpoints::cleanup);
    }

    @Override
    public Optional<StateEntry> readAt(UUID checkpoint, byte[] key) {
        options.key(key);
        counters.gets.increment();
        Optional<StateEntry> entry = reading(at -> CheckpointReads.read(at, checkpoint, key), absent(checkpoint));
        entry.ifPresent(counters::read);
        return entry;
    }

    @Override
    public List<StateEntry> entriesAt(UUID checkpoint, byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        List<StateEntry> page = reading(at -> CheckpointReads.entries(at, checkpoint, range), absent(checkpoint));
        page.forEach(counters::read);
        return page;
    }

    @Override
    public List<StateDifference> diff(UUID from, @Nullable UUID to, int limit, byte @Nullable [] after) {
        Range range = new Range(Bytes.NONE, limit, after);
        return reading(at -> CheckpointReads.diff(at, from, to, range), absent(from));
    }

    @Override
    public StateChanges watch(byte[] prefix, @Nullable Cursor from, int limit) {
        Objects.requireNonNull(prefix, "prefix");
        Check.limit(limit);
        outsideTransaction("watch");
        return reading(at -> Changes.watch(at, prefix, from, limit), () -> Changes.none(from));
    }

    @Override
    public Cleanup cleanupChanges(Duration olderThan) {
        Check.period("olderThan", olderThan);
        return changing(at -> Changes.cleanup(at, olderThan));
    }

    @Override
    public long export(@Nullable UUID checkpoint, OutputStream to) throws IOException {
        return namespaces.<Long, IOException>reading(
                new Counters.Timer(),
                at -> export(at, checkpoint, to),
                () -> checkpoint == null
                        ? Archive.write(to, after -> List.of())
                        : PostgresStateBackend.<Long>absent(checkpoint).get());
    }

    private long export(Namespace at, @Nullable UUID checkpoint, OutputStream to) throws IOException {
        if (checkpoint != null) {
            CheckpointReads.require(at, checkpoint);
            return Archive.write(
                    to, after -> CheckpointReads.entries(at, checkpoint, new Range(Bytes.NONE, 1_000, after)));
        }
        if (jdbc.inTransaction()) {
            at.requireHere();
            return Archive.write(to, after -> at.entries(new Range(Bytes.NONE, 1_000, after)));
        }
        TxOptions oneMoment =
                TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ).asReadOnly();
        return jdbc.<Long, IOException>inTransaction(oneMoment, (tx, connection) -> {
            Namespace inside = at.on(tx);
            inside.requireHere();
            return Archive.write(to, after -> inside.entries(new Range(Bytes.NONE, 1_000, after)));
        });
    }

    @Override
    public long importFrom(InputStream from) throws IOException {
        return namespaces.<Long, IOException>writing(new Counters.Timer(), at -> importTo(at, from));
    }

    private long importTo(Namespace at, InputStream from) throws IOException {
        return jdbc.<Long, IOException>inOwnTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            Namespace inside = at.on(tx);
            inside.requireHere();
            return Archive.read(from, options, batch -> {
                inside.putBatch(batch);
                batch.forEach(put -> counters.wrote(put.key(), put.value()));
            });
        });
    }

    @Override
    public StateStats stats() {
        return counters.snapshot();
    }

    @Override
    public StateTableStats tableStats() {
        return tables.stats();
    }

    /** {@inheritDoc} The role must own the tables, or have MAINTAIN on them (PostgreSQL 17). */
    @Override
    public void vacuum() {
        outsideTransaction("vacuum");
        tables.vacuum();
    }

    @Override
    public StateHealth healthCheck() {
        return tables.health();
    }

    /**
     * Makes the tables for the prefix and schema of the options, and the schema, unless the tables exist. They have the
     * same columns, constraints and indexes as the migrated ones. Only a deployment that wants a second set of tables
     * needs this, with a role that may create them; {@code Database.migrate()} makes the usual ones. When a library
     * version changes these tables, its release notes say how to change an existing second set.
     *
     * @return whether the tables were made
     */
    public boolean createTables() {
        return tables.create();
    }

    /** A read whose time is not counted. */
    private <T> T looking(Function<Namespace, T> read, Supplier<T> none) {
        return namespaces.<T, RuntimeException>reading(new Counters.Timer(), read::apply, none::get);
    }

    /** A write whose time is not counted. */
    private <T> T changing(Function<Namespace, T> write) {
        return namespaces.<T, RuntimeException>writing(new Counters.Timer(), write::apply);
    }

    /** A namespace that there is not has no checkpoint. */
    private static <T> Supplier<T> absent(UUID checkpoint) {
        return () -> {
            throw Checkpoints.notFound(checkpoint);
        };
    }

    private void outsideTransaction(String what) {
        if (jdbc.inTransaction()) {
            throw new IllegalStateException(what + " cannot run inside a transaction");
        }
    }
}
