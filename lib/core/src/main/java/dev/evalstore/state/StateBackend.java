package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Binary keys and values in one namespace. Keys are ordered byte by byte, unsigned; an empty key is valid.
 *
 * <p>An entry with an expiry is absent to every method from the moment it expires: it is not read, counted, listed or
 * matched; {@link #delete} returns false, and a put stores a new entry. The store's clock decides, never the
 * caller's.
 *
 * <p>Each method is atomic. Inside a {@code Tx}, all methods are atomic together with the transaction. Thread-safe,
 * except inside a {@code Tx}. A key or value that is too long is an {@link IllegalArgumentException} before anything
 * is sent.
 *
 * <p>The methods at the end take text for keys and prefixes, which stands for its bytes in UTF-8. It may hold no NUL
 * and no half of a surrogate pair.
 */
public interface StateBackend {
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

    /**
     * Puts a value without expiry and metadata, over any entry.
     *
     * @return the entry's new version
     */
    default long put(byte[] key, byte[] value) {
        return put(key, value, PutOptions.NONE);
    }

    /**
     * Puts a value; an expiry or metadata that the options do not name is cleared.
     *
     * @return the entry's new version
     * @throws ConflictException if the options' condition does not hold; nothing was changed
     */
    long put(byte[] key, byte[] value, PutOptions options);

    /**
     * Puts a value only if the entry has the given version. Expiry and metadata stay as they are.
     *
     * @param expectedVersion as read, or 0 for a key without an entry
     * @return the new version, or empty if the key has another version or no entry; nothing was changed then
     */
    OptionalLong compareAndSet(byte[] key, long expectedVersion, byte[] value);

    /**
     * Adds to a number that is stored as eight bytes, most significant first. An absent key counts as 0. Expiry and
     * metadata stay as they are.
     *
     * @return the sum
     * @throws ConflictException if the value does not have eight bytes, or the sum does not fit; nothing was changed
     */
    long increment(byte[] key, long delta);

    /**
     * Puts all entries, or none; of a repeated key, the last one. Keys are locked in their order, so that two batches
     * wait for each other and never deadlock.
     */
    void putAll(Collection<NewStateEntry> entries);

    /** Deletes the entry; false if there is none. */
    boolean delete(byte[] key);

    /** Deletes the entry if it has the version; false if there is none or it has another version. */
    boolean compareAndDelete(byte[] key, long expectedVersion);

    /** Deletes the entries of all keys, or none on failure, and returns how many there were. */
    long deleteAll(Collection<byte[]> keys);

    /** Deletes every entry at once and returns their number, with which the time grows. Checkpoints are not changed. */
    long clear();

    /** Sets the time of the last write to now and changes nothing else; false if the key has no entry. */
    boolean touch(byte[] key);

    /**
     * Sets the entry's expiry, in place of any that it has; its version stays. False if the key has no entry.
     *
     * @param ttl from now; at least one microsecond, at most 36,500 days
     */
    boolean expire(byte[] key, Duration ttl);

    /** Removes the entry's expiry; its version stays. False if the key has no entry. */
    boolean persist(byte[] key);

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

    /**
     * Frees the space of expired entries, in batches that are each atomic; in PostgreSQL at most 100,000 entries a
     * call. Concurrent calls share the work.
     */
    Cleanup cleanupExpired();

    /**
     * Takes a checkpoint of what is stored at this moment; other transactions are in it whole or not at all. The call
     * waits for running writes to this namespace, and new writes wait for the call. Apart from that, the time does not
     * depend on the size of the state.
     *
     * @param label a name for people, or null
     * @param metadata more about the checkpoint, or null
     * @throws IllegalStateException if the namespace has no checkpoints
     */
    Checkpoint createCheckpoint(@Nullable String label, @Nullable Json metadata);

    /** {@link #createCheckpoint(String, Json)} with neither. */
    default Checkpoint createCheckpoint() {
        return createCheckpoint(null, null);
    }

    /** Every checkpoint, newest first. */
    List<Checkpoint> listCheckpoints();

    /**
     * The checkpoint with its number of entries and bytes. The first call counts them, without entries that have
     * expired since, and stores the result.
     *
     * @throws NotFoundException if the namespace has no such checkpoint
     */
    Checkpoint measureCheckpoint(UUID checkpoint);

    /**
     * Restores the state at the checkpoint: values, metadata and expiries, without entries that have expired since.
     * Versions keep rising, and every checkpoint stays as it is. A concurrent reader sees the whole state before, or
     * the whole state after. The time grows with the number of keys that changed since the checkpoint.
     *
     * @return how many keys were written or removed
     * @throws NotFoundException if the namespace has no such checkpoint; nothing was changed
     * @throws IllegalStateException inside a transaction at a level above READ_COMMITTED, which may not see every later
     *     write
     */
    long restoreCheckpoint(UUID checkpoint);

    /** Deletes a checkpoint; false if there is none. {@link #cleanupHistory} frees the space of its history. */
    boolean deleteCheckpoint(UUID checkpoint);

    /**
     * Deletes the checkpoints that are both older than the newest {@code last} ones and not younger than
     * {@code youngerThan}, all in one call.
     *
     * @param last how many to keep in any case, at least 0
     * @param youngerThan also keep checkpoints that are younger than this, at most 36,500 days; null keeps by number
     *     alone
     */
    Cleanup cleanupCheckpoints(int last, @Nullable Duration youngerThan);

    /**
     * Frees the space of history that no checkpoint needs any more, in batches that are each atomic; in PostgreSQL at
     * most 200,000 rows a call.
     */
    Cleanup cleanupHistory();

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
     * Removes older changes from the feed, in batches that are each atomic; in PostgreSQL at most 100,000 changes a
     * call. A reader whose token lies before a removed change gets {@link ChangesCompactedException}.
     *
     * @param olderThan longer than zero, at most 36,500 days
     * @throws IllegalStateException if the namespace is not watched
     */
    Cleanup cleanupChanges(Duration olderThan);

    /**
     * Writes every entry, as it is at one moment, in the order of keys, followed by a manifest that counts them; see
     * {@link #importFrom}. Flushes the stream and does not close it. Holds one page of entries in memory. Inside a
     * {@code Tx}, it is one moment only at REPEATABLE_READ.
     *
     * @param checkpoint the moment, or null for the present
     * @return the number of entries
     * @throws NotFoundException if the namespace has no such checkpoint
     * @throws IOException if the stream fails
     */
    long export(@Nullable UUID checkpoint, OutputStream to) throws IOException;

    /**
     * Puts every entry of an export, or none if the export is incomplete or damaged. Other keys stay as they are.
     * Entries keep their time of expiry; those that have expired are left out.
     *
     * @return the number of entries in the export
     * @throws IOException if the stream fails, or does not hold one whole export
     * @throws IllegalArgumentException if a key or value is longer than the options allow
     */
    long importFrom(InputStream from) throws IOException;

    /** What this process has done with the namespace. */
    StateStats stats();

    /** The size of the namespace and of its tables. */
    StateTableStats tableStats();

    /**
     * Frees the space of deleted rows for new ones and renews the planner's statistics. Never blocks readers or
     * writers.
     *
     * @throws dev.evalstore.DatabaseException with SQLSTATE 42501 if the role neither owns the tables nor has MAINTAIN
     *     on them
     * @throws IllegalStateException inside a transaction
     */
    void vacuum();

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

    /** {@link #put(byte[], byte[])}. */
    default long put(String key, byte[] value) {
        return put(Bytes.of(key), value);
    }

    /** {@link #put(byte[], byte[], PutOptions)}. */
    default long put(String key, byte[] value, PutOptions options) {
        return put(Bytes.of(key), value, options);
    }

    /** {@link #compareAndSet(byte[], long, byte[])}. */
    default OptionalLong compareAndSet(String key, long expectedVersion, byte[] value) {
        return compareAndSet(Bytes.of(key), expectedVersion, value);
    }

    /** {@link #increment(byte[], long)}. */
    default long increment(String key, long delta) {
        return increment(Bytes.of(key), delta);
    }

    /** {@link #delete(byte[])}. */
    default boolean delete(String key) {
        return delete(Bytes.of(key));
    }

    /** {@link #compareAndDelete(byte[], long)}. */
    default boolean compareAndDelete(String key, long expectedVersion) {
        return compareAndDelete(Bytes.of(key), expectedVersion);
    }

    /** {@link #touch(byte[])}. */
    default boolean touch(String key) {
        return touch(Bytes.of(key));
    }

    /** {@link #expire(byte[], Duration)}. */
    default boolean expire(String key, Duration ttl) {
        return expire(Bytes.of(key), ttl);
    }

    /** {@link #persist(byte[])}. */
    default boolean persist(String key) {
        return persist(Bytes.of(key));
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
