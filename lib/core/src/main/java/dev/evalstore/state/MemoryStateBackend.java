package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A {@link StateBackend} in this process's memory, with every feature of the one in PostgreSQL, for unit tests and
 * small tools. One lock protects it; a checkpoint copies the index, not the values. Nothing outlives the object, and
 * two objects share nothing. Thread-safe.
 */
public final class MemoryStateBackend extends MemoryWrites {
    private final MemoryCheckpoints checkpoints = new MemoryCheckpoints(state);

    /** The namespace {@code default} with {@link StateOptions#DEFAULT} and the system's clock. */
    public MemoryStateBackend() {
        this("default", StateOptions.DEFAULT, Clock.systemUTC());
    }

    /**
     * An empty namespace.
     *
     * @param options table prefix and schema are ignored
     * @param clock decides what has expired
     */
    public MemoryStateBackend(String namespace, StateOptions options, Clock clock) {
        super(namespace, options, clock);
    }

    @Override
    public String namespace() {
        return namespace;
    }

    @Override
    public Optional<byte[]> get(byte[] key) {
        return getEntry(key).map(StateEntry::value);
    }

    @Override
    public Optional<StateEntry> getEntry(byte[] key) {
        Bytes at = new Bytes(options.key(key));
        state.counters.gets.increment();
        return state.reading(() -> Optional.ofNullable(state.live(at)).map(state::copy));
    }

    @Override
    public List<StateEntry> getAll(Collection<byte[]> keys) {
        LinkedHashSet<Bytes> wanted = new LinkedHashSet<>();
        keys.forEach(key -> wanted.add(new Bytes(options.key(key))));
        state.counters.gets.add(keys.size());
        return state.reading(() -> wanted.stream()
                .map(state::live)
                .filter(Objects::nonNull)
                .map(state::copy)
                .toList());
    }

    @Override
    public boolean contains(byte[] key) {
        Bytes at = new Bytes(options.key(key));
        state.counters.gets.increment();
        return state.reading(() -> state.live(at) != null);
    }

    @Override
    public long count(byte[] prefix) {
        return state.reading(
                () -> state.live(state.entries, new Range(prefix, 1, null)).count());
    }

    @Override
    public List<byte[]> listKeys(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        return state.reading(() -> state.live(state.entries, range)
                .limit(limit)
                .map(entry -> entry.key().clone())
                .toList());
    }

    @Override
    public List<StateEntry> entries(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        return state.reading(() -> state.page(state.live(state.entries, range), limit));
    }

    @Override
    public List<StateEntry> queryByMetadata(Json containing, int limit, byte @Nullable [] after) {
        Range range = new Range(Bytes.NONE, limit, after);
        Objects.requireNonNull(containing, "containing");
        return state.reading(() -> state.page(
                state.live(state.entries, range)
                        .filter(entry ->
                                entry.metadata() != null && JsonContainment.contains(entry.metadata(), containing)),
                limit));
    }

    @Override
    public Checkpoint createCheckpoint(@Nullable String label, @Nullable Json metadata) {
        Check.textOrNull("label", label);
        requireCheckpoints();
        return state.writing(() -> checkpoints.create(label, metadata));
    }

    @Override
    public List<Checkpoint> listCheckpoints() {
        return state.reading(checkpoints::list);
    }

    @Override
    public Checkpoint measureCheckpoint(UUID checkpoint) {
        return state.writing(() -> checkpoints.measure(checkpoint));
    }

    @Override
    public long restoreCheckpoint(UUID checkpoint) {
        requireCheckpoints();
        return state.writing(() -> checkpoints.restore(checkpoint));
    }

    @Override
    public boolean deleteCheckpoint(UUID checkpoint) {
        return state.writing(() -> checkpoints.delete(checkpoint));
    }

    @Override
    public Cleanup cleanupCheckpoints(int last, @Nullable Duration youngerThan) {
        Check.notNegative("last", last);
        Check.periodOrNull("youngerThan", youngerThan);
        return new Cleanup(state.writing(() -> checkpoints.retain(last, youngerThan)), false);
    }

    /** Does nothing: history is deleted with its checkpoint. */
    @Override
    public Cleanup cleanupHistory() {
        return Cleanup.NOTHING;
    }

    @Override
    public Optional<StateEntry> readAt(UUID checkpoint, byte[] key) {
        Bytes at = new Bytes(options.key(key));
        state.counters.gets.increment();
        return state.reading(
                () -> Optional.ofNullable(checkpoints.entries(checkpoint).get(at))
                        .filter(state::isLive)
                        .map(state::copy));
    }

    @Override
    public List<StateEntry> entriesAt(UUID checkpoint, byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        return state.reading(() -> state.page(state.live(checkpoints.entries(checkpoint), range), limit));
    }

    @Override
    public List<StateDifference> diff(UUID from, @Nullable UUID to, int limit, byte @Nullable [] after) {
        Range range = new Range(Bytes.NONE, limit, after);
        return state.reading(() -> checkpoints.diff(from, to, range));
    }

    @Override
    public StateChanges watch(byte[] prefix, @Nullable Cursor from, int limit) {
        Check.limit(limit);
        state.feed.require();
        return state.reading(() -> state.feed.watch(prefix, from, limit));
    }

    @Override
    public Cleanup cleanupChanges(Duration olderThan) {
        Check.period("olderThan", olderThan);
        state.feed.require();
        return state.writing(() -> new Cleanup(state.feed.compact(state.now().minus(olderThan)), false));
    }

    @Override
    public long export(@Nullable UUID checkpoint, OutputStream to) throws IOException {
        NavigableMap<Bytes, StateEntry> then = state.reading(
                () -> checkpoint == null ? new TreeMap<>(state.entries) : checkpoints.entries(checkpoint));
        return Archive.write(to, after -> state.page(state.live(then, new Range(Bytes.NONE, 1_000, after)), 1_000));
    }

    @Override
    public long importFrom(InputStream from) throws IOException {
        List<Put> all = new ArrayList<>();
        long number = Archive.read(from, options, all::addAll);
        return state.writing(() -> {
            for (Put put : all) {
                Instant expires = put.expiresAt();
                if (expires == null || expires.isAfter(state.now())) {
                    state.store(put.key(), put.value(), put.metadata(), expires);
                }
            }
            return number;
        });
    }

    @Override
    public StateStats stats() {
        return state.counters.snapshot();
    }

    /** Counts the entries. There are no tables, so their figures are 0. */
    @Override
    public StateTableStats tableStats() {
        return state.reading(() -> {
            long live = state.entries.values().stream().filter(state::isLive).count();
            return new StateTableStats(live, state.entries.size() - live, 0, 0, 0, 0);
        });
    }

    /** Does nothing. */
    @Override
    public void vacuum() {
        state.counters.writes.since(System.nanoTime());
    }

    @Override
    public StateHealth healthCheck() {
        return state.reading(
                () -> new StateHealth(true, null, Duration.ZERO, checkpoints.epoch(), checkpoints.count()));
    }

    private void requireCheckpoints() {
        if (!options.checkpointed()) {
            throw new IllegalStateException("state namespace " + namespace + " was made without checkpoints");
        }
    }
}
