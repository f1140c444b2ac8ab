package dev.evalstore.lock;

import dev.evalstore.DatabaseException;
import dev.evalstore.internal.Check;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Of all processes that campaign for a name, one leads at a time: the one that holds the lock of that name, which it extends
 * every third of the lease. Between the moment at which a leader's lease has run out by its own reckoning, which begins before
 * the lock is asked for, and the moment at which another can acquire it, nobody leads; two never do. What a leader writes should
 * still be fenced ({@link LockRepository#require}), since it may be paused between asking {@link #isLeader} and writing.
 *
 * <p>Whatever goes wrong, a server that is away or silent, a listener that throws, the campaign goes on until {@link #close}.
 * Thread-safe. It has two daemon threads: one that asks the server, and one that tells the listener, so that neither a server
 * that does not answer keeps from the listener that its time is over, nor a slow listener the lease from being extended.
 */
public final class LeaderElection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

    /** How long a resignation waits for a server that does not answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LockRepository locks;
    private final String name;
    private final String candidate;
    private final Duration lease;
    private final Listener listener;
    private final Thread campaign;
    private final Thread herald;
    private volatile boolean closed;

    /**
     * Whoever ends the term, the campaign or the herald, does so by a swap: an answer that comes too late cannot bring back what the
     * listener was told is over.
     */
    private final AtomicReference<@Nullable Term> term = new AtomicReference<>();

    /** The lock and the reading of {@code System.nanoTime} after which it may be another's. */
    private record Term(Lock lock, long until) {
        long left() {
            return until - System.nanoTime();
        }

        boolean isOver() {
            return left() <= 0;
        }

        boolean isOf(Lock other) {
            return lock.token() == other.token();
        }
    }

    /**
     * Is told of the beginning and the end of leading, one after the other, on a thread of the election's own. While it is busy
     * it hears nothing: what takes long belongs on another thread. What it throws is logged; if it could not begin to lead, the
     * process gives up leading.
     */
    public interface Listener {
        /** This process leads now. */
        void elected(Lock lock);

        /**
         * This process leads no longer: it could not extend its lease in time, or it resigned. Told when the lease runs out by this
         * process's clock, whether or not the server answers.
         */
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
        this.campaign = new Thread(this::campaign, "evalstore-election-" + name);
        this.herald = new Thread(this::tell, "evalstore-election-" + name + "-listener");
        campaign.setDaemon(true);
        herald.setDaemon(true);
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
        election.herald.start();
        election.campaign.start();
        return election;
    }

    /** Whether this process leads at this moment. Asks no server; true only while nobody else can be elected. */
    public boolean isLeader() {
        return lock().isPresent();
    }

    /** The lock to fence the leader's writes with, while {@link #isLeader}. */
    public Optional<Lock> lock() {
        Term current = term.get();
        return closed || current == null || current.isOver() ? Optional.empty() : Optional.of(current.lock());
    }

    private void campaign() {
        boolean failing = false;
        while (!closed) {
            try {
                round();
                failing = false;
            } catch (RuntimeException e) {
                // The server is away for now: go on leading until the lease has run out, and go on asking.
                if (failing || e instanceof DatabaseException) {
                    LOG.debug("election {} [{}]", name, e.getMessage());
                } else {
                    LOG.warn("election {} failed, and goes on: {}", name, e.getMessage());
                }
                failing = true;
            }
            long third = lease.toNanos() / 3;
            LockSupport.parkNanos(third - ThreadLocalRandom.current().nextLong(third / 4 + 1));
        }
    }

    /** An answer that comes after the lease's end is worth nothing, and what it gave is given back. */
    private void round() {
        Term current = term.get();
        long before = System.nanoTime();
        if (current == null) {
            Optional<Lock> lock = locks.withTimeout(lease).tryAcquire(name, candidate, lease);
            lock.ifPresent(acquired -> replace(null, new Term(acquired, before + lease.toNanos())));
            return;
        }
        if (current.isOver()) {
            // The herald is about to end it.
            return;
        }
        try {
            Lock extended = locks.withTimeout(Duration.ofNanos(current.left())).extend(current.lock(), lease);
            replace(current, new Term(extended, before + lease.toNanos()));
        } catch (LockLostException e) {
            term.compareAndSet(current, null);
            LockSupport.unpark(herald);
        }
    }

    private void replace(@Nullable Term before, Term next) {
        if (closed || next.isOver() || !term.compareAndSet(before, next)) {
            locks.withTimeout(lease).release(next.lock());
        }
        LockSupport.unpark(herald);
    }

    /** Tells the listener what is so, as soon as it is. */
    private void tell() {
        Lock told = null;
        while (!closed) {
            Term current = term.get();
            if (current != null && current.isOver()) {
                term.compareAndSet(current, null);
            } else if (told != null && (current == null || !current.isOf(told))) {
                tell("lost", listener::lost, told);
                told = null;
            } else if (told == null && current != null) {
                told = current.lock();
                if (!tell("elected", listener::elected, told)) {
                    term.set(null);
                }
            } else if (current == null) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, current.left());
            }
        }
        if (told != null) {
            tell("lost", listener::lost, told);
        }
    }

    private boolean tell(String what, Consumer<Lock> call, Lock lock) {
        try {
            call.accept(lock);
            return true;
        } catch (RuntimeException e) {
            LOG.warn("election {}: the listener failed when told that it {}", name, what, e);
            return false;
        }
    }

    /**
     * Resigns: stops campaigning, tells the listener if this process led, and gives the lock back for the next one. Waits for the
     * listener, and up to ten seconds for an answer of the server. Called by the listener itself, it is told after it has returned.
     */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(herald);
        LockSupport.unpark(campaign);
        try {
            if (Thread.currentThread() != herald) {
                herald.join();
            }
            campaign.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Term current = term.getAndSet(null);
        if (current != null) {
            try {
                locks.withTimeout(PATIENCE).release(current.lock());
            } catch (RuntimeException e) {
                LOG.debug("election {} [{}]", name, e.getMessage());
            }
        }
    }
}
