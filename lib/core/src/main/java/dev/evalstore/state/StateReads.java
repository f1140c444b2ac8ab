package dev.evalstore.state;

import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What of a {@link StateBackend} only reads. {@code db.reading().state()} gives it; every backend is one too. What the
 * interface {@link StateBackend} says of all methods holds here.
 */
public interface StateReads {
    /** The namespace's name. */
    String namespace();

    /** The value, or empty if the key has none. */
    Optional<byte[]> get(byte[] key);

    /** The value with its version, metadata and times, or empty. */
    Optional<StateEntry> getEntry(byte[] key);

    /**
     * The entries of those keys that have one, in the order of the given keys; a repeated key once. Keys are read 1,000
     * at a time, so a larger collection is not read at one moment.
     */
    List<StateEntry> getAll(Collection<byte[]> keys);

    /** Whether the key has an entry. */
    boolean contains(byte[] key);

    /** How many entries there are. Counts them, so the time grows with the answer. */
    default long count() {
        return count(Bytes.NONE);
    }

    /** How many keys begin with the prefix. Counts them, so the time grows with the answer. */
    long count(byte[] prefix);

    /**
     * Keys that begin with the prefix, in order. A page with fewer keys than the limit is the last.
     *
     * @param prefix empty for every key
     * @param limit 1 to 1,000
     * @param after the key after which to begin, such as the previous page's last; null for the first page
     */
    List<byte[]> listKeys(byte[] prefix, int limit, byte @Nullable [] after);

    /**
     * Entries whose key begins with the prefix, in the order of keys. A page ends early once its values are over 8 MiB
     * in all, so only an empty page is the last.
     *
     * @param prefix empty for every key
     * @param limit 1 to 1,000
     * @param after the key after which to begin, such as the previous page's last; null for the first page
     */
    List<StateEntry> entries(byte[] prefix, int limit, byte @Nullable [] after);

    /**
     * Hands every entry whose key begins with the prefix to the consumer, in the order of keys, one page in memory at a
     * time. A concurrent write is seen if its key comes after the current page, and is not seen otherwise.
     */
    default void forEach(byte[] prefix, Consumer<? super StateEntry> consumer) {
        byte[] after = null;
        for (List<StateEntry> page = entries(prefix, 1_000, after);
                !page.isEmpty();
                page = entries(prefix, 1_000, after)) {
            page.forEach(consumer);
            after = page.get(page.size() - 1).key();
        }
    }

    /**
     * Entries whose metadata contains the given JSON, as PostgreSQL's {@code @>} defines it: objects with at least
     * these members, arrays with at least these elements. In the order of keys; pages as in {@link #entries}.
     */
    List<StateEntry> queryByMetadata(Json containing, int limit, byte @Nullable [] after);

    /** Every checkpoint, newest first. */
    List<Checkpoint> listCheckpoints();

    /**
     * The entry as it was at the checkpoint. Empty if there was none, or if it has expired since.
     *
     * @throws NotFoundException if the namespace has no such checkpoint
     */
    Optional<StateEntry> readAt(UUID checkpoint, byte[] key);

    /**
     * {@link #entries} as they were at the checkpoint, without those that have expired since.
     *
     * @throws NotFoundException if the namespace has no such checkpoint
     */
    List<StateEntry> entriesAt(UUID checkpoint, byte[] prefix, int limit, byte @Nullable [] after);

    /**
     * Keys whose entries differ between two moments, in order. The time grows with what changed since the older moment.
     *
     * @param from a checkpoint
     * @param to another checkpoint, or null for the present
     * @param limit 1 to 1,000; a page with fewer keys is the last
     * @param after the key after which to begin, or null for the first page
     * @throws NotFoundException if the namespace has no such checkpoint
     */
    List<StateDifference> diff(UUID from, @Nullable UUID to, int limit, byte @Nullable [] after);

    /**
     * Changes after the token: each committed change once, and the changes of one key in the order in which they were
     * made. Does not block: a change is returned once no earlier one can still commit. So an open transaction holds up
     * what was changed after its first change of a watched namespace, and one without such a change nothing. Call again
     * at any rate.
     *
     * <p>Through a {@code Reading}, the changes are the primary's.
     *
     * <p>To copy the whole state and then follow it, read the feed until it is empty, list the entries, and go on from
     * the token. The prefix is not part of the token. Maintenance removes changes that are older than its feed
     * retention, a week by default.
     *
     * @param prefix empty for every key
     * @param from {@link StateChanges#next} of the previous call, or null to begin with the oldest change that the feed
     *     still has
     * @param limit 1 to 1,000
     * @throws ChangesCompactedException if the feed no longer has the changes after the token
     * @throws IllegalStateException if the namespace is not watched, or inside a transaction
     * @throws IllegalArgumentException if the token does not belong to a feed
     */
    StateChanges watch(byte[] prefix, @Nullable Cursor from, int limit);

    /**
     * Writes every entry, as it is at one moment, in the order of keys, followed by a manifest that counts them; see
     * {@link StateBackend#importFrom}. Flushes the stream and does not close it. Holds one page of entries in memory. Inside a
     * {@code Tx}, it is one moment only at REPEATABLE_READ.
     *
     * @param checkpoint the moment, or null for the present
     * @return the number of entries
     * @throws NotFoundException if the namespace has no such checkpoint
     * @throws IOException if the stream fails
     */
    long export(@Nullable UUID checkpoint, OutputStream to) throws IOException;

    /** What this process has done with the namespace. */
    StateStats stats();

    /** The size of the namespace and of its tables. */
    StateTableStats tableStats();

    /** Whether the namespace can be used. An unreachable server is reported, not thrown. */
    StateHealth healthCheck();

    /** {@link #get(byte[])}. */
    default Optional<byte[]> get(String key) {
        return get(Bytes.of(key));
    }

    /** {@link #getEntry(byte[])}. */
    default Optional<StateEntry> getEntry(String key) {
        return getEntry(Bytes.of(key));
    }

    /** {@link #contains(byte[])}. */
    default boolean contains(String key) {
        return contains(Bytes.of(key));
    }

    /** {@link #count(byte[])}. */
    default long count(String prefix) {
        return count(Bytes.of(prefix));
    }

    /** {@link #listKeys(byte[], int, byte[])}; bytes that are not UTF-8 are read as U+FFFD. */
    default List<String> listKeys(String prefix, int limit, @Nullable String after) {
        return listKeys(Bytes.of(prefix), limit, after == null ? null : Bytes.of(after)).stream()
                .map(key -> new String(key, StandardCharsets.UTF_8))
                .toList();
    }

    /** {@link #forEach(byte[], Consumer)}. */
    default void forEach(String prefix, Consumer<? super StateEntry> consumer) {
        forEach(Bytes.of(prefix), consumer);
    }

    /** {@link #readAt(UUID, byte[])}. */
    default Optional<StateEntry> readAt(UUID checkpoint, String key) {
        return readAt(checkpoint, Bytes.of(key));
    }
}
