package dev.evalstore.cache;

import dev.evalstore.Database;
import dev.evalstore.version.ChangedUnits;
import dev.evalstore.version.Unit;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from memory what has changed: by a poll of the database every few seconds and after each notification, and at once what
 * this process has changed. Memory is trusted for twice the time between two polls, from the beginning of the last one that
 * succeeded.
 */
final class Follower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

    /** Readers who find memory not trusted do not ask again so soon after a failure. */
    private static final long AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long CLOSING_MILLIS = 5_000;

    private final Database db;
    private final Memory memory;
    private final Counters counters;
    private final LongSupplier nanos;
    private final long period;
    private final ReentrantLock polling = new ReentrantLock();
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread = new Thread(this::run, "evalstore-cache");

    /** Changes of this process of which it does not know the units. */
    private final AtomicLong doubts = new AtomicLong();

    private @Nullable String position;
    private boolean failed;
    private volatile long failedAt;
    private volatile long seenAt;
    private volatile long settled = -1;
    private volatile boolean closed;

    Follower(Database db, Memory memory, Counters counters, LongSupplier nanos, long period) {
        this.db = db;
        this.memory = memory;
        this.counters = counters;
        this.nanos = nanos;
        this.period = period;
        this.failedAt = System.nanoTime() - AFTER_FAILURE;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Whether memory has all that was changed until a moment ago; if not, looks now. */
    boolean isTrusted() {
        return isFresh() || catchUp();
    }

    private boolean isFresh() {
        return settled == doubts.get() && nanos.getAsLong() - seenAt < 2 * period;
    }

    private boolean catchUp() {
        polling.lock();
        try {
            return isFresh() || System.nanoTime() - failedAt >= AFTER_FAILURE && poll();
        } finally {
            polling.unlock();
        }
    }

    /** Looks now, whatever was seen before. */
    boolean refresh() {
        polling.lock();
        try {
            return poll();
        } finally {
            polling.unlock();
        }
    }

    private boolean poll() {
        long begin = nanos.getAsLong();
        long settles = doubts.get();
        try {
            ChangedUnits changes = db.versions().changes(position);
            if (changes.everything()) {
                memory.invalidateAll();
            } else {
                changes.units().forEach(memory::invalidate);
            }
            position = changes.position();
            seenAt = begin;
            settled = settles;
            failed = false;
            counters.polls.increment();
            return true;
        } catch (Throwable e) {
            counters.pollFailures.increment();
            failedAt = System.nanoTime();
            if (!failed && !closed) {
                LOG.warn("what has changed could not be read; memory is not used until it is: {}", e.getMessage());
            }
            failed = true;
            return false;
        }
    }

    /** What this process has changed. */
    void changed(Set<Unit> units) {
        if (units.isEmpty()) {
            doubts.incrementAndGet();
        } else if (units.contains(Unit.EVERYTHING)) {
            memory.invalidateAll();
        } else {
            units.forEach(memory::invalidate);
        }
    }

    void wake() {
        wake.release();
    }

    private void run() {
        while (!closed) {
            refresh();
            try {
                if (wake.tryAcquire(period, TimeUnit.NANOSECONDS)) {
                    wake.drainPermits();
                }
            } catch (InterruptedException e) {
                // Closed, or somebody else's mistake: then it goes on.
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        wake();
        try {
            thread.join(CLOSING_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
