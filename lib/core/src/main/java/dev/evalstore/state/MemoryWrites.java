package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.internal.Check;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/** The writes of a backend in memory. */
abstract class MemoryWrites implements StateBackend {
    final String namespace;
    final StateOptions options;
    final MemoryState state;

    MemoryWrites(String namespace, StateOptions options, Clock clock) {
        this.namespace = Check.name("namespace", namespace);
        this.options = Objects.requireNonNull(options, "options");
        this.state = new MemoryState(namespace, options, Objects.requireNonNull(clock, "clock"));
    }

    @Override
    public long put(byte[] key, byte[] value, PutOptions how) {
        options.key(key);
        options.value(value);
        return state.writing(() -> {
            StateEntry old = state.live(new Bytes(key));
            if (how.expectsAbsent() && old != null) {
                throw new ConflictException("the key has an entry in state namespace " + namespace);
            }
            Long expected = how.ifVersion();
            if (expected != null && expected != 0 && (old == null || old.version() != expected)) {
                throw new ConflictException("the key has another version, or none, in state namespace " + namespace);
            }
            if (!how.keepTtl() || old == null) {
                return state.store(key, value, how.metadata(), state.fromNow(how.ttl()));
            }
            return state.store(key, value, how.metadata() == null ? old.metadata() : how.metadata(), old.expiresAt());
        });
    }

    @Override
    public OptionalLong compareAndSet(byte[] key, long expectedVersion, byte[] value) {
        options.key(key);
        options.value(value);
        Check.notNegative("expectedVersion", expectedVersion);
        return state.writing(() -> {
            StateEntry old = state.live(new Bytes(key));
            if ((old == null ? 0 : old.version()) != expectedVersion) {
                return OptionalLong.empty();
            }
            return OptionalLong.of(
                    old == null
                            ? state.store(key, value, null, null)
                            : state.store(key, value, old.metadata(), old.expiresAt()));
        });
    }

    @Override
    public long increment(byte[] key, long delta) {
        options.key(key);
        return state.writing(() -> {
            StateEntry old = state.live(new Bytes(key));
            BigInteger sum = BigInteger.valueOf(delta);
            if (old != null && old.value().length == 8) {
                sum = sum.add(new BigInteger(old.value()));
            }
            if (old != null && old.value().length != 8 || sum.bitLength() > 63) {
                throw new ConflictException(
                        "the value is not an eight-byte number, or the sum does not fit, in state namespace "
                                + namespace);
            }
            byte[] value = ByteBuffer.allocate(8).putLong(sum.longValue()).array();
            state.store(key, value, old == null ? null : old.metadata(), old == null ? null : old.expiresAt());
            return sum.longValue();
        });
    }

    @Override
    public void putAll(Collection<NewStateEntry> batch) {
        Collection<Put> sorted = Put.sorted(batch, options);
        state.writing(() -> {
            sorted.forEach(put -> state.store(put.key(), put.value(), put.metadata(), state.fromNow(put.ttl())));
            return true;
        });
    }

    @Override
    public boolean delete(byte[] key) {
        Bytes at = new Bytes(options.key(key));
        return state.writing(() -> state.remove(state.live(at)));
    }

    @Override
    public boolean compareAndDelete(byte[] key, long expectedVersion) {
        Bytes at = new Bytes(options.key(key));
        return state.writing(() -> {
            StateEntry old = state.live(at);
            return old != null && old.version() == expectedVersion && state.remove(old);
        });
    }

    @Override
    public long deleteAll(Collection<byte[]> keys) {
        keys.forEach(options::key);
        return state.writing(() -> keys.stream()
                .map(Bytes::new)
                .sorted()
                .filter(key -> state.remove(state.live(key)))
                .count());
    }

    @Override
    public long clear() {
        return state.writing(() -> {
            List<StateEntry> all = List.copyOf(state.entries.values());
            long live = all.stream().filter(state::isLive).count();
            all.forEach(state::remove);
            state.counters.deletes.add(live - all.size());
            return live;
        });
    }

    @Override
    public boolean touch(byte[] key) {
        Bytes at = new Bytes(options.key(key));
        return state.writing(() -> state.touch(state.live(at)));
    }

    @Override
    public boolean expire(byte[] key, Duration ttl) {
        Bytes at = new Bytes(options.key(key));
        PutOptions.ttl(ttl, "ttl");
        return state.writing(() -> state.expire(state.live(at), state.fromNow(ttl)));
    }

    @Override
    public boolean persist(byte[] key) {
        Bytes at = new Bytes(options.key(key));
        return state.writing(() -> state.expire(state.live(at), null));
    }

    @Override
    public Cleanup cleanupExpired() {
        return state.writing(() -> {
            List<StateEntry> expired = state.entries.values().stream()
                    .filter(entry -> !state.isLive(entry))
                    .toList();
            expired.forEach(entry -> {
                state.entries.remove(new Bytes(entry.key()));
                state.feed.add(StateChange.Kind.EXPIRE, entry, state.now());
            });
            return new Cleanup(expired.size(), false);
        });
    }
}
