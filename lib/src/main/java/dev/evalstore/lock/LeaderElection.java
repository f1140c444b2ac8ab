package dev.evalstore.lock;

import dev.evalstore.DatabaseException;
import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Of all processes that campaign for a name, one leads at a time: the one that holds the lock of that name, which it extends
 * every third of the lease. Between the moment at which a leader's lease has run out by its own reckoning, which begins before
 * the lock is asked for, and the moment at which another can acquire it, nobody leads; two never do. What a leader writes should
 * still be fenced ({@link LockRepository#require}), since it may be paused between asking {@link #isLeader} and writing.
 *
 * <p>Thread-safe. The campaign runs on a daemon thread of its own until {@link #close}.
 */
public final class LeaderElection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

    private final LockRepository locks;
    private final String name;
    private final String candidate;
    private final Duration lease;
    private final Listener listener;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable Term term;

    /** The lock and the reading of {@code System.nanoTime} after which it may be another's. */
    private record Term(Lock lock, long until) {
        boolean isOver() {
            return System.nanoTime() - until >= 0;
        }
    }

    /** Is told of the beginning and the end of leading, on the campaign's thread; be brief, or the lease runs out. */
    public interface Listener {
        /** This process leads now. */
        void elected(Lock lock);

        /** This process leads no longer: it could not extend its lease in time, or it resigned. */
        void lost(Lock lock);
    }

    private LeaderElection(LockRepository locks, String name, String candidate, Duration lease, Listener listener) {
        this.locks = Objects.requireNonNull(locks, "locks");
        this.name = Check.text("name", name);
        this.candidate = Check.text("candidate", candidate);
        this.lease = Check.positive("lease", lease);
        if (lease.toMillis() < 100) {
            throw new IllegalArgumentException("lease must be at least 100 ms");
        }
        this.listener = Objects.requireNonNull(listener, "listener");
        this.thread = new Thread(this::campaign, "evalstore-election-" + name);
        thread.setDaemon(true);
    }

    /**
     * Begins to campaign.
     *
     * @param locks those of a {@code Database}
     * @param name what there is one leader of; not blank
     * @param candidate who this is, for people to read; not blank
     * @param lease how long a leader that fell silent still leads, at least 100 ms
     */
    public static LeaderElection start(
            LockRepository locks, String name, String candidate, Duration lease, Listener listener) {
        LeaderElection election = new LeaderElection(locks, name, candidate, lease, listener);
        election.thread.start();
        return election;
    }

    /** Whether this process leads at this moment. Asks no server; true only while nobody else can be elected. */
    public boolean isLeader() {
        Term current = term;
        return current != null && !current.isOver();
    }

    /** The lock to fence the leader's writes with, while {@link #isLeader}. */
    public Optional<Lock> lock() {
        Term current = term;
        return current == null || current.isOver() ? Optional.empty() : Optional.of(current.lock());
    }

    private void campaign() {
        while (!closed) {
            try {
                round();
            } catch (DatabaseException e) {
                // The server is away for now: go on leading until the lease has run out, and then go on asking.
                LOG.debug("election {} [{}]", name, e.sqlState());
                endIfOver();
            }
            long third = lease.toNanos() / 3;
            LockSupport.parkNanos(third - ThreadLocalRandom.current().nextLong(third / 4 + 1));
        }
    }

    private void round() {
        Term current = term;
        long before = System.nanoTime();
        if (current == null) {
            locks.tryAcquire(name, candidate, lease).ifPresent(lock -> {
                term = new Term(lock, before + lease.toNanos());
                listener.elected(lock);
            });
            return;
        }
        if (current.isOver()) {
            end(current);
            return;
        }
        try {
            term = new Term(locks.extend(current.lock(), lease), before + lease.toNanos());
        } catch (LockLostException e) {
            end(current);
        }
    }

    private void endIfOver() {
        Term current = term;
        if (current != null && current.isOver()) {
            end(current);
        }
    }

    private void end(Term ended) {
        term = null;
        listener.lost(ended.lock());
    }

    /** Resigns: stops campaigning, tells the listener if this process led, and gives the lock back for the next one. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        Term current = term;
        if (current != null) {
            end(current);
            try {
                locks.release(current.lock());
            } catch (DatabaseException e) {
                LOG.debug("election {} [{}]", name, e.sqlState());
            }
        }
    }
}
