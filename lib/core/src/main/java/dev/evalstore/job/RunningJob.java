package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.Retry;
import dev.evalstore.TxOptions;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A runner's job, from the claim to its outcome. */
final class RunningJob<P> implements JobContext<P> {
    /** How the attempt ended for the handler. */
    enum End {
        /** The handler decides. */
        OPEN,
        /** The handler completed it itself. */
        COMPLETED,
        /** The handler snoozed it. */
        SNOOZED,
        /** The handler's result does not count any more: timed out, lost, or released. */
        ABANDONED
    }

    private final Database db;
    private final ClaimedJob claimed;
    private final long acceptedNanos;
    private final P payload;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicReference<End> end = new AtomicReference<>(End.OPEN);
    private volatile boolean cancelled;
    private volatile long deadline;
    private volatile @Nullable Json progress;
    private Usage usage = Usage.NONE;
    private @Nullable Thread thread;
    private Runnable onAbandon = () -> {};

    RunningJob(Database db, JobClaims.Held held, P payload, long acceptedNanos) {
        this.db = db;
        this.claimed = held.claimed();
        this.acceptedNanos = acceptedNanos;
        this.payload = payload;
        this.progress = claimed.job().progress();
        this.deadline = acceptedNanos + held.left().toNanos();
    }

    /** When the server was asked for the job, by this process's clock. */
    long acceptedNanos() {
        return acceptedNanos;
    }

    /** Begins on the calling thread; false if the job has been abandoned before. */
    boolean begin() {
        lock.lock();
        try {
            if (end.get() == End.ABANDONED) {
                return false;
            }
            thread = Thread.currentThread();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends on the handler's thread: no interrupt meant for the handler can hit what the thread does next. */
    void leave() {
        lock.lock();
        try {
            thread = null;
            Thread.interrupted();
        } finally {
            lock.unlock();
        }
    }

    /** Gives up on the job, and on the slot in which it runs; true for the first call while the job was open. */
    boolean abandon() {
        boolean first = end.compareAndSet(End.OPEN, End.ABANDONED);
        if (first) {
            cancel();
            lock.lock();
            try {
                onAbandon.run();
            } finally {
                lock.unlock();
            }
        }
        return first;
    }

    /** Sets what happens when the job is abandoned while it runs. */
    void onAbandon(Runnable action) {
        lock.lock();
        try {
            onAbandon = action;
        } finally {
            lock.unlock();
        }
    }

    void cancel() {
        cancelled = true;
        lock.lock();
        try {
            if (thread != null) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    End end() {
        return end.get();
    }

    boolean isOverdue(long now) {
        return deadline - now <= 0;
    }

    Usage usage() {
        lock.lock();
        try {
            return usage;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Job job() {
        return claimed.job();
    }

    @Override
    public Lease lease() {
        return claimed.lease();
    }

    @Override
    public P payload() {
        return payload;
    }

    @Override
    public Optional<Json> lastProgress() {
        return Optional.ofNullable(progress);
    }

    @Override
    public void saveProgress(Object checkpoint) {
        requireOpen();
        Json json = Json.of(checkpoint);
        db.jobs().saveProgress(lease(), json);
        progress = json;
    }

    @Override
    public void extend(Duration time) {
        requireOpen();
        // Taken before the server is asked: the server must not be the first to give up.
        long ours = System.nanoTime() + time.toNanos();
        db.jobs().extend(lease(), time);
        deadline = Math.max(deadline, ours);
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void recordUsage(long inputTokens, long outputTokens, BigDecimal costUsd) {
        Usage more = Usage.of(inputTokens, outputTokens, costUsd);
        lock.lock();
        try {
            usage = usage.plus(more);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public <X extends Exception> void complete(Work<X> work) throws X {
        requireOpen();
        // With a retry the transaction's outcome is known even if the connection is lost while it commits.
        db.<Boolean, X>inTransaction(TxOptions.DEFAULT.retry(Retry.times(3)), tx -> {
            Object result = work.run(tx);
            Completion completion = new Completion(lease(), result == null ? null : Json.of(result), usage());
            if (!tx.jobs().completeAll(List.of(completion)).isEmpty()) {
                throw new LeaseLostException(List.of(lease().id()));
            }
            return true;
        });
        end.compareAndSet(End.OPEN, End.COMPLETED);
    }

    @Override
    public void snooze(Duration delay) {
        requireOpen();
        db.jobs().snooze(lease(), delay);
        end.compareAndSet(End.OPEN, End.SNOOZED);
    }

    private void requireOpen() {
        if (end.get() != End.OPEN) {
            throw new LeaseLostException(List.of(job().id()));
        }
    }
}
