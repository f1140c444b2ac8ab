package dev.evalstore.state;

import dev.evalstore.Json;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The reads of a backend in PostgreSQL: checked, timed and counted. */
abstract class StateReads implements StateBackend {
    final Namespaces namespaces;
    final StateOptions options;
    final Counters counters;

    StateReads(Namespaces namespaces) {
        this.namespaces = namespaces;
        this.options = namespaces.options;
        this.counters = namespaces.counters;
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
}
