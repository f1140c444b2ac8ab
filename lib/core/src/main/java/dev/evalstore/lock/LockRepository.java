package dev.evalstore.lock;

import dev.evalstore.internal.Batches;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Locks on named resources; obtained from {@code Database} or {@code Tx}. A lock is a row with a deadline by the server's clock,
 * not a session's property: it survives a lost connection, works through a pooler, and ends by itself when its holder dies. A
 * holder that was paused for longer than its lease does not know that it lost it; {@link #require} and the token tell.
 */
public final class LockRepository {
    static final Table<Lock> TABLE =
            Table.of("lock", "state_locks", "resource, holder, token, acquired_at, expires_at", LockRepository::map);

    private static final int BATCH = 1_000;
    private static final long MIN_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 250;

    private final Jdbc jdbc;

    /** Called by {@code Repositories} alone. */
    public LockRepository(Jdbc jdbc) {
        this.jdbc = jdbc;
    }

    /** The same, where no answer of the server is waited for longer. */
    LockRepository withTimeout(Duration time) {
        return new LockRepository(jdbc.withTimeout(time));
    }

    /**
     * Acquires the lock if it is free; empty if somebody holds it, also if that is the same holder. It does not wait, except for
     * a transaction that is just taking, {@linkplain #require requiring} or releasing the same lock.
     *
     * @param resource what to lock; not blank
     * @param holder who asks, for people to read; not blank
     * @param ttl how long from now, at most 36,500 days
     */
    public Optional<Lock> tryAcquire(String resource, String holder, Duration ttl) {
        Check.text("resource", resource);
        Check.text("holder", holder);
        checkTtl(ttl);
        // The token is drawn again once the row is locked: drawn before, it could be lower than that of a holder in
        // between.
        return jdbc.change(Sql.of("""
                        /* locks.acquire */ insert into evalstore.state_locks as l (resource, holder, token, expires_at)
                        values (?, ?, nextval('evalstore.state_lock_tokens'), statement_timestamp() + make_interval(secs => ?))
                        on conflict (resource) do update set holder = excluded.holder,
                            token = nextval('evalstore.state_lock_tokens'),
                            acquired_at = excluded.acquired_at, expires_at = excluded.expires_at
                        where l.expires_at <= statement_timestamp()
                        returning resource, holder, token, acquired_at, expires_at""", resource, holder, ttl), TABLE.mapper());
    }

    /**
     * {@link #tryAcquire}, again and again until it succeeds or the time is up. Who waits longest is not first.
     *
     * @param wait how long at most; zero tries once
     * @return empty if the time was up, or the thread was interrupted, which it then still is
     * @throws IllegalStateException inside a transaction, where waiting would keep what others wait for
     */
    public Optional<Lock> acquire(String resource, String holder, Duration ttl, Duration wait) {
        if (jdbc.inTransaction()) {
            throw new IllegalStateException("acquire waits, and cannot run inside a transaction; see tryAcquire");
        }
        if (wait.isNegative()) {
            throw new IllegalArgumentException("wait must not be negative");
        }
        long deadline = System.nanoTime() + wait.toNanos();
        while (true) {
            Optional<Lock> lock = tryAcquire(resource, holder, ttl);
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (lock.isPresent() || left <= 0) {
                return lock;
            }
            long pause = ThreadLocalRandom.current().nextLong(MIN_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS);
            try {
                Thread.sleep(Math.min(pause, left));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }

    /**
     * Gives a lock that is still held another deadline, and gives it back so.
     *
     * @param ttl from now, at most 36,500 days; may be shorter than what was left
     * @throws LockLostException if it is no longer held
     */
    public Lock extend(Lock lock, Duration ttl) {
        checkTtl(ttl);
        return jdbc.change(
                        Sql.of(
                                "/* locks.extend */ update evalstore.state_locks set expires_at ="
                                        + " statement_timestamp() + make_interval(secs => ?) where resource = ? and token = ?"
                                        + " and expires_at > statement_timestamp() returning " + TABLE.columns(),
                                ttl,
                                lock.resource(),
                                lock.token()),
                        TABLE.mapper())
                .orElseThrow(() -> new LockLostException(lock.resource()));
    }

    /** Gives a lock back before its time; false if it is no longer held, which is no error. */
    public boolean release(Lock lock) {
        return jdbc.update(Sql.of(
                        "/* locks.release */ update evalstore.state_locks set expires_at = '-infinity'"
                                + " where resource = ? and token = ? and expires_at > statement_timestamp()",
                        lock.resource(),
                        lock.token()))
                == 1;
    }

    /**
     * The fence: inside a transaction, makes sure that the lock is held and stays so until the commit, for nobody can acquire it
     * before, even if its time runs out. Call it first, then write.
     *
     * <p>Keep such a transaction shorter than a third of the lease: until it ends the holder can neither extend the lock nor
     * release it, and one that extends every third of the lease, as {@link LeaderElection} does, loses it to a transaction of its
     * own that lasts longer than what is left.
     *
     * @throws LockLostException if it is no longer held
     */
    public void require(Lock lock) {
        boolean held = jdbc.change(
                        Sql.of(
                                "/* locks.require */ select token from evalstore.state_locks where resource = ? and token = ?"
                                        + " and expires_at > statement_timestamp() for share",
                                lock.resource(),
                                lock.token()),
                        row -> row.bigint("token"))
                .isPresent();
        if (!held) {
            throw new LockLostException(lock.resource());
        }
    }

    /** Who holds the lock now; empty when it is free. */
    public Optional<Lock> info(String resource) {
        Check.text("resource", resource);
        return jdbc.find(
                Sql.of(
                        "/* locks.info */ select " + TABLE.columns()
                                + " from evalstore.state_locks where resource = ? and expires_at > statement_timestamp()",
                        resource),
                TABLE.mapper());
    }

    /**
     * Forgets locks that have been free for longer, in batches of 1,000, each its own commit outside of a transaction, and gives
     * their number: 100,000 at most, and then there may be more. Their next tokens are higher all the same.
     *
     * @param freeFor at least a day, beyond what any statement in flight may last
     */
    public int cleanup(Duration freeFor) {
        Check.positive("freeFor", freeFor);
        if (freeFor.compareTo(Duration.ofDays(1)) < 0) {
            throw new IllegalArgumentException("freeFor must be at least a day");
        }
        Sql sql = Sql.of(
                "/* locks.cleanup */ delete from evalstore.state_locks where resource = any (array("
                        + " select resource from evalstore.state_locks where greatest(acquired_at, expires_at)"
                        + " < statement_timestamp() - make_interval(secs => ?) limit ? for update skip locked))",
                freeFor,
                BATCH);
        return (int) Batches.run(BATCH, () -> jdbc.update(sql));
    }

    private static void checkTtl(Duration ttl) {
        Check.positive("ttl", ttl);
        if (ttl.compareTo(Duration.ofDays(36_500)) > 0) {
            throw new IllegalArgumentException("ttl must be at most 36,500 days");
        }
    }

    private static Lock map(Row row) throws SQLException {
        return new Lock(
                row.text("resource"),
                row.text("holder"),
                row.bigint("token"),
                row.instant("acquired_at"),
                row.instant("expires_at"));
    }
}
