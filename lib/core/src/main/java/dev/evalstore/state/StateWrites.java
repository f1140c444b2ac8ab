package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.state.Entries.Put;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/** The writes of a namespace: checked, timed and counted. */
final class StateWrites {
    private final StateOptions options;
    private final Namespaces namespaces;
    private final Counters counters;

    StateWrites(StateOptions options, Namespaces namespaces, Counters counters) {
        this.options = options;
        this.namespaces = namespaces;
        this.counters = counters;
    }

    long put(byte[] key, byte[] value, PutOptions how) {
        options.key(key);
        options.value(value);
        Scope at = namespaces.scope();
        long start = System.nanoTime();
        OptionalLong version = Entries.put(at, key, value, how);
        counters.writes.since(start);
        if (version.isEmpty()) {
            throw new ConflictException(
                    how.expectsAbsent()
                            ? "the key has an entry in state namespace " + namespaces.name()
                            : "the key has another version, or none, in state namespace " + namespaces.name());
        }
        counters.wrote(key, value);
        return version.getAsLong();
    }

    OptionalLong compareAndSet(byte[] key, long expectedVersion, byte[] value) {
        options.key(key);
        options.value(value);
        Check.notNegative("expectedVersion", expectedVersion);
        Scope at = namespaces.scope();
        OptionalLong version = counters.writing(() -> expectedVersion == 0
                ? Entries.put(at, key, value, PutOptions.NONE.ifAbsent())
                : at.version(at.sql().compareAndSet, value, at.id(), key, expectedVersion));
        if (version.isPresent()) {
            counters.wrote(key, value);
        }
        return version;
    }

    long increment(byte[] key, long delta) {
        options.key(key);
        Scope at = namespaces.scope();
        long sum = counters.writing(() -> at.jdbc()
                .change(at.write(at.sql().increment, at.id(), key, delta), row -> row.bigint("n"))
                .orElseThrow(() -> new ConflictException(
                        "the value is no eight-byte number, or the sum would not fit, in state namespace "
                                + namespaces.name())));
        counters.puts.increment();
        counters.bytesWritten.add(key.length + 8L);
        return sum;
    }

    void putAll(Collection<NewStateEntry> entries) {
        List<List<Put>> batches = Entries.batches(Entries.sorted(entries, options));
        if (batches.isEmpty()) {
            return;
        }
        Scope at = namespaces.scope();
        counters.writing(() -> {
            if (batches.size() == 1) {
                Entries.putBatch(at, batches.get(0));
                return true;
            }
            return at.jdbc().<Boolean, RuntimeException>inTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                Scope inside = at.on(tx);
                batches.forEach(batch -> Entries.putBatch(inside, batch));
                return true;
            });
        });
        batches.forEach(batch -> batch.forEach(put -> counters.wrote(put.key(), put.value())));
    }

    boolean delete(byte[] key) {
        options.key(key);
        Scope at = namespaces.scope();
        return deleted(counters.writing(() -> at.version(at.sql().delete, at.id(), key)));
    }

    boolean compareAndDelete(byte[] key, long expectedVersion) {
        options.key(key);
        Scope at = namespaces.scope();
        return deleted(counters.writing(() -> at.version(at.sql().compareAndDelete, at.id(), key, expectedVersion)));
    }

    private boolean deleted(OptionalLong version) {
        if (version.isPresent()) {
            counters.deletes.increment();
        }
        return version.isPresent();
    }

    long deleteAll(Collection<byte[]> keys) {
        keys.forEach(options::key);
        Scope at = namespaces.scope();
        long number = keys.isEmpty() ? 0 : counters.writing(() -> Entries.deleteAll(at, keys));
        counters.deletes.add(number);
        return number;
    }

    long clear() {
        Scope at = namespaces.scope();
        long number = counters.writing(() -> at.number(at.sql().clear, at.id(), at.id()));
        counters.deletes.add(number);
        return number;
    }

    boolean touch(byte[] key) {
        options.key(key);
        Scope at = namespaces.scope();
        return counters.writing(() -> at.version(at.sql().touch, at.id(), key)).isPresent();
    }

    boolean expire(byte[] key, Duration ttl) {
        options.key(key);
        PutOptions.ttl(ttl, "ttl");
        Scope at = namespaces.scope();
        return counters.writing(() -> at.version(at.sql().expire, ttl, at.id(), key))
                .isPresent();
    }

    boolean persist(byte[] key) {
        options.key(key);
        Scope at = namespaces.scope();
        return counters.writing(() -> at.version(at.sql().persist, at.id(), key))
                .isPresent();
    }

    Cleanup cleanupExpired() {
        Scope at = namespaces.scope();
        return counters.writing(() -> Entries.sweep(at));
    }
}
