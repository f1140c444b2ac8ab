package dev.evalstore.state;

import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Uuids;
import dev.evalstore.state.Entries.Put;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@link StateBackend} in this process's memory, with every feature of the one in PostgreSQL: for unit tests and small tools.
 * One lock serves all; a checkpoint copies the index, not the values. Nothing outlives the object, and two objects share
 * nothing. Thread-safe.
 */
public final class MemoryStateBackend implements StateBackend {
    private final String namespace;
    private final StateOptions options;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Counters counters = new Counters();
    private final Map<UUID, Saved> checkpoints = new LinkedHashMap<>();
    private final TreeMap<Long, StateChange> feed = new TreeMap<>();
    private TreeMap<Bytes, StateEntry> entries = new TreeMap<>();
    private long lastVersion;
    private long lastChange;
    private long floor;
    private long epoch = 1;

    /** A checkpoint and what it holds. */
    private record Saved(Checkpoint checkpoint, NavigableMap<Bytes, StateEntry> entries) {}

    /** A namespace called {@code default} with {@link StateOptions#DEFAULT} and the system's clock. */
    public MemoryStateBackend() {
        this("default", StateOptions.DEFAULT, Clock.systemUTC());
    }

    /**
     * An empty namespace.
     *
     * @param options table prefix and schema mean nothing here
     * @param clock decides what has expired
     */
    public MemoryStateBackend(String namespace, StateOptions options, Clock clock) {
        this.namespace = Check.text("namespace", namespace);
        this.options = Objects.requireNonNull(options, "options");
        this.clock = Objects.requireNonNull(clock, "clock");
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
        counters.gets.increment();
        return reading(() -> Optional.ofNullable(live(at)).map(this::given));
    }

    @Override
    public List<StateEntry> getAll(Collection<byte[]> keys) {
        LinkedHashSet<Bytes> wanted = new LinkedHashSet<>();
        keys.forEach(key -> wanted.add(new Bytes(options.key(key))));
        counters.gets.add(keys.size());
        return reading(() -> wanted.stream()
                .map(this::live)
                .filter(Objects::nonNull)
                .map(this::given)
                .toList());
    }

    @Override
    public boolean contains(byte[] key) {
        Bytes at = new Bytes(options.key(key));
        counters.gets.increment();
        return reading(() -> live(at) != null);
    }

    @Override
    public long put(byte[] key, byte[] value, PutOptions how) {
        options.key(key);
        options.value(value);
        return writing(() -> {
            StateEntry old = live(new Bytes(key));
            if (how.expectsAbsent() && old != null) {
                throw new ConflictException("the key has an entry in state namespace " + namespace);
            }
            Long expected = how.ifVersion();
            if (expected != null && expected != 0 && (old == null || old.version() != expected)) {
                throw new ConflictException("the key has another version, or none, in state namespace " + namespace);
            }
            if (!how.keepTtl() || old == null) {
                return store(key, value, how.metadata(), fromNow(how.ttl()));
            }
            return store(key, value, how.metadata() == null ? old.metadata() : how.metadata(), old.expiresAt());
        });
    }

    @Override
    public OptionalLong compareAndSet(byte[] key, long expectedVersion, byte[] value) {
        options.key(key);
        options.value(value);
        Check.notNegative("expectedVersion", expectedVersion);
        return writing(() -> {
            StateEntry old = live(new Bytes(key));
            if ((old == null ? 0 : old.version()) != expectedVersion) {
                return OptionalLong.empty();
            }
            return OptionalLong.of(
                    old == null ? store(key, value, null, null) : store(key, value, old.metadata(), old.expiresAt()));
        });
    }

    @Override
    public long increment(byte[] key, long delta) {
        options.key(key);
        return writing(() -> {
            StateEntry old = live(new Bytes(key));
            BigInteger sum = BigInteger.valueOf(delta);
            if (old != null && old.value().length == 8) {
                sum = sum.add(new BigInteger(old.value()));
            }
            if (old != null && old.value().length != 8 || sum.bitLength() > 63) {
                throw new ConflictException(
                        "the value is no eight-byte number, or the sum would not fit, in state namespace " + namespace);
            }
            byte[] value = ByteBuffer.allocate(8).putLong(sum.longValue()).array();
            store(key, value, old == null ? null : old.metadata(), old == null ? null : old.expiresAt());
            return sum.longValue();
        });
    }

    @Override
    public void putAll(Collection<NewStateEntry> batch) {
        Collection<Put> sorted = Entries.sorted(batch, options);
        writing(() -> {
            sorted.forEach(put -> store(put.key(), put.value(), put.metadata(), fromNow(put.ttl())));
            return true;
        });
    }

    @Override
    public boolean delete(byte[] key) {
        Bytes at = new Bytes(options.key(key));
        return writing(() -> remove(live(at)));
    }

    @Override
    public boolean compareAndDelete(byte[] key, long expectedVersion) {
        Bytes at = new Bytes(options.key(key));
        return writing(() -> {
            StateEntry old = live(at);
            return old != null && old.version() == expectedVersion && remove(old);
        });
    }

    @Override
    public long deleteAll(Collection<byte[]> keys) {
        keys.forEach(options::key);
        return writing(() -> keys.stream()
                .map(Bytes::new)
                .sorted()
                .filter(key -> remove(live(key)))
                .count());
    }

    @Override
    public long clear() {
        return writing(() -> {
            List<StateEntry> all = List.copyOf(entries.values());
            long live = all.stream().filter(this::isLive).count();
            all.forEach(this::remove);
            counters.deletes.add(live - all.size());
            return live;
        });
    }

    @Override
    public boolean touch(byte[] key) {
        Bytes at = new Bytes(options.key(key));
        return writing(() -> rewrite(at, live(at), null, false));
    }

    @Override
    public boolean expire(byte[] key, Duration ttl) {
        Bytes at = new Bytes(options.key(key));
        PutOptions.ttl(ttl, "ttl");
        return writing(() -> rewrite(at, live(at), fromNow(ttl), true));
    }

    @Override
    public boolean persist(byte[] key) {
        Bytes at = new Bytes(options.key(key));
        return writing(() -> rewrite(at, live(at), null, true));
    }

    @Override
    public long count(byte[] prefix) {
        return reading(() -> live(entries, new Range(prefix, 1, null)).count());
    }

    @Override
    public List<byte[]> listKeys(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        return reading(() -> live(entries, range)
                .limit(limit)
                .map(entry -> entry.key().clone())
                .toList());
    }

    @Override
    public List<StateEntry> entries(byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        return reading(() -> page(live(entries, range), limit));
    }

    @Override
    public List<StateEntry> queryByMetadata(Json containing, int limit, byte @Nullable [] after) {
        Range range = new Range(Bytes.NONE, limit, after);
        Object part = containing.as(Object.class);
        return reading(() -> page(
                live(entries, range)
                        .filter(entry -> entry.metadata() != null
                                && JsonContainment.contains(entry.metadata().as(Object.class), part)),
                limit));
    }

    @Override
    public long cleanupExpired() {
        return writing(() -> {
            List<StateEntry> expired =
                    entries.values().stream().filter(entry -> !isLive(entry)).toList();
            expired.forEach(entry -> {
                entries.remove(new Bytes(entry.key()));
                feed(StateChange.Kind.EXPIRE, entry.key(), entry.version());
            });
            return (long) expired.size();
        });
    }

    @Override
    public Checkpoint createCheckpoint(@Nullable String label, @Nullable Json metadata) {
        Check.textOrNull("label", label);
        requireCheckpoints();
        return writing(() -> {
            Checkpoint made = new Checkpoint(Uuids.next(), label, metadata, null, null, now());
            checkpoints.put(made.id(), new Saved(made, new TreeMap<>(entries)));
            epoch++;
            return made;
        });
    }

    @Override
    public List<Checkpoint> listCheckpoints() {
        return reading(() -> {
            List<Checkpoint> newest = new ArrayList<>();
            checkpoints.values().forEach(saved -> newest.add(0, saved.checkpoint()));
            return List.copyOf(newest);
        });
    }

    @Override
    public Checkpoint measureCheckpoint(UUID checkpoint) {
        return writing(() -> {
            Saved saved = saved(checkpoint);
            Checkpoint known = saved.checkpoint();
            if (known.entries() != null) {
                return known;
            }
            List<StateEntry> held =
                    saved.entries().values().stream().filter(this::isLive).toList();
            long bytes = held.stream()
                    .mapToLong(entry -> entry.key().length + entry.value().length)
                    .sum();
            Checkpoint measured = new Checkpoint(
                    known.id(), known.label(), known.metadata(), (long) held.size(), bytes, known.createdAt());
            checkpoints.put(checkpoint, new Saved(measured, saved.entries()));
            return measured;
        });
    }

    // Whether an entry is the very one that the checkpoint holds: one of equal content may be a later version.
    @SuppressWarnings("ReferenceEquality")
    @Override
    public long restoreCheckpoint(UUID checkpoint) {
        requireCheckpoints();
        return writing(() -> {
            NavigableMap<Bytes, StateEntry> then = saved(checkpoint).entries();
            List<StateEntry> gone = entries.values().stream()
                    .filter(entry -> then.get(new Bytes(entry.key())) != entry)
                    .toList();
            List<StateEntry> back = then.values().stream()
                    .filter(entry -> isLive(entry) && entries.get(new Bytes(entry.key())) != entry)
                    .toList();
            LinkedHashSet<Bytes> returning = new LinkedHashSet<>();
            back.forEach(entry -> returning.add(new Bytes(entry.key())));
            long removed = 0;
            for (StateEntry entry : gone) {
                boolean isRemoved = isLive(entry) && !returning.contains(new Bytes(entry.key()));
                entries.remove(new Bytes(entry.key()));
                if (isRemoved) {
                    feed(StateChange.Kind.DELETE, entry.key(), entry.version());
                    removed++;
                }
            }
            for (StateEntry entry : back) {
                StateEntry put = new StateEntry(
                        entry.key(),
                        entry.value(),
                        ++lastVersion,
                        entry.metadata(),
                        entry.createdAt(),
                        now(),
                        entry.expiresAt());
                entries.put(new Bytes(entry.key()), put);
                feed(StateChange.Kind.PUT, put.key(), put.version());
            }
            return removed + back.size();
        });
    }

    @Override
    public boolean deleteCheckpoint(UUID checkpoint) {
        return writing(() -> checkpoints.remove(checkpoint) != null);
    }

    @Override
    public int retainCheckpoints(int last, @Nullable Duration youngerThan) {
        Check.notNegative("last", last);
        if (youngerThan != null) {
            Check.positive("youngerThan", youngerThan);
        }
        return writing(() -> {
            List<Checkpoint> newest = listCheckpoints();
            List<Checkpoint> old = newest.subList(Math.min(last, newest.size()), newest.size()).stream()
                    .filter(c -> youngerThan == null || !c.createdAt().isAfter(now().minus(youngerThan)))
                    .toList();
            old.forEach(checkpoint -> checkpoints.remove(checkpoint.id()));
            return old.size();
        });
    }

    /** Nothing to do here: history goes with its checkpoint. */
    @Override
    public long cleanupHistory() {
        return 0;
    }

    @Override
    public Optional<StateEntry> readAt(UUID checkpoint, byte[] key) {
        Bytes at = new Bytes(options.key(key));
        counters.gets.increment();
        return reading(() -> Optional.ofNullable(saved(checkpoint).entries().get(at))
                .filter(this::isLive)
                .map(this::given));
    }

    @Override
    public List<StateEntry> entriesAt(UUID checkpoint, byte[] prefix, int limit, byte @Nullable [] after) {
        Range range = new Range(prefix, limit, after);
        return reading(() -> page(live(saved(checkpoint).entries(), range), limit));
    }

    @Override
    public List<StateDifference> diff(UUID from, @Nullable UUID to, int limit, byte @Nullable [] after) {
        Range range = new Range(Bytes.NONE, limit, after);
        return reading(() -> {
            Map<Bytes, StateEntry> first = byKey(saved(from).entries(), range);
            Map<Bytes, StateEntry> second =
                    byKey(to == null ? entries : saved(to).entries(), range);
            TreeMap<Bytes, StateDifference> found = new TreeMap<>();
            first.forEach((key, entry) -> {
                StateEntry other = second.get(key);
                if (other == null || !isSame(entry, other)) {
                    found.put(
                            key,
                            new StateDifference(
                                    key.array().clone(),
                                    other == null ? StateDifference.Kind.REMOVED : StateDifference.Kind.CHANGED));
                }
            });
            second.forEach((key, entry) -> {
                if (!first.containsKey(key)) {
                    found.put(key, new StateDifference(key.array().clone(), StateDifference.Kind.ADDED));
                }
            });
            return found.values().stream().limit(limit).toList();
        });
    }

    @Override
    public StateChanges watch(byte[] prefix, @Nullable Cursor from, int limit) {
        Check.limit(limit);
        requireFeed();
        return reading(() -> {
            long given = from == null ? floor : Changes.Token.of(from).given();
            if (given < floor) {
                throw new ChangesCompactedException(namespace);
            }
            List<StateChange> changes = new ArrayList<>();
            long reached = lastChange;
            for (Map.Entry<Long, StateChange> change :
                    feed.tailMap(given, false).entrySet()) {
                if (new Bytes(change.getValue().key()).startsWith(prefix)) {
                    changes.add(change.getValue());
                }
                if (changes.size() == limit) {
                    reached = change.getKey();
                    break;
                }
            }
            return new StateChanges(changes, new Changes.Token(reached, reached, "0").cursor());
        });
    }

    @Override
    public long compactChanges(Duration olderThan) {
        Check.positive("olderThan", olderThan);
        requireFeed();
        return writing(() -> {
            Instant limit = now().minus(olderThan);
            long dropped = 0;
            while (!feed.isEmpty() && feed.firstEntry().getValue().at().isBefore(limit)) {
                floor = Objects.requireNonNull(feed.pollFirstEntry()).getKey();
                dropped++;
            }
            return dropped;
        });
    }

    @Override
    public long export(@Nullable UUID checkpoint, OutputStream to) throws IOException {
        NavigableMap<Bytes, StateEntry> then = reading(() ->
                checkpoint == null ? new TreeMap<>(entries) : saved(checkpoint).entries());
        return Archive.write(to, after -> page(live(then, new Range(Bytes.NONE, 1_000, after)), 1_000));
    }

    @Override
    public long importFrom(InputStream from) throws IOException {
        List<Put> all = new ArrayList<>();
        long number = Archive.read(from, options, all::addAll);
        return writing(() -> {
            for (Put put : all) {
                Instant expires = put.expiresAt();
                if (expires == null || expires.isAfter(now())) {
                    store(put.key(), put.value(), put.metadata(), expires);
                }
            }
            return number;
        });
    }

    @Override
    public StateStats stats() {
        return counters.snapshot();
    }

    /** Counts entries; there are no tables, so their figures are 0. */
    @Override
    public StateTableStats tableStats() {
        return reading(() -> {
            long live = entries.values().stream().filter(this::isLive).count();
            return new StateTableStats(live, entries.size() - live, 0, 0, 0, 0);
        });
    }

    /** Nothing to do here. */
    @Override
    public void vacuum() {
        counters.writes.since(System.nanoTime());
    }

    @Override
    public StateHealth healthCheck() {
        return reading(() -> new StateHealth(true, null, Duration.ZERO, epoch, checkpoints.size()));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private @Nullable Instant fromNow(@Nullable Duration ttl) {
        return ttl == null ? null : now().plus(ttl).truncatedTo(ChronoUnit.MICROS);
    }

    private boolean isLive(StateEntry entry) {
        return entry.expiresAt() == null || entry.expiresAt().isAfter(now());
    }

    private @Nullable StateEntry live(Bytes key) {
        StateEntry entry = entries.get(key);
        return entry != null && isLive(entry) ? entry : null;
    }

    private Stream<StateEntry> live(NavigableMap<Bytes, StateEntry> all, Range range) {
        Bytes first = new Bytes(range.prefix());
        byte[] after = range.after();
        boolean isPast = after != null && new Bytes(after).compareTo(first) >= 0;
        return all.tailMap(after != null && isPast ? new Bytes(after) : first, !isPast).entrySet().stream()
                .takeWhile(e -> e.getKey().startsWith(range.prefix()))
                .map(Map.Entry::getValue)
                .filter(this::isLive);
    }

    /** Ends where a page in PostgreSQL would. */
    private List<StateEntry> page(Stream<StateEntry> entries, int limit) {
        long[] bytes = {0};
        return entries.takeWhile(entry -> {
                    boolean fits = bytes[0] < Range.PAGE_BYTES;
                    bytes[0] += entry.value().length;
                    return fits;
                })
                .limit(limit)
                .map(this::given)
                .toList();
    }

    private Map<Bytes, StateEntry> byKey(NavigableMap<Bytes, StateEntry> all, Range range) {
        Map<Bytes, StateEntry> found = new TreeMap<>();
        live(all, range).forEach(entry -> found.put(new Bytes(entry.key()), entry));
        return found;
    }

    private static boolean isSame(StateEntry one, StateEntry other) {
        return Arrays.equals(one.value(), other.value())
                && Objects.equals(one.metadata(), other.metadata())
                && Objects.equals(one.expiresAt(), other.expiresAt());
    }

    /** A copy that its receiver may write into. */
    private StateEntry given(StateEntry entry) {
        counters.read(entry);
        return new StateEntry(
                entry.key().clone(),
                entry.value().clone(),
                entry.version(),
                entry.metadata(),
                entry.createdAt(),
                entry.updatedAt(),
                entry.expiresAt());
    }

    private long store(byte[] key, byte[] value, @Nullable Json metadata, @Nullable Instant expiresAt) {
        Bytes at = new Bytes(key.clone());
        StateEntry old = live(at);
        Instant now = now();
        StateEntry entry = new StateEntry(
                at.array(),
                value.clone(),
                ++lastVersion,
                metadata,
                old == null ? now : old.createdAt(),
                now,
                expiresAt);
        entries.put(at, entry);
        counters.wrote(key, value);
        feed(StateChange.Kind.PUT, at.array(), entry.version());
        return entry.version();
    }

    private boolean remove(@Nullable StateEntry entry) {
        if (entry == null) {
            return false;
        }
        entries.remove(new Bytes(entry.key()));
        counters.deletes.increment();
        feed(StateChange.Kind.DELETE, entry.key(), entry.version());
        return true;
    }

    private boolean rewrite(Bytes key, @Nullable StateEntry old, @Nullable Instant expiresAt, boolean setsExpiry) {
        if (old == null) {
            return false;
        }
        entries.put(
                key,
                new StateEntry(
                        old.key(),
                        old.value(),
                        old.version(),
                        old.metadata(),
                        old.createdAt(),
                        now(),
                        setsExpiry ? expiresAt : old.expiresAt()));
        return true;
    }

    private void feed(StateChange.Kind kind, byte[] key, long version) {
        if (options.watched()) {
            feed.put(++lastChange, new StateChange(kind, key, version, now()));
        }
    }

    private Saved saved(UUID checkpoint) {
        Saved saved = checkpoints.get(checkpoint);
        if (saved == null) {
            throw new NotFoundException("checkpoint", checkpoint);
        }
        return saved;
    }

    private void requireCheckpoints() {
        if (!options.checkpointed()) {
            throw new IllegalStateException("state namespace " + namespace + " was made without checkpoints");
        }
    }

    private void requireFeed() {
        if (!options.watched()) {
            throw new IllegalStateException("state namespace " + namespace + " was made without a feed");
        }
    }

    private <T> T reading(Supplier<T> action) {
        return locked(action, counters.reads);
    }

    private <T> T writing(Supplier<T> action) {
        return locked(action, counters.writes);
    }

    private <T> T locked(Supplier<T> action, Counters.Timer timer) {
        long start = System.nanoTime();
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
            timer.since(start);
        }
    }
}
