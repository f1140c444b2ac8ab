package dev.evalstore.state;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.Cursor;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Binary keys and values in one namespace. Keys are ordered byte by byte, unsigned; an empty key is a key.
 *
 * <p>An entry with an expiry is absent to every method from the moment it expires, by the clock of the store and never by the
 * caller's: it is not read, counted, listed or matched, deleting it gives false, and a put over it is a fresh put.
 *
 * <p>Each method is atomic, those of a {@code Tx} together with the whole transaction. Thread-safe, except those of a
 * {@code Tx}. A key or value that is too long is an {@link IllegalArgumentException} before anything is sent.
 */
public interface StateBackend {
    /** The namespace's name. */
    String namespace();

    /** The value, or empty when the key has none. */
    Optional<byte[]> get(byte[] key);

    /** The value with all that is known of it, or empty. */
    Optional<StateEntry> getEntry(byte[] key);

    /**
     * The entries of those of the keys that have one, in the order of the keys, a repeated key once. Of more than 1,000 keys not
     * all are read at the same moment.
     */
    List<StateEntry> getAll(Collection<byte[]> keys);

    /** Whether the key has an entry. */
    boolean contains(byte[] key);

    /**
     * Puts a value without expiry and metadata, whatever was there.
     *
     * @return the entry's new version
     */
    default long put(byte[] key, byte[] value) {
        return put(key, value, PutOptions.NONE);
    }

    /**
     * Puts a value; what the options do not name is cleared.
     *
     * @return the entry's new version
     * @throws ConflictException if the options' condition does not hold; nothing was changed
     */
    long put(byte[] key, byte[] value, PutOptions options);

    /**
     * Puts a value over the given version only; expiry and metadata stay as they are.
     *
     * @param expectedVersion as read, or 0 for a key without an entry
     * @return the new version, or empty if the key has another version or none; nothing was changed then
     */
    OptionalLong compareAndSet(byte[] key, long expectedVersion, byte[] value);

    /**
     * Adds to a number that is stored as eight bytes, the highest first; an absent key counts from 0. Expiry and metadata stay
     * as they are.
     *
     * @return the sum
     * @throws ConflictException if the value has not eight bytes, or the sum would not fit; nothing was changed
     */
    long increment(byte[] key, long delta);

    /**
     * Puts all entries, or none; the last of a repeated key wins. Keys are locked in their order, so that two batches wait for
     * each other and never deadlock.
     */
    void putAll(Collection<NewStateEntry> entries);

    /** Deletes the entry; false when there was none. */
    boolean delete(byte[] key);

    /** Deletes the entry if it has the version; false when there is none or it has another. */
    boolean compareAndDelete(byte[] key, long expectedVersion);

    /** Deletes all of them, or none on failure, and gives the number of those that were there. */
    long deleteAll(Collection<byte[]> keys);

    /** Deletes every entry at once, and gives their number. The time grows with it. Checkpoints stay as they are. */
    long clear();

    /** Notes the present as the time of the last write, and nothing else; false when the key has no entry. */
    boolean touch(byte[] key);

    /**
     * Gives the entry an expiry, in place of the one that it may have; its version stays. False when the key has no entry.
     *
     * @param ttl from now; longer than zero, at most 36,500 days
     */
    boolean expire(byte[] key, Duration ttl);

    /** Takes the entry's expiry away; its version stays. False when the key has no entry. */
    boolean persist(byte[] key);

    /** How many entries there are. Counts them: the time grows with the answer. */
    default long count() {
        return count(Bytes.NONE);
    }

    /** How many keys begin so. Counts them: the time grows with the answer. */
    long count(byte[] prefix);

    /**
     * Keys that begin so, in order. Fewer than the limit are all that follow.
     *
     * @param prefix empty for every key
     * @param limit 1 to 1,000
     * @param after the key after which to begin, such as the last of the page before; null for the first page
     */
    List<byte[]> listKeys(byte[] prefix, int limit, byte @Nullable [] after);

    /**
     * Entries whose key begins so, in the order of keys. A page ends early once its values are over 8 MiB in all, so only an
     * empty one is the last.
     *
     * @param prefix empty for every key
     * @param limit 1 to 1,000
     * @param after the key after which to begin, or null for the first page
     */
    List<StateEntry> entries(byte[] prefix, int limit, byte @Nullable [] after);

    /**
     * Hands over every entry whose key begins so, in the order of keys, holding a page of them at a time. What is written
     * meanwhile behind the page is not seen, what is written before it is.
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
     * Entries whose metadata contains the given JSON, in the sense of PostgreSQL's {@code @>}: objects with at least these
     * members, arrays with at least these elements. In the order of keys; pages as in {@link #entries}.
     */
    List<StateEntry> queryByMetadata(Json containing, int limit, byte @Nullable [] after);

    /**
     * Frees the space of expired entries, in batches that are each atomic, and gives their number: in PostgreSQL 100,000 at most,
     * and then there may be more. Two of it share the work.
     */
    Cleanup cleanupExpired();

    /**
     * Takes a checkpoint: what is stored at this moment, whole transactions of others only. It waits for the writes in flight
     * to this namespace, and new ones wait for it; beyond that the time does not depend on the size of the state.
     *
     * @param label what people call it, or null
     * @param metadata what else there is to say, or null
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
     * The checkpoint with its number of entries and bytes, counted now if nobody did before; what has expired since is not
     * counted.
     *
     * @throws NotFoundException if the namespace has no such checkpoint
     */
    Checkpoint measureCheckpoint(UUID checkpoint);

    /**
     * Makes the state what it was: values, metadata and expiries, except what has expired since. Versions go on rising, every
     * checkpoint stays as it is, and a concurrent reader sees all as before or all as after. The time grows with the number of
     * keys that changed since the checkpoint.
     *
     * @return how many keys were written or removed
     * @throws NotFoundException if the namespace has no such checkpoint; nothing was changed
     * @throws IllegalStateException inside a transaction at a level above READ_COMMITTED, which could not see all there is to
     *     undo
     */
    long restoreCheckpoint(UUID checkpoint);

    /** Forgets a checkpoint; false when there is none. Its history goes with {@link #cleanupHistory}. */
    boolean deleteCheckpoint(UUID checkpoint);

    /**
     * Forgets the checkpoints that are both older than the newest {@code last} and not younger than {@code youngerThan}.
     *
     * @param last how many to keep in any case, at least 0
     * @param youngerThan keep what is younger as well, or null to keep by number alone
     * @return how many were forgotten
     */
    int retainCheckpoints(int last, @Nullable Duration youngerThan);

    /**
     * Frees the space of history that no checkpoint needs any more, in batches that are each atomic, and gives its rows: 200,000 at
     * most. Where it gives 100,000 or more, there may be more.
     */
    Cleanup cleanupHistory();

    /**
     * The entry as it was at the checkpoint, or empty when there was none, or it has expired since.
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
     * Keys that differ from one moment to another, in order. The time grows with what changed since the older of the two.
     *
     * @param from a checkpoint
     * @param to another, or null for the present
     * @param limit 1 to 1,000; fewer are all that follow
     * @param after the key after which to begin, or null for the first page
     * @throws NotFoundException if the namespace has no such checkpoint
     */
    List<StateDifference> diff(UUID from, @Nullable UUID to, int limit, byte @Nullable [] after);

    /**
     * What changed after the token, each committed change once, those of one key in the order in which they were made. Does not
     * wait: a change is given once every transaction that might still put one before it has ended, and a call at the end of the
     * feed notes how far it will be settled, so ask again, in the pace that the listener needs.
     *
     * <p>A listener that wants the whole state first reads the feed until it is empty, then lists the entries, then goes on
     * from the token. Keys are filtered here, not in the token. The maintenance drops changes that are older than its options
     * say, a week unless given.
     *
     * @param prefix empty for every key
     * @param from the {@code next} of the call before, or null for the beginning of what the feed still has
     * @param limit 1 to 1,000
     * @throws ChangesCompactedException if the feed no longer has what followed the token
     * @throws IllegalStateException if the namespace is not watched
     * @throws IllegalArgumentException if the token is none of a feed
     */
    StateChanges watch(byte[] prefix, @Nullable Cursor from, int limit);

    /**
     * Drops from the feed what is older, in batches that are each atomic, and gives the number of changes dropped: in PostgreSQL
     * 100,000 at most, and then there may be more. Tokens from before what is dropped end with {@link ChangesCompactedException}.
     */
    Cleanup cleanupChanges(Duration olderThan);

    /**
     * Writes every entry as it is at one moment, in the order of keys, with a manifest that counts them; see
     * {@link #importFrom}. The stream is flushed, not closed. Memory is bounded by a page of entries. Inside a {@code Tx} it is
     * one moment only at REPEATABLE_READ.
     *
     * @param checkpoint the moment, or null for the present
     * @return the number of entries
     * @throws NotFoundException if the namespace has no such checkpoint
     * @throws IOException from the stream
     */
    long export(@Nullable UUID checkpoint, OutputStream to) throws IOException;

    /**
     * Puts every entry of an export: all of them, or none if the export is cut or damaged. Other keys stay; what has expired is
     * left out, what is to expire does so at the same time as it would have.
     *
     * @return the number of entries in the export
     * @throws IOException from the stream, or if what it gives is no whole export
     * @throws IllegalArgumentException if a key or value is longer than the options allow
     */
    long importFrom(InputStream from) throws IOException;

    /** What was done with the namespace here. */
    StateStats stats();

    /** How large it is; see the record. */
    StateTableStats tableStats();

    /**
     * Gives the space of deleted rows back to the tables and renews the planner's statistics; never locks out readers or
     * writers.
     *
     * @throws dev.evalstore.DatabaseException with SQLSTATE 42501 if the role owns the tables not and may not maintain them
     * @throws IllegalStateException inside a transaction
     */
    void vacuum();

    /** Whether the namespace can be used. Never throws for a server that does not answer. */
    StateHealth healthCheck();
}
