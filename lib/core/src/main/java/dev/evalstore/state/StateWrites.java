package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/** The reads and writes of a backend in PostgreSQL: checked, timed and counted. */
abstract sealed class StateWrites extends PostgresStateReads implements StateBackend permits PostgresStateBackend {
    StateWrites(Jdbc jdbc, String namespace, StateOptions options) {
        super(jdbc, namespace, options);
    }

    @Override
    public long put(byte[] key, byte[] value, PutOptions how) {
        options.key(key);
        options.value(value);
        OptionalLong version = timed(namespace -> namespace.put(key, value, how));
        if (version.isEmpty()) {
            throw new ConflictException(
                    how.expectsAbsent()
                            ? "the key has an entry in state namespace " + namespaces.place.name()
                            : "the key has another version, or none, in state namespace " + namespaces.place.name());
        }
        counters.wrote(key, value);
        return version.getAsLong();
    }

    @Override
    public OptionalLong compareAndSet(byte[] key, long expectedVersion, byte[] value) {
        options.key(key);
        options.value(value);
        Check.notNegative("expectedVersion", expectedVersion);
        OptionalLong version = timed(namespace -> namespace.compareAndSet(key, expectedVersion, value));
        if (version.isPresent()) {
            counters.wrote(key, value);
        }
        return version;
    }

    @Override
    public long increment(byte[] key, long delta) {
        options.key(key);
        OptionalLong sum = timed(namespace -> namespace.increment(key, delta));
        if (sum.isEmpty()) {
            throw new ConflictException(
                    "the value is not an eight-byte number, or the sum does not fit, in state namespace "
                            + namespaces.place.name());
        }
        counters.puts.increment();
        counters.bytesWritten.add(key.length + 8L);
        return sum.getAsLong();
    }

    @Override
    public void putAll(Collection<NewStateEntry> entries) {
        List<List<Put>> batches = Put.batches(Put.sorted(entries, options));
        if (batches.isEmpty()) {
            return;
        }
        timed(namespace -> {
            if (batches.size() == 1) {
                namespace.putBatch(batches.get(0));
                return true;
            }
            return namespace.jdbc.<Boolean, RuntimeException>inOwnTransaction(TxOptions.DEFAULT, (tx, connection) -> {
                batches.forEach(namespace.on(tx)::putBatch);
                return true;
            });
        });
        batches.forEach(batch -> batch.forEach(put -> counters.wrote(put.key(), put.value())));
    }

    @Override
    public boolean delete(byte[] key) {
        options.key(key);
        return deleted(timed(namespace -> namespace.delete(key)));
    }

    @Override
    public boolean compareAndDelete(byte[] key, long expectedVersion) {
        options.key(key);
        return deleted(timed(namespace -> namespace.compareAndDelete(key, expectedVersion)));
    }

    private boolean deleted(OptionalLong version) {
        if (version.isPresent()) {
            counters.deletes.increment();
        }
        return version.isPresent();
    }

    @Override
    public long deleteAll(Collection<byte[]> keys) {
        keys.forEach(options::key);
        long deleted = keys.isEmpty() ? 0 : timed(namespace -> namespace.deleteAll(keys));
        counters.deletes.add(deleted);
        return deleted;
    }

    @Override
    public long clear() {
        long deleted = timed(Namespace::clear);
        counters.deletes.add(deleted);
        return deleted;
    }

    @Override
    public boolean touch(byte[] key) {
        options.key(key);
        return timed(namespace -> namespace.touch(key)).isPresent();
    }

    @Override
    public boolean expire(byte[] key, Duration ttl) {
        options.key(key);
        PutOptions.ttl(ttl, "ttl");
        return timed(namespace -> namespace.expire(key, ttl)).isPresent();
    }

    @Override
    public boolean persist(byte[] key) {
        options.key(key);
        return timed(namespace -> namespace.persist(key)).isPresent();
    }

    @Override
    public Cleanup cleanupExpired() {
        return timed(Namespace::cleanupExpired);
    }

    /** The time does not include that of finding the namespace, at the first use. */
    final <T> T timed(Function<Namespace, T> write) {
        return namespaces.<T, RuntimeException>writing(counters.writes, write::apply);
    }
}
