package dev.evalstore.state;

import dev.evalstore.Json;
import dev.evalstore.internal.jdbc.Sql;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The reads of a namespace: checked, timed and counted. */
final class StateReads {
    private final StateOptions options;
    private final Namespaces namespaces;
    private final Counters counters;

    StateReads(StateOptions options, Namespaces namespaces, Counters counters) {
        this.options = options;
        this.namespaces = namespaces;
        this.counters = counters;
    }

    Optional<byte[]> get(byte[] key) {
        options.key(key);
        Scope at = namespaces.scope();
        long start = System.nanoTime();
        Optional<byte[]> value = at.jdbc().find(Sql.of(at.sql().get, at.id(), key), row -> row.bytes("value"));
        counters.reads.since(start);
        counters.gets.increment();
        value.ifPresent(bytes -> counters.bytesRead.add(key.length + (long) bytes.length));
        return value;
    }

    Optional<StateEntry> getEntry(byte[] key) {
        options.key(key);
        Scope at = namespaces.scope();
        long start = System.nanoTime();
        Optional<StateEntry> entry = at.jdbc().find(Sql.of(at.sql().getEntry, at.id(), key), Scope::entry);
        counters.reads.since(start);
        counters.gets.increment();
        entry.ifPresent(counters::read);
        return entry;
    }

    List<StateEntry> getAll(Collection<byte[]> keys) {
        keys.forEach(options::key);
        counters.gets.add(keys.size());
        Scope at = namespaces.scope();
        return given(() -> Entries.getAll(at, keys));
    }

    boolean contains(byte[] key) {
        options.key(key);
        Scope at = namespaces.scope();
        counters.gets.increment();
        return counters.reading(() -> at.jdbc().one(Sql.of(at.sql().contains, at.id(), key), row -> row.bool("found")));
    }

    long count(byte[] prefix) {
        Scope at = namespaces.scope();
        return counters.reading(() -> Entries.count(at, prefix));
    }

    List<byte[]> listKeys(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        Scope at = namespaces.scope();
        return counters.reading(() -> Entries.keys(at, range));
    }

    List<StateEntry> entries(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        Scope at = namespaces.scope();
        return given(() -> Entries.list(at, range, null));
    }

    List<StateEntry> queryByMetadata(Json containing, int limit, byte @Nullable [] after) {
        Objects.requireNonNull(containing, "containing");
        Range range = new Range(Bytes.NONE, limit, after);
        Scope at = namespaces.scope();
        return given(() -> Entries.list(at, range, containing));
    }

    private List<StateEntry> given(Supplier<List<StateEntry>> action) {
        List<StateEntry> entries = counters.reading(action);
        entries.forEach(counters::read);
        return entries;
    }
}
