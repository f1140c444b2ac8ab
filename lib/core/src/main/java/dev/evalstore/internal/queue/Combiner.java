package dev.evalstore.internal.queue;

import dev.evalstore.DatabaseException;
import dev.evalstore.PoolExhaustedException;
import dev.evalstore.TransientDatabaseException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs the calls of many threads together: one that comes while others are under way waits for their end and goes with all that
 * came meanwhile, in one round trip and one commit. Nobody waits for company, so a lone caller pays nothing, and nobody waits long
 * for others' calls: a round that is held up, by a lock on one of its rows, is not waited for. This is flat
 * combining (Hendler, Incze, Shavit and Tzafrir, 2010), or a database's group commit on the client's side.
 *
 * @param <A> what one call asks
 * @param <R> what it is answered
 */
public final class Combiner<A, R> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Call> waiting = new ArrayDeque<>();
    private final ToIntFunction<A> weight;
    private final int most;
    private final Duration patience;
    private boolean busy;

    /** One thread's call, and what became of it. */
    private final class Call {
        private final A asked;
        private final int weighs;
        private final Condition turned = lock.newCondition();
        private boolean interrupted;
        private boolean leads;
        private boolean isOver;
        private boolean goesAlone;
        private @Nullable R answer;
        private @Nullable Throwable failure;

        Call(A asked) {
            this.asked = asked;
            this.weighs = weight.applyAsInt(asked);
        }

        /** Takes the interrupt off the call's own thread, which gets it back in the end; false if there was none. */
        boolean putOffInterrupt() {
            boolean isNew = Thread.interrupted();
            interrupted |= isNew;
            return isNew;
        }
    }

    /**
     * @param weight how much of a round a call takes
     * @param most what the calls of one round weigh at most together; a call alone may weigh more
     * @param patience how long a round is waited for before the next one begins beside it
     */
    public Combiner(ToIntFunction<A> weight, int most, Duration patience) {
        this.weight = weight;
        this.most = most;
        this.patience = patience;
    }

    /**
     * The answer to one call. An interrupt is for the caller, who gets it back, and not for those whose calls he runs: it does not
     * end the waiting for others, and where it ends a round of several, each of them runs its own call.
     *
     * @param together runs calls in the order in which they came and gives their answers in that order. Where it throws and has
     *     stored nothing, each call may be run once more on its own, by its own thread; what passes for all of them, such as a lost
     *     connection, is thrown to all
     */
    public R call(A asked, Function<List<A>, List<R>> together) {
        Call own = new Call(asked);
        own.putOffInterrupt();
        boolean led;
        try {
            led = run(own, together);
            if (own.goesAlone) {
                return together.apply(List.of(asked)).get(0);
            }
        } finally {
            if (own.interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        Throwable failure = own.failure == null || led ? own.failure : ofItsOwn(own.failure);
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return Objects.requireNonNull(own.answer);
    }

    /** Until another has run the call, which gives false, or it has. */
    private boolean run(Call own, Function<List<A>, List<R>> together) {
        List<Call> round = List.of();
        lock.lock();
        try {
            waiting.add(own);
            own.leads = !busy;
            long left = patience.toNanos();
            while (!own.isOver && round.isEmpty()) {
                // Only the first of those that wait leads: so it is in its own round, and in no other.
                if (waiting.peek() == own && (own.leads || left <= 0)) {
                    round = next();
                    busy = true;
                    continue;
                }
                try {
                    left = own.turned.awaitNanos(left > 0 ? left : patience.toNanos());
                } catch (InterruptedException e) {
                    own.interrupted = true;
                }
            }
        } catch (Throwable e) {
            // Out of memory: nobody may wait for a thread that is gone.
            waiting.remove(own);
            handOver();
            throw e;
        } finally {
            lock.unlock();
        }
        if (round.isEmpty()) {
            return false;
        }
        lead(own, round, together);
        return true;
    }

    private void lead(Call own, List<Call> round, Function<List<A>, List<R>> together) {
        // It may have come together with the turn.
        own.putOffInterrupt();
        try {
            List<R> answers =
                    together.apply(round.stream().map(call -> call.asked).toList());
            for (int i = 0; i < round.size(); i++) {
                round.get(i).answer = answers.get(i);
            }
        } catch (Throwable e) {
            boolean apart = round.size() > 1 && concernsOne(e, own.putOffInterrupt());
            for (Call call : round) {
                call.goesAlone = apart;
                call.failure = e;
            }
        }
        lock.lock();
        try {
            for (Call call : round) {
                call.isOver = true;
                call.turned.signal();
            }
            handOver();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing was stored, and the cause was one of the calls or the interrupt. */
    private static boolean concernsOne(Throwable e, boolean interrupted) {
        return e instanceof TransientDatabaseException passing
                ? interrupted && !passing.outcomeUnknown()
                : e instanceof DatabaseException;
    }

    /** What another thread's failure is to this one, which may add to it without its showing elsewhere. */
    private static Throwable ofItsOwn(Throwable e) {
        if (e instanceof PoolExhaustedException) {
            return new PoolExhaustedException(String.valueOf(e.getMessage()), e);
        }
        if (e instanceof TransientDatabaseException lost) {
            return new TransientDatabaseException(
                    String.valueOf(e.getMessage()), lost.sqlState(), lost.outcomeUnknown(), e);
        }
        if (e instanceof IllegalStateException) {
            return new IllegalStateException(e.getMessage(), e);
        }
        return e instanceof Error
                ? new TransientDatabaseException(
                        "the thread that ran this call with others failed: "
                                + e.getClass().getName(),
                        null,
                        true,
                        e)
                : e;
    }

    /** To the first that waits; the lock is held. */
    private void handOver() {
        Call first = waiting.peek();
        busy = first != null;
        if (first != null) {
            first.leads = true;
            first.turned.signal();
        }
    }

    /** What there is room for, the first in any case; the lock is held. */
    private List<Call> next() {
        List<Call> round = new ArrayList<>();
        int sum = 0;
        for (Call call : waiting) {
            sum += call.weighs;
            if (!round.isEmpty() && sum > most) {
                break;
            }
            round.add(call);
        }
        for (int i = 0; i < round.size(); i++) {
            waiting.remove();
        }
        return round;
    }
}
