package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.Json;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
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
    /** Called by {@code Repositories} alone. */
    public PostgresStateBackend(Jdbc jdbc, String namespace, StateOptions options) {
        super(jdbc, namespace, options);
    }

    @Override
    public Checkpoint createCheckpoint(@Nullable String label, @Nullable Json metadata) {
        Check.textOrNull("label", label);
        return timed(at -> Checkpoints.create(at, label, metadata));
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
    public Cleanup cleanupChanges(Duration olderThan) {
        Check.period("olderThan", olderThan);
        return changing(at -> Changes.cleanup(at, olderThan));
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

    /** {@inheritDoc} The role must own the tables, or have MAINTAIN on them (PostgreSQL 17). */
    @Override
    public void vacuum() {
        outsideTransaction("vacuum");
        tables.vacuum();
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

    /** A write whose time is not counted. */
    private <T> T changing(Function<Namespace, T> write) {
        return namespaces.<T, RuntimeException>writing(new Counters.Timer(), write::apply);
    }
}
