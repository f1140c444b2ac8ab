package dev.evalstore.event;

import dev.evalstore.LeaseLostException;
import dev.evalstore.event.EventDispatcher.Settings;
import dev.evalstore.internal.ErrorText;
import dev.evalstore.internal.LoopThreads;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the events of one subscription under one lease, on one thread, until there are none, one has to wait, or the lease is lost.
 * Other threads may give it up.
 */
final class DispatcherRun implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);

    /** Where handlers are slow, a crash repeats what they did in this time. */
    private static final long MOVE_EVERY = TimeUnit.SECONDS.toNanos(1);

    /** A subscription that shares its place with others gives it up after this time. */
    private static final long SHARE = TimeUnit.SECONDS.toNanos(1);

    private final Settings settings;
    private final Jdbc jdbc;
    private final EventLease lease;
    private final DispatcherTarget target;
    private final DispatcherProgress progress;
    private final DispatcherFailures failures;
    private final BiConsumer<DispatcherRun, Boolean> onEnd;
    private final long startedNanos = System.nanoTime();
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private volatile @Nullable DispatcherCall call;
    private volatile long extendedNanos;
    private volatile boolean stopping;

    private enum State {
        OPEN,
        ENDED,
        LOST,
        /** Another thread ends it, whatever the handler does. */
        GIVEN_UP
    }

    /**
     * @param claimedNanos a time before the server was asked for the lease: this process must give up before the server does
     * @param careful up to where the events of subscriptions are delivered one by one, since a batch has failed
     * @param onEnd called once, and told whether there may be more to deliver at once; otherwise something is wrong
     */
    DispatcherRun(
            Settings settings,
            EventLease lease,
            long claimedNanos,
            DispatcherTarget target,
            Map<UUID, Long> careful,
            BiConsumer<DispatcherRun, Boolean> onEnd) {
        this.settings = settings;
        this.jdbc = settings.jdbc();
        this.lease = lease;
        this.extendedNanos = claimedNanos;
        this.target = target;
        this.progress = new DispatcherProgress(settings, lease, target.isWhole(), careful);
        this.failures = new DispatcherFailures(settings, lease);
        this.onEnd = onEnd;
    }

    EventLease lease() {
        return lease;
    }

    boolean isHandling() {
        return state.get() == State.OPEN && call != null;
    }

    /** When the lease was last known to be held, by this process's clock. */
    long extendedNanos() {
        return extendedNanos;
    }

    void extended(long nanos) {
        extendedNanos = nanos;
    }

    void stop() {
        stopping = true;
    }

    /** Tells the handler to end; from now on only a success counts. */
    void cancel() {
        stopping = true;
        DispatcherCall running = call;
        if (running != null) {
            running.cancel();
        }
    }

    @Override
    public void run() {
        boolean well = false;
        Turn last = Turn.WAIT;
        try {
            settings.listener().claimed(lease);
            last = deliver();
            well = true;
        } catch (LeaseLostException e) {
            lose();
        } catch (Throwable e) {
            LOG.warn("the events of {} could not be delivered: {}", lease.subscription(), ErrorText.of(e));
        }
        if (last != Turn.ABANDONED && state.compareAndSet(State.OPEN, State.ENDED)) {
            end(last == Turn.WAIT, well);
        }
    }

    private void end(boolean isHeld, boolean well) {
        try {
            if (isHeld) {
                EventLeases.release(jdbc, lease);
            }
        } catch (Throwable e) {
            LOG.debug("the lease of {} was not released: {}", lease.subscription(), ErrorText.of(e));
        }
        settings.listener().released(lease);
        onEnd.accept(this, well);
    }

    /** Whether the next event may be delivered. */
    private boolean goesOn() {
        return state.get() == State.OPEN
                && !stopping
                && !isLate(System.nanoTime())
                && (target.timeout() != null || System.nanoTime() - startedNanos < SHARE);
    }

    private boolean isLate(long now) {
        return now - extendedNanos > settings.lease().toNanos();
    }

    private Turn deliver() {
        while (goesOn()) {
            LeasedEvents next = EventLeases.read(jdbc, lease, progress.limit());
            if (next.events().isEmpty() && next.more()) {
                continue;
            }
            Turn turn = next.events().isEmpty() ? Turn.WAIT : deliver(next);
            if (turn != Turn.AGAIN) {
                return turn;
            }
        }
        return Turn.WAIT;
    }

    private enum Turn {
        /** There may be more. */
        AGAIN,
        /** There is nothing more for now, and the lease is held. */
        WAIT,
        /** The lease has ended. */
        ENDED,
        /** The thread that gave up on the call ends the run too. */
        ABANDONED
    }

    private Turn deliver(LeasedEvents next) {
        List<DomainEvent> events = next.events();
        int size = target.isWhole() ? events.size() : 1;
        progress.beginBatch();
        long moveAt = System.nanoTime() + MOVE_EVERY;
        for (int i = 0; i < events.size(); i += size) {
            if (!goesOn()) {
                progress.move(jdbc);
                return Turn.WAIT;
            }
            List<DomainEvent> some = size == 1 ? List.of(events.get(i)) : events;
            Turn turn = call(new DispatcherCall(settings.db(), lease, some, progress.attempt(some)));
            if (turn != null) {
                return turn;
            }
            if (target.movesEach() || System.nanoTime() - moveAt > 0) {
                progress.move(jdbc);
                moveAt = System.nanoTime() + MOVE_EVERY;
            }
        }
        if (next.more()) {
            progress.move(jdbc, next.upTo());
            return Turn.AGAIN;
        }
        if (progress.hasMoved(next.upTo())) {
            return Turn.WAIT;
        }
        EventLeases.acknowledge(jdbc, lease, next.upTo());
        return Turn.ENDED;
    }

    /** @return null if the events are delivered */
    private @Nullable Turn call(DispatcherCall next) {
        call = next;
        Throwable failure = next.run(target.delivery());
        call = null;
        if (!next.end()) {
            return Turn.ABANDONED;
        }
        if (next.isUncertain()) {
            progress.move(jdbc);
            return Turn.WAIT;
        }
        if (failure != null && !next.isCompleted()) {
            return failed(next, failure);
        }
        progress.delivered(next);
        settings.listener().delivered(next);
        return null;
    }

    private Turn failed(DispatcherCall failed, Throwable e) {
        if (failed.isDisabled()) {
            LOG.warn("{} is disabled: its receiver wants no more events", lease.subscription());
            return Turn.ENDED;
        }
        if (e instanceof LeaseLostException lost && lost.ids().contains(lease.subscriptionId())) {
            throw lost;
        }
        progress.move(jdbc);
        if (stopping && failed.isCancelled()) {
            return Turn.WAIT;
        }
        if (failed.events().size() > 1) {
            progress.beCareful(failed);
            LOG.debug("a batch of {} failed; its events come one by one: {}", lease.subscription(), ErrorText.of(e));
            return Turn.AGAIN;
        }
        EventFailure result = failures.store(jdbc, failed, e);
        progress.settled();
        failures.tell(failed, result, e);
        return switch (result.decision()) {
            case PARKED, SKIPPED -> Turn.AGAIN;
            case RETRY -> Turn.WAIT;
            case STOPPED -> Turn.ENDED;
        };
    }

    /** Another has the lease by now, or nobody must have it. */
    void lose() {
        if (state.compareAndSet(State.OPEN, State.LOST)) {
            abandonCall();
            LOG.warn("the lease of {} is lost", lease.subscription());
            settings.listener().lost(lease);
            onEnd.accept(this, true);
        }
    }

    private void abandonCall() {
        DispatcherCall running = call;
        if (running != null) {
            running.abandon();
        }
    }

    /** Gives up on a handler whose time is up, or whose lease was not extended in time. */
    void watch(long now) {
        DispatcherCall running = call;
        if (running == null || state.get() != State.OPEN) {
            return;
        }
        if (isLate(now)) {
            lose();
        } else if (running.isOverdue(target) && running.abandon() && state.compareAndSet(State.OPEN, State.GIVEN_UP)) {
            LOG.warn("the handler of {} ran past its time and was given up", lease.subscription());
            LoopThreads.named(settings.owner() + "-given-up")
                    .newThread(() -> settle(running))
                    .start();
        }
    }

    /** Stores what is delivered and gives the subscription back, whatever the handler still does. */
    void giveUp() {
        if (state.compareAndSet(State.OPEN, State.GIVEN_UP)) {
            abandonCall();
            settle(null);
        }
    }

    private void settle(@Nullable DispatcherCall overdue) {
        try {
            failures.settle(jdbc, progress, overdue);
        } catch (Throwable e) {
            LOG.debug("{} could not be given back: {}", lease.subscription(), ErrorText.of(e));
        }
        settings.listener().released(lease);
        onEnd.accept(this, true);
    }
}
