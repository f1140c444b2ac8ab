package dev.evalstore.lock;

import dev.evalstore.DatabaseException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.Foreign;
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
 * Elects one leader among all processes that campaign for a name: the one that holds the lock of that name. The leader
 * extends the lock every third of the lease. A leader counts its lease from before it asked for the lock, so its own
 * term ends before another process can acquire the lock. Two processes never lead at once. A leader may still be paused
 * between {@link #isLeader} and a write, so fence its writes with {@link LockRepository#require}.
 *
 * <p>The campaign goes on until {@link #close}, also when the server is away or silent, or the listener throws.
 * Thread-safe. Two daemon threads serve it: one asks the server, the other calls the listener. So a silent server does
 * not delay the news that the term is over, and a slow listener does not cost the lease.
 */
public final class LeaderElection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

    /** How long a resignation waits for a server that does not answer. */
    private static final Duration RESIGN_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration MIN_LEASE = Duration.ofMillis(100);

    private final LockRepository locks;
    private final String name;
    private final String candidate;
    private final Duration lease;
    private final Listener listener;
    private final Thread campaign;
    private final Thread notifier;

    /**
     * Both threads end a term by a swap: an answer that comes too late cannot bring back a term that the listener was
     * told is over.
     */
    private final AtomicReference<@Nullable Term> term = new AtomicReference<>();

    private volatile boolean closed;

    private LeaderElection(LockRepository locks, String name, String candidate, Duration lease, Listener listener) {
        this.locks = Objects.requireNonNull(locks, "locks");
        this.name = Check.name("name", name);
        this.candidate = Check.text("candidate", candidate);
        this.lease = Check.period("lease", lease);
        if (lease.compareTo(MIN_LEASE) < 0) {
            throw new IllegalArgumentException("lease must be at least 100 ms");
        }
        this.listener = Objects.requireNonNull(listener, "listener");
        this.campaign = new Thread(this::campaign, "evalstore-election-" + name);
        this.notifier = new Thread(this::notifyListener, "evalstore-election-" + name + "-listener");
        campaign.setDaemon(true);
        notifier.setDaemon(true);
    }

    /**
     * Begins to campaign.
     *
     * @param locks the locks of a {@code Database}
     * @param name the name for which one process leads; not blank, at most 800 bytes in UTF-8
     * @param candidate the name of this process, for people to read; not blank
     * @param lease how long a silent leader keeps its lead, 100 ms to 36,500 days
     */
    public static LeaderElection start(
            LockRepository locks, String name, String candidate, Duration lease, Listener listener) {
        LeaderElection election = new LeaderElection(locks, name, candidate, lease, listener);
        election.notifier.start();
        election.campaign.start();
        return election;
    }

    /** Whether this process leads at this moment. Asks no server; true only while no other process can be elected. */
    public boolean isLeader() {
        return lock().isPresent();
    }

    /** The lock to fence the leader's writes with, while {@link #isLeader}; empty otherwise. */
    public Optional<Lock> lock() {
        Term current = term.get();
        return closed || current == null || current.isOver() ? Optional.empty() : Optional.of(current.lock());
    }

    /**
     * Resigns: stops the campaign, calls {@link Listener#lost} if this process led, and releases the lock. Waits for
     * the listener, and at most ten seconds for the server; an interrupt that comes meanwhile ends the wait. If the
     * listener itself calls this, it is called with {@code lost} after it has returned.
     */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(notifier);
        LockSupport.unpark(campaign);
        // An interrupted thread resigns all the same, and no pool gives it a connection.
        boolean interrupted = Thread.interrupted();
        try {
            if (Thread.currentThread() != notifier) {
                notifier.join();
            }
            campaign.join(RESIGN_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        try {
            release();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void release() {
        Term current = term.getAndSet(null);
        if (current != null) {
            try {
                locks.withTimeout(RESIGN_TIMEOUT).release(current.lock());
            } catch (RuntimeException e) {
                LOG.debug("election {} [{}]", name, e.getMessage());
            }
        }
    }

    private void campaign() {
        boolean failing = false;
        while (!closed) {
            clearInterrupt();
            try {
                campaignOnce();
                failing = false;
            } catch (RuntimeException | Error e) {
                // The server is away for now: lead on until the lease has run out, and keep asking.
                if (failing || e instanceof DatabaseException) {
                    LOG.debug("election {} [{}]", name, Foreign.message(e));
                } else {
                    LOG.warn("election {} failed, and goes on: {}", name, Foreign.message(e));
                }
                failing = true;
            }
            long third = lease.toNanos() / 3;
            LockSupport.parkNanos(third - ThreadLocalRandom.current().nextLong(third / 4 + 1));
        }
    }

    /**
     * Means nothing on a thread of the election's own, which could no longer wait: the listener left it behind, say.
     */
    private static void clearInterrupt() {
        boolean unused = Thread.interrupted();
    }

    /** Acquires or extends. An answer after the end of the lease is worthless, and the lock it brings is released. */
    private void campaignOnce() {
        Term current = term.get();
        long before = System.nanoTime();
        if (current == null) {
            Optional<Lock> lock = locks.withTimeout(lease).tryAcquire(name, candidate, lease);
            lock.ifPresent(acquired -> replace(null, new Term(acquired, before + lease.toNanos())));
            return;
        }
        if (current.isOver()) {
            // The notifier is about to end it.
            return;
        }
        try {
            Lock extended = locks.withTimeout(Duration.ofNanos(current.left())).extend(current.lock(), lease);
            replace(current, new Term(extended, before + lease.toNanos()));
        } catch (LockLostException e) {
            term.compareAndSet(current, null);
            LockSupport.unpark(notifier);
        }
    }

    private void replace(@Nullable Term before, Term next) {
        if (closed || next.isOver() || !term.compareAndSet(before, next)) {
            locks.withTimeout(lease).release(next.lock());
        }
        LockSupport.unpark(notifier);
    }

    /** Calls the listener whenever the term begins or ends, and ends the term when its time is up. */
    private void notifyListener() {
        Lock announced = null;
        while (!closed) {
            clearInterrupt();
            Term current = term.get();
            if (current != null && current.isOver()) {
                term.compareAndSet(current, null);
            } else if (announced != null && (current == null || !current.isOf(announced))) {
                call("lost", listener::lost, announced);
                announced = null;
            } else if (announced == null && current != null) {
                announced = current.lock();
                if (!call("elected", listener::elected, announced)) {
                    term.set(null);
                }
            } else if (current == null) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, current.left());
            }
        }
        if (announced != null) {
            call("lost", listener::lost, announced);
        }
    }

    private boolean call(String event, Consumer<Lock> method, Lock lock) {
        return Foreign.run(LOG, "election " + name + ": the listener's method " + event, () -> method.accept(lock));
    }

    /**
     * Called at the beginning and at the end of each term, in turn, on a thread of the election's own. While a call
     * runs no other comes, so start long work on another thread. Whatever it throws, errors included, is logged; from
     * {@link #elected} it also ends the term.
     */
    public interface Listener {
        /** This process leads now. */
        void elected(Lock lock);

        /**
         * This process no longer leads: it could not extend the lock in time, or it resigned. Called when the lease
         * runs out by this process's clock, whether or not the server answers.
         */
        void lost(Lock lock);
    }

    /** The lock, and the reading of {@code System.nanoTime} after which another process may hold it. */
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
}
