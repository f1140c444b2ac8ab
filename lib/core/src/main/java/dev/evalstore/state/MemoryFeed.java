package dev.evalstore.state;

import dev.evalstore.Cursor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The feed of a namespace in memory. Every change is settled at once, so a token is the number of the last change
 * returned.
 */
final class MemoryFeed {
    private final String namespace;
    private final boolean watched;
    private final TreeMap<Long, StateChange> changes = new TreeMap<>();
    private long last;
    private long floor;

    MemoryFeed(String namespace, boolean watched) {
        this.namespace = namespace;
        this.watched = watched;
    }

    void add(StateChange.Kind kind, StateEntry entry, Instant at) {
        if (watched) {
            changes.put(++last, new StateChange(kind, entry.key(), entry.version(), at));
        }
    }

    void require() {
        if (!watched) {
            throw new IllegalStateException("state namespace " + namespace + " was made without a feed");
        }
    }

    StateChanges watch(byte[] prefix, @Nullable Cursor from, int limit) {
        long given = from == null ? floor : Changes.Token.of(from).given();
        if (given < floor) {
            throw new ChangesCompactedException(namespace);
        }
        List<StateChange> page = new ArrayList<>();
        long reached = last;
        for (Map.Entry<Long, StateChange> change : changes.tailMap(given, false).entrySet()) {
            if (new Bytes(change.getValue().key()).startsWith(prefix)) {
                page.add(change.getValue());
            }
            if (page.size() == limit) {
                reached = change.getKey();
                break;
            }
        }
        return new StateChanges(page, new Changes.Token(0, reached, reached, 0, reached, floor).cursor());
    }

    long compact(Instant before) {
        long dropped = 0;
        while (!changes.isEmpty() && changes.firstEntry().getValue().at().isBefore(before)) {
            floor = Objects.requireNonNull(changes.pollFirstEntry()).getKey();
            dropped++;
        }
        return dropped;
    }
}
