package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.OptionalLong;
import java.util.UUID;
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
public interface StateBackend extends StateReads {
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
     * Removes older changes from the feed, in batches that are each atomic; in PostgreSQL at most 100,000 changes a
     * call. A reader whose token lies before a removed change gets {@link ChangesCompactedException}.
     *
     * @param olderThan longer than zero, at most 36,500 days
     * @throws IllegalStateException if the namespace is not watched
     */
    Cleanup cleanupChanges(Duration olderThan);

    /**
     * Puts every entry of an export, or none if the export is incomplete or damaged. Other keys stay as they are.
     * Entries keep their time of expiry; those that have expired are left out.
     *
     * @return the number of entries in the export
     * @throws IOException if the stream fails, or does not hold one whole export
     * @throws IllegalArgumentException if a key or value is longer than the options allow
     */
    long importFrom(InputStream from) throws IOException;

    /**
     * Frees the space of deleted rows for new ones and renews the planner's statistics. Never blocks readers or
     * writers.
     *
     * @throws dev.evalstore.DatabaseException with SQLSTATE 42501 if the role neither owns the tables nor has MAINTAIN
     *     on them
     * @throws IllegalStateException inside a transaction
     */
    void vacuum();

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
}
