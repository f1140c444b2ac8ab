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
        Namespace at = namespaces.get();
        return counters.writing(() -> Checkpoints.create(at, label, metadata));
    }

    @Override
    public List<Checkpoint> listCheckpoints() {
        return Checkpoints.list(namespaces.get());
    }

    @Override
    public Checkpoint measureCheckpoint(UUID checkpoint) {
        return CheckpointReads.measure(namespaces.get(), checkpoint);
    }

    @Override
    public long restoreCheckpoint(UUID checkpoint) {
        Namespace at = namespaces.get();
        return counters.writing(() -> Checkpoints.restore(at, checkpoint, counters));
    }

    @Override
    public boolean deleteCheckpoint(UUID checkpoint) {
        return Checkpoints.delete(namespaces.get(), checkpoint, counters);
    }

    @Override
    public int retainCheckpoints(int last, @Nullable Duration youngerThan) {
        Check.notNegative("last", last);
        Check.periodOrNull("youngerThan", youngerThan);
        return Checkpoints.retain(namespaces.get(), last, youngerThan, counters);
    }

    @Override
    public Cleanup cleanupHistory() {
        return Checkpoints.cleanup(namespaces.get());
    }

    @Override
    public Optional<StateEntry> readAt(UUID checkpoint, byte[] key) {
        options.key(key);
        Namespace at = namespaces.get();
        counters.gets.increment();
        Optional<StateEntry> entry = counters.reading(() -> CheckpointReads.read(at, checkpoint, key));
        entry.ifPresent(counters::read);
        return entry;
    }

    @Override
    public List<StateEntry> entriesAt(UUID checkpoint, byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        Namespace at = namespaces.get();
        List<StateEntry> page = counters.reading(() -> CheckpointReads.entries(at, checkpoint, range));
        page.forEach(counters::read);
        return page;
    }

    @Override
    public List<StateDifference> diff(UUID from, @Nullable UUID to, int limit, byte @Nullable [] after) {
        Range range = new Range(Bytes.NONE, limit, after);
        Namespace at = namespaces.get();
        return counters.reading(() -> CheckpointReads.diff(at, from, to, range));
    }

    @Override
    public StateChanges watch(byte[] prefix, @Nullable Cursor from, int limit) {
        Objects.requireNonNull(prefix, "prefix");
        Check.limit(limit);
        outsideTransaction("watch");
        Namespace at = namespaces.get();
        return counters.reading(() -> Changes.watch(at, prefix, from, limit));
    }

    @Override
    public Cleanup cleanupChanges(Duration olderThan) {
        Check.period("olderThan", olderThan);
        return Changes.cleanup(namespaces.get(), olderThan);
    }

    @Override
    public long export(@Nullable UUID checkpoint, OutputStream to) throws IOException {
        Namespace at = namespaces.get();
        if (checkpoint != null) {
            CheckpointReads.require(at, checkpoint);
            return Archive.write(
                    to, after -> CheckpointReads.entries(at, checkpoint, new Range(Bytes.NONE, 1_000, after)));
        }
        if (jdbc.inTransaction()) {
            return Archive.write(to, after -> at.entries(new Range(Bytes.NONE, 1_000, after)));
        }
        TxOptions oneMoment =
                TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ).asReadOnly();
        return jdbc.<Long, IOException>inTransaction(oneMoment, (tx, connection) -> {
            Namespace inside = at.on(tx);
            return Archive.write(to, after -> inside.entries(new Range(Bytes.NONE, 1_000, after)));
        });
    }

    @Override
    public long importFrom(InputStream from) throws IOException {
        Namespace at = namespaces.get();
        return jdbc.<Long, IOException>inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
            Namespace inside = at.on(tx);
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

    private void outsideTransaction(String what) {
        if (jdbc.inTransaction()) {
            throw new IllegalStateException(what + " cannot run inside a transaction");
        }
    }
}
