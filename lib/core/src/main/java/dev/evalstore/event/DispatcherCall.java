package dev.evalstore.event;

import dev.evalstore.Database;
import dev.evalstore.LeaseLostException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** One call of the host's code, for one event or a batch. */
final class DispatcherCall implements EventContext, EventBatch {
    private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);
    private static final int ATTEMPTS = 3;

    private final Database db;
    private final EventLease lease;
    private final List<DomainEvent> events;
    private final int attempt;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private final long startedNanos = System.nanoTime();
    private @Nullable Thread thread;
    private volatile boolean cancelled;
    private volatile boolean joined;
    private volatile boolean disabled;

    /** What the call has come to. */
    private enum State {
        /** The handler runs. */
        OPEN,
        /** A transaction that delivers the events is under way. */
        COMPLETING,
        /** The handler delivered the events itself. */
        COMPLETED,
        /** Whether the handler delivered the events itself, only the server knows. */
        UNKNOWN,
        /** The handler has ended. */
        ENDED,
        /** What the handler does next does not count. */
        ABANDONED
    }

    DispatcherCall(Database db, EventLease lease, List<DomainEvent> events, int attempt) {
        this.db = db;
        this.lease = lease;
        this.events = events;
        this.attempt = attempt;
    }

    /**
     * Calls the host's code, on the calling thread. Nothing that it throws gets out.
     *
     * @return what it threw, or null
     */
    @Nullable
    Throwable run(DispatcherTarget.Delivery delivery) {
        enter();
        String before = nameEvent();
        try {
            delivery.deliver(this);
            return null;
        } catch (Throwable e) {
            if (isCompleted()) {
                Foreign.warn(
                        LOG, "the handler of " + lease.subscription() + " failed after it had delivered its event", e);
            }
            return e;
        } finally {
            leave();
            unnameEvent(before);
        }
    }

    /** A call may be cancelled before it has a thread. */
    private void enter() {
        lock.lock();
        try {
            thread = Thread.currentThread();
            if (cancelled) {
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** No interrupt that was meant for the handler may hit what the thread does next. */
    private void leave() {
        lock.lock();
        try {
            thread = null;
            Thread.interrupted();
        } finally {
            lock.unlock();
        }
    }

    /** Puts the event's id where the host's loggers find it, and returns what was there. */
    private @Nullable String nameEvent() {
        if (events.size() > 1) {
            return null;
        }
        try {
            String before = MDC.get(EventDispatcher.MDC_EVENT);
            MDC.put(EventDispatcher.MDC_EVENT, event().id().toString());
            return before;
        } catch (Throwable e) {
            Foreign.warn(LOG, "the event's id could not be put in the MDC", e);
            return null;
        }
    }

    private void unnameEvent(@Nullable String before) {
        if (events.size() == 1) {
            Foreign.run(LOG, "restoring the MDC", () -> {
                if (before == null) {
                    MDC.remove(EventDispatcher.MDC_EVENT);
                } else {
                    MDC.put(EventDispatcher.MDC_EVENT, before);
                }
            });
        }
    }

    /** Interrupts the handler. */
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

    /** Gives up on the handler; true for the first call before it has ended. */
    boolean abandon() {
        State before = state.getAndUpdate(now -> now == State.OPEN || now == State.COMPLETING ? State.ABANDONED : now);
        cancel();
        return before == State.OPEN || before == State.COMPLETING;
    }

    /** The handler has ended; false if it was given up before. */
    boolean end() {
        state.compareAndSet(State.OPEN, State.ENDED);
        return state.get() != State.ABANDONED;
    }

    /** Whether the handler delivered the events itself. */
    boolean isCompleted() {
        return state.get() == State.COMPLETED;
    }

    /** Whether only the server knows how far the cursor is: the commit's answer was lost, or the host may yet roll it back. */
    boolean isUncertain() {
        return joined || state.get() == State.UNKNOWN;
    }

    /** Whether the receiver wants no more events. */
    boolean isDisabled() {
        return disabled;
    }

    long nanos() {
        return System.nanoTime() - startedNanos;
    }

    boolean isOverdue(DispatcherTarget target) {
        return target.timeout() != null && nanos() > TimeUnit.NANOSECONDS.convert(target.timeout());
    }

    /** The last event's position. */
    long position() {
        return events.get(events.size() - 1).position();
    }

    @Override
    public DomainEvent event() {
        return events.get(0);
    }

    @Override
    public List<DomainEvent> events() {
        return events;
    }

    @Override
    public EventLease lease() {
        return lease;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public <X extends Exception> void complete(Work<X> work) throws X {
        if (!state.compareAndSet(State.OPEN, State.COMPLETING)) {
            if (state.get() == State.ABANDONED) {
                throw EventLeases.lost(lease);
            }
            throw new IllegalStateException("the event is delivered already, or may be");
        }
        State after = State.OPEN;
        joined = jdbc().joinsHost();
        try {
            commit(work, joined ? 1 : ATTEMPTS);
            after = State.COMPLETED;
        } catch (TransientDatabaseException e) {
            after = e.outcomeUnknown() ? State.UNKNOWN : State.OPEN;
            throw e;
        } finally {
            state.compareAndSet(State.COMPLETING, after);
        }
    }

    /** Without the library's own retry, which asks for the transaction's id: what became of the commit, the cursor says. */
    private <X extends Exception> void commit(Work<X> work, int attempts) throws X {
        for (int left = attempts; ; left--) {
            try {
                db.<X>useTransaction(tx -> {
                    work.run(tx);
                    EventLeases.advance(tx.events().jdbc(), lease, position());
                });
                return;
            } catch (TransientDatabaseException e) {
                if (e.outcomeUnknown() || left == 1 || cancelled) {
                    throw e;
                }
            }
        }
    }

    private Jdbc jdbc() {
        return db.events().jdbc();
    }

    String jobType() {
        return EventLeases.jobType(jdbc(), lease).orElseThrow(() -> EventLeases.lost(lease));
    }

    WebhookTarget webhook() {
        return EventLeases.webhook(jdbc(), lease).orElseThrow(() -> EventLeases.lost(lease));
    }

    /** The receiver wants no more events: nothing is delivered any more, and the lease ends. */
    void disable() throws LeaseLostException {
        EventLeases.disable(jdbc(), lease, DisabledReason.GONE);
        disabled = true;
    }
}
