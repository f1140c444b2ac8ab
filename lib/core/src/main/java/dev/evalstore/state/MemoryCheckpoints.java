package dev.evalstore.state;

import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.Uuids;
import dev.evalstore.state.StateChange.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The checkpoints of a namespace in memory, each with a copy of the index. Called under the state's lock. */
final class MemoryCheckpoints {
    private final MemoryState state;
    private final Map<UUID, Saved> checkpoints = new LinkedHashMap<>();
    private long epoch = 1;

    MemoryCheckpoints(MemoryState state) {
        this.state = state;
    }

    Checkpoint create(@Nullable String label, @Nullable Json metadata) {
        Checkpoint made = new Checkpoint(Uuids.next(), label, metadata, null, null, state.now());
        checkpoints.put(made.id(), new Saved(made, new TreeMap<>(state.entries)));
        epoch++;
        return made;
    }

    long epoch() {
        return epoch;
    }

    int count() {
        return checkpoints.size();
    }

    /** Newest first. */
    List<Checkpoint> list() {
        List<Checkpoint> newest = new ArrayList<>();
        checkpoints.values().forEach(saved -> newest.add(0, saved.checkpoint()));
        return List.copyOf(newest);
    }

    Checkpoint measure(UUID id) {
        Saved saved = saved(id);
        Checkpoint known = saved.checkpoint();
        if (known.entries() != null) {
            return known;
        }
        List<StateEntry> held =
                saved.entries().values().stream().filter(state::isLive).toList();
        long bytes = held.stream()
                .mapToLong(entry -> entry.key().length + entry.value().length)
                .sum();
        Checkpoint measured = new Checkpoint(
                known.id(), known.label(), known.metadata(), (long) held.size(), bytes, known.createdAt());
        checkpoints.put(id, new Saved(measured, saved.entries()));
        return measured;
    }

    // Compares references: an entry with equal content may be a later version.
    @SuppressWarnings("ReferenceEquality")
    long restore(UUID id) {
        NavigableMap<Bytes, StateEntry> then = saved(id).entries();
        NavigableMap<Bytes, StateEntry> entries = state.entries;
        List<StateEntry> gone = entries.values().stream()
                .filter(entry -> then.get(new Bytes(entry.key())) != entry)
                .toList();
        List<StateEntry> back = then.values().stream()
                .filter(entry -> state.isLive(entry) && entries.get(new Bytes(entry.key())) != entry)
                .toList();
        LinkedHashSet<Bytes> returning = new LinkedHashSet<>();
        back.forEach(entry -> returning.add(new Bytes(entry.key())));
        long removed = 0;
        for (StateEntry entry : gone) {
            entries.remove(new Bytes(entry.key()));
            if (!returning.contains(new Bytes(entry.key()))) {
                boolean live = state.isLive(entry);
                state.feed.add(live ? Kind.DELETE : Kind.EXPIRE, entry, state.now());
                removed += live ? 1 : 0;
            }
        }
        back.forEach(state::putBack);
        return removed + back.size();
    }

    boolean delete(UUID id) {
        return checkpoints.remove(id) != null;
    }

    int retain(int last, @Nullable Duration youngerThan) {
        List<Checkpoint> newest = list();
        List<Checkpoint> old = newest.subList(Math.min(last, newest.size()), newest.size()).stream()
                .filter(c -> youngerThan == null
                        || !c.createdAt().isAfter(state.now().minus(youngerThan)))
                .toList();
        old.forEach(checkpoint -> checkpoints.remove(checkpoint.id()));
        return old.size();
    }

    /** Its entries. */
    NavigableMap<Bytes, StateEntry> entries(UUID id) {
        return saved(id).entries();
    }

    List<StateDifference> diff(UUID from, @Nullable UUID to, Range range) {
        Map<Bytes, StateEntry> first = byKey(entries(from), range);
        Map<Bytes, StateEntry> second = byKey(to == null ? state.entries : entries(to), range);
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
        return found.values().stream().limit(range.limit()).toList();
    }

    private Map<Bytes, StateEntry> byKey(NavigableMap<Bytes, StateEntry> all, Range range) {
        Map<Bytes, StateEntry> found = new TreeMap<>();
        state.live(all, range).forEach(entry -> found.put(new Bytes(entry.key()), entry));
        return found;
    }

    private static boolean isSame(StateEntry one, StateEntry other) {
        return Arrays.equals(one.value(), other.value())
                && JsonContainment.equal(one.metadata(), other.metadata())
                && Objects.equals(one.expiresAt(), other.expiresAt());
    }

    private Saved saved(UUID id) {
        Saved saved = checkpoints.get(id);
        if (saved == null) {
            throw new NotFoundException("checkpoint", id);
        }
        return saved;
    }

    /** A checkpoint and its entries. */
    private record Saved(Checkpoint checkpoint, NavigableMap<Bytes, StateEntry> entries) {}
}
