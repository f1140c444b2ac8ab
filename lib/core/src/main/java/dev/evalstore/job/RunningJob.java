package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.Retry;
import dev.evalstore.TxOptions;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.JsonMappings;
import dev.evalstore.job.JobRunner.Handler;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
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
        /** Its time was up; what the handler does next does not count. */
        TIMED_OUT,
        /** Its worker was declared dead; what the handler does next does not count. */
        LOST,
        /** The runner closed; what the handler does next does not count. */
        RELEASED
    }

    private final Database db;
    private final ClaimedJob claimed;
    private final long acceptedNanos;
    private final Handler<P> handler;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicReference<End> end = new AtomicReference<>(End.OPEN);
    private volatile boolean cancelled;
    /** The job was ended in a transaction of the host. */
    private volatile boolean joined;

    private volatile long deadline;
    private volatile @Nullable Json progress;
    private @Nullable P payload;
    private Usage usage = Usage.NONE;
    private @Nullable Thread thread;
    private Runnable onAbandon = () -> {};

    RunningJob(Database db, JobClaims.Held held, Handler<P> handler, long acceptedNanos) {
        this.db = db;
        this.claimed = held.claimed();
        this.acceptedNanos = acceptedNanos;
        this.handler = handler;
        this.progress = claimed.job().progress();
        this.deadline = acceptedNanos + held.left().toNanos();
    }

    /** A job that was claimed by hand, with the whole of its time. */
    static <P> RunningJob<P> of(Database db, ClaimedJob claimed, Handler<P> handler) {
        return new RunningJob<>(db, new JobClaims.Held(claimed, claimed.job().timeout()), handler, System.nanoTime());
    }

    ClaimedJob claimed() {
        return claimed;
    }

    /** When the server was asked for the job, by this process's clock. */
    long acceptedNanos() {
        return acceptedNanos;
    }

    /** Begins on the calling thread; false if the job has been abandoned before. */
    boolean begin() {
        lock.lock();
        try {
            if (end.get() != End.OPEN) {
                return false;
            }
            thread = Thread.currentThread();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads the payload, by the constructors of the host's classes.
     *
     * @throws IllegalArgumentException if it does not fit
     */
    @SuppressWarnings("unchecked")
    void readPayload() {
        payload = (P) JsonMappings.read(db.jobs().jsonMapping(), claimed.job().payload(), handler.payload());
    }

    /** Runs the handler; null after it has completed or snoozed the job itself. */
    @Nullable
    Json handle() throws Exception {
        Object result;
        try {
            result = handler.handler().run(this);
        } catch (Throwable e) {
            if (joined) {
                // The host may have rolled back what ended the job; if it has committed, the lease is gone.
                end.compareAndSet(End.COMPLETED, End.OPEN);
                end.compareAndSet(End.SNOOZED, End.OPEN);
            }
            throw e;
        }
        return result == null || end.get() != End.OPEN
                ? null
                : Json.of(result, db.jobs().jsonMapping());
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
    boolean abandon(End why) {
        boolean first = end.compareAndSet(End.OPEN, why);
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
        return Objects.requireNonNull(payload);
    }

    @Override
    public Optional<Json> lastProgress() {
        return Optional.ofNullable(progress);
    }

    @Override
    public void saveProgress(Object checkpoint) {
        requireOpen();
        Json json = Json.of(checkpoint, db.jobs().jsonMapping());
        db.jobs().saveProgress(lease(), json);
        progress = json;
    }

    @Override
    public void extend(Duration time) {
        requireOpen();
        Check.atMost("time", Check.positive("time", time), Check.MAX_ATTEMPT);
        // Taken before the server is asked: the server must not be the first to give up.
        long ours = System.nanoTime() + time.toNanos();
        // At once, whatever the host is in: others requeue the job when the deadline that they see is over.
        db.apart().jobs().extend(lease(), time);
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
    public <X extends Exception> @Nullable Object complete(Work<X> work) throws X {
        requireOpen();
        joined = db.jobs().joinsHost();
        // With a retry the transaction's outcome is known even if the connection is lost while it commits.
        Optional<Object> result = db.<Optional<Object>, X>inTransaction(TxOptions.DEFAULT.retry(Retry.times(3)), tx -> {
            Optional<Object> made = Optional.ofNullable(work.run(tx));
            Json json =
                    made.map(value -> Json.of(value, db.jobs().jsonMapping())).orElse(null);
            if (!tx.jobs()
                    .completeAll(List.of(new Completion(lease(), json, usage())))
                    .isEmpty()) {
                throw new LeaseLostException(List.of(lease().id()));
            }
            return made;
        });
        end.compareAndSet(End.OPEN, End.COMPLETED);
        return result.orElse(null);
    }

    @Override
    public @Nullable Object snooze(Duration delay) {
        requireOpen();
        joined = db.jobs().joinsHost();
        db.jobs().snooze(lease(), delay);
        end.compareAndSet(End.OPEN, End.SNOOZED);
        return null;
    }

    private void requireOpen() {
        if (end.get() != End.OPEN) {
            throw new LeaseLostException(List.of(job().id()));
        }
    }
}
