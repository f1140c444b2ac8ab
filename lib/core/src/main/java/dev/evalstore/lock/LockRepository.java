package dev.evalstore.lock;

import dev.evalstore.Cleanup;
import dev.evalstore.internal.Batches;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Numbers;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Locks on named resources. A lock is a row with a deadline by the server's clock, not a property of a session. A lock
 * survives a lost connection, works through a pooler, and ends by itself when its holder dies. A holder that was paused
 * for longer than its lease does not notice that it lost the lock. {@link #require} tells it, and the token protects
 * other systems.
 */
public final class LockRepository {
    static final Table<LockRow> TABLE = Table.of(
                    "lock", "state_locks", "resource, holder, token, acquired_at, expires_at", LockRepository::map)
            .key("resource");

    /**
     * Draws the token again once the row is locked: drawn before, it could be lower than that of a holder in between.
     */
    private static final String ACQUIRE =
            TABLE.text("""
            /* state_locks.acquire */ insert into evalstore.state_locks as l (resource, holder, token, expires_at)
            values (?, ?, {token}, statement_timestamp() + make_interval(secs => ?))
            on conflict (resource) do update set holder = excluded.holder,
                token = {token},
                acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
            where l.expires_at <= statement_timestamp()
            returning {columns}""".replace("{token}", Numbers.next("evalstore.state_lock_tokens")));

    private static final String EXTEND = TABLE.text("""
            /* state_locks.extend */ update evalstore.state_locks
            set expires_at = statement_timestamp() + make_interval(secs => ?)
            where resource = ? and token = ? and expires_at > statement_timestamp()
            returning {columns}""");

    private static final String RELEASE = """
            /* state_locks.release */ update evalstore.state_locks set expires_at = '-infinity'
            where resource = ? and token = ? and expires_at > statement_timestamp()""";

    private static final String REQUIRE = """
            /* state_locks.require */ select token from evalstore.state_locks
            where resource = ? and token = ? and expires_at > statement_timestamp()
            for share""";

    private static final String INFO = TABLE.text("""
            /* state_locks.info */ select {columns} from evalstore.state_locks
            where resource = ? and expires_at > statement_timestamp()""");

    private static final String CLEANUP = """
            /* state_locks.cleanup */ delete from evalstore.state_locks where resource = any (array(
                select resource from evalstore.state_locks
                where greatest(acquired_at, expires_at) < statement_timestamp() - make_interval(secs => ?)
                limit ? for update skip locked))""";

    private static final Duration MIN_FREE = Duration.ofDays(1);
    private static final int BATCH = 1_000;
    private static final long MIN_PAUSE_MILLIS = 20;
    private static final long MAX_PAUSE_MILLIS = 250;

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public LockRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** A copy that waits no longer than this for an answer of the server. */
    LockRepository withTimeout(Duration time) {
        return new LockRepository(jdbc.withTimeout(time));
    }

    /**
     * Acquires the lock if it is free. It does not wait, except for a transaction that is acquiring,
     * {@linkplain #require requiring} or releasing the same lock at this moment.
     *
     * @param resource the name to lock; not blank, at most 800 bytes in UTF-8
     * @param holder the caller's name, for people to read; not blank
     * @param ttl how long from now, at most 36,500 days
     * @return empty if the lock is held, also if by the same holder
     */
    public Optional<Lock> tryAcquire(String resource, String holder, Duration ttl) {
        Check.name("resource", resource);
        Check.text("holder", holder);
        Check.period("ttl", ttl);
        return jdbc.change(Sql.of(ACQUIRE, resource, holder, ttl), this::lock);
    }

    /**
     * Repeats {@link #tryAcquire} until it succeeds or the time is up. There is no queue: the caller that waits longest
     * is not the next holder.
     *
     * @param wait the maximum time to wait; zero tries once, and more than 36,500 days is for ever
     * @return empty if the time was up, or the thread was interrupted; its interrupt status is then set
     * @throws IllegalStateException inside a transaction, where waiting would keep its locks
     */
    public Optional<Lock> acquire(String resource, String holder, Duration ttl, Duration wait) {
        if (jdbc.inTransaction()) {
            throw new IllegalStateException("acquire waits, and cannot run inside a transaction; see tryAcquire");
        }
        long deadline = System.nanoTime() + Check.wait("wait", wait).toNanos();
        while (true) {
            Optional<Lock> lock = tryAcquire(resource, holder, ttl);
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (lock.isPresent() || left <= 0) {
                return lock;
            }
            long pause = ThreadLocalRandom.current().nextLong(MIN_PAUSE_MILLIS, MAX_PAUSE_MILLIS);
            try {
                Thread.sleep(Math.min(pause, left));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }

    /**
     * {@link #acquire Acquires} the lock, runs the work, and releases the lock. It does not extend the lease: choose
     * one that the work cannot outlast, or extend it in the work.
     *
     * @return the work's result; empty if the lock was not acquired in time, and the work did not run
     * @throws X as the work throws it
     * @throws LockLostException if the lock was lost before the work ended, so that another holder may have run beside
     *     it
     * @throws IllegalStateException inside a transaction
     */
    public <T, X extends Exception> Optional<T> withLock(
            String resource, String holder, Duration ttl, Duration wait, LockWork<T, X> work) throws X {
        Optional<Lock> acquired = acquire(resource, holder, ttl, wait);
        if (acquired.isEmpty()) {
            return Optional.empty();
        }
        Lock lock = acquired.get();
        T result;
        try {
            result = work.run(lock);
        } catch (Throwable failed) {
            releaseAfter(failed, lock);
            throw failed;
        }
        if (!release(lock)) {
            throw new LockLostException(resource);
        }
        return Optional.of(result);
    }

    private void releaseAfter(Throwable failed, Lock lock) {
        try {
            release(lock);
        } catch (RuntimeException e) {
            failed.addSuppressed(e);
        }
    }

    /** {@link #withLock} without a result; false if the lock was not acquired in time, and the work did not run. */
    public <X extends Exception> boolean useLock(
            String resource, String holder, Duration ttl, Duration wait, LockWork.Void<X> work) throws X {
        return this.<Boolean, X>withLock(resource, holder, ttl, wait, lock -> {
                    work.run(lock);
                    return true;
                })
                .isPresent();
    }

    /**
     * Moves the deadline of a lock that is still held, and returns the lock with it.
     *
     * @param ttl from now, at most 36,500 days; may be shorter than what was left
     * @throws LockLostException if the lock is no longer held
     */
    public Lock extend(Lock lock, Duration ttl) {
        Check.period("ttl", ttl);
        return jdbc.change(Sql.of(EXTEND, ttl, lock.resource(), lock.token()), this::lock)
                .orElseThrow(() -> new LockLostException(lock.resource()));
    }

    /** Releases a lock before its deadline; false if it is no longer held, which is no error. */
    public boolean release(Lock lock) {
        return jdbc.update(Sql.of(RELEASE, lock.resource(), lock.token())) == 1;
    }

    /**
     * Fences a transaction: checks that the lock is held, and keeps it from being acquired until the commit, even past
     * its deadline. Call this first, then write.
     *
     * <p>Keep such a transaction shorter than a third of the lease. Until the transaction ends, the holder can neither
     * extend nor release the lock. A holder that extends every third of the lease, as {@link LeaderElection} does,
     * would lose the lock to its own long transaction.
     *
     * @throws LockLostException if the lock is no longer held
     */
    public void require(Lock lock) {
        if (jdbc.change(Sql.of(REQUIRE, lock.resource(), lock.token()), row -> row.bigint("token"))
                .isEmpty()) {
            throw new LockLostException(lock.resource());
        }
    }

    /** The lock on the resource as it is held now; empty when it is free. */
    public Optional<Lock> info(String resource) {
        return jdbc.find(Sql.of(INFO, Check.text("resource", resource)), this::lock);
    }

    /**
     * Removes locks that have been free for longer, in batches of 1,000, at most 100,000 a call. Outside a transaction
     * each batch is its own commit. A removed lock that is acquired again still gets a higher token than before.
     *
     * @param freeFor at least a day, which is longer than any statement in flight may take; at most 36,500 days
     */
    public Cleanup cleanup(Duration freeFor) {
        Check.period("freeFor", freeFor);
        if (freeFor.compareTo(MIN_FREE) < 0) {
            throw new IllegalArgumentException("freeFor must be at least a day");
        }
        Sql batch = Sql.of(CLEANUP, freeFor, BATCH);
        return Batches.run(BATCH, () -> jdbc.update(batch));
    }

    private Lock lock(Row row) throws SQLException {
        return new Lock(map(row), this);
    }

    private static LockRow map(Row row) throws SQLException {
        return new LockRow(
                row.text("resource"),
                row.text("holder"),
                row.bigint("token"),
                row.instant("acquired_at"),
                row.instant("expires_at"));
    }
}
