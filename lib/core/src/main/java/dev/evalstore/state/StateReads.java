package dev.evalstore.state;

import dev.evalstore.Json;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
        Namespace namespace = namespaces.get();
        long start = System.nanoTime();
        Optional<byte[]> value = namespace.get(key);
        counters.reads.since(start);
        counters.gets.increment();
        value.ifPresent(bytes -> counters.bytesRead.add(key.length + (long) bytes.length));
        return value;
    }

    @Override
    public Optional<StateEntry> getEntry(byte[] key) {
        options.key(key);
        Namespace namespace = namespaces.get();
        long start = System.nanoTime();
        Optional<StateEntry> entry = namespace.getEntry(key);
        counters.reads.since(start);
        counters.gets.increment();
        entry.ifPresent(counters::read);
        return entry;
    }

    @Override
    public List<StateEntry> getAll(Collection<byte[]> keys) {
        keys.forEach(options::key);
        counters.gets.add(keys.size());
        Namespace namespace = namespaces.get();
        return counted(() -> namespace.getAll(keys));
    }

    @Override
    public boolean contains(byte[] key) {
        options.key(key);
        Namespace namespace = namespaces.get();
        counters.gets.increment();
        return counters.reading(() -> namespace.contains(key));
    }

    @Override
    public long count(byte[] prefix) {
        Namespace namespace = namespaces.get();
        return counters.reading(() -> namespace.count(prefix));
    }

    @Override
    public List<byte[]> listKeys(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        Namespace namespace = namespaces.get();
        return counters.reading(() -> namespace.listKeys(range));
    }

    @Override
    public List<StateEntry> entries(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        Namespace namespace = namespaces.get();
        return counted(() -> namespace.entries(range));
    }

    @Override
    public List<StateEntry> queryByMetadata(Json containing, int limit, byte @Nullable [] after) {
        Objects.requireNonNull(containing, "containing");
        Range range = new Range(Bytes.NONE, limit, after);
        Namespace namespace = namespaces.get();
        return counted(() -> namespace.query(range, containing));
    }

    private List<StateEntry> counted(Supplier<List<StateEntry>> action) {
        List<StateEntry> entries = counters.reading(action);
        entries.forEach(counters::read);
        return entries;
    }
}
