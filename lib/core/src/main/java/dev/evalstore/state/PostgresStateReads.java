package dev.evalstore.state;

import dev.evalstore.Cursor;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The reads of a {@link PostgresStateBackend}: checked, timed and counted. None of them makes the namespace where it is read
 * through a {@code Reading}.
 */
public sealed class PostgresStateReads implements StateReads permits StateWrites {
    final Namespaces namespaces;
    final StateOptions options;
    final Counters counters;
    final Jdbc jdbc;
    final StateTables tables;

    /** Called by {@code Reading} alone. */
    public PostgresStateReads(Jdbc jdbc, String namespace, StateOptions options) {
        this.namespaces = new Namespaces(jdbc, namespace, options);
        this.jdbc = namespaces.jdbc;
        this.options = namespaces.options;
        this.counters = namespaces.counters;
        this.tables = new StateTables(namespaces);
    }

    @Override
    public Optional<byte[]> get(byte[] key) {
        options.key(key);
        counters.gets.increment();
        Optional<byte[]> value = reading(namespace -> namespace.get(key), Optional::empty);
        value.ifPresent(bytes -> counters.bytesRead.add(key.length + (long) bytes.length));
        return value;
    }

    @Override
    public Optional<StateEntry> getEntry(byte[] key) {
        options.key(key);
        counters.gets.increment();
        Optional<StateEntry> entry = reading(namespace -> namespace.getEntry(key), Optional::empty);
        entry.ifPresent(counters::read);
        return entry;
    }

    @Override
    public List<StateEntry> getAll(Collection<byte[]> keys) {
        keys.forEach(options::key);
        counters.gets.add(keys.size());
        return counted(namespace -> namespace.getAll(keys));
    }

    @Override
    public boolean contains(byte[] key) {
        options.key(key);
        counters.gets.increment();
        return reading(namespace -> namespace.contains(key), () -> false);
    }

    @Override
    public long count(byte[] prefix) {
        return reading(namespace -> namespace.count(prefix), () -> 0L);
    }

    @Override
    public List<byte[]> listKeys(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        return reading(namespace -> namespace.listKeys(range), List::of);
    }

    @Override
    public List<StateEntry> entries(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        return counted(namespace -> namespace.entries(range));
    }

    @Override
    public List<StateEntry> queryByMetadata(Json containing, int limit, byte @Nullable [] after) {
        Objects.requireNonNull(containing, "containing");
        Range range = new Range(Bytes.NONE, limit, after);
        return counted(namespace -> namespace.query(range, containing));
    }

    /** Runs a read and counts its time; {@code none} is the answer of a namespace that there is not. */
    final <T> T reading(Function<Namespace, T> read, Supplier<T> none) {
        return namespaces.<T, RuntimeException>reading(counters.reads, read::apply, none::get);
    }

    final List<StateEntry> counted(Function<Namespace, List<StateEntry>> read) {
        List<StateEntry> entries = reading(read, List::of);
        entries.forEach(counters::read);
        return entries;
    }

    @Override
    public String namespace() {
        return namespaces.place.name();
    }

    @Override
    public List<Checkpoint> listCheckpoints() {
        return looking(Checkpoints::list, List::of);
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
        return namespaces
                .present()
                .<StateChanges, RuntimeException>reading(
                        counters.reads, at -> Changes.watch(at, prefix, from, limit), () -> Changes.none(from));
    }

    @Override
    public long export(@Nullable UUID checkpoint, OutputStream to) throws IOException {
        return namespaces.<Long, IOException>reading(
                new Counters.Timer(),
                at -> export(at, checkpoint, to),
                () -> checkpoint == null
                        ? Archive.write(to, after -> List.of())
                        : PostgresStateReads.<Long>absent(checkpoint).get());
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
    public StateStats stats() {
        return counters.snapshot();
    }

    @Override
    public StateTableStats tableStats() {
        return tables.stats();
    }

    @Override
    public StateHealth healthCheck() {
        return tables.health();
    }

    /** A read whose time is not counted. */
    private <T> T looking(Function<Namespace, T> read, Supplier<T> none) {
        return namespaces.<T, RuntimeException>reading(new Counters.Timer(), read::apply, none::get);
    }

    /** A namespace that there is not has no checkpoint. */
    private static <T> Supplier<T> absent(UUID checkpoint) {
        return () -> {
            throw Checkpoints.notFound(checkpoint);
        };
    }

    void outsideTransaction(String what) {
        if (jdbc.inTransaction()) {
            throw new IllegalStateException(what + " cannot run inside a transaction");
        }
    }
}
