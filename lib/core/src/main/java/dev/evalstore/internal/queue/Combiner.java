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
 * Runs concurrent calls of many threads together. A call that comes while a round is under way waits for its end, and goes with all
 * calls that came meanwhile: in one round trip and one commit. No call waits for company, so a lone caller pays nothing. No call
 * waits long for others either: a round that is held up, by a lock on one of its rows, is passed by. This is flat combining
 * (Hendler, Incze, Shavit and Tzafrir, 2010), or a database's group commit on the client's side.
 *
 * @param <A> the arguments of one call
 * @param <R> its answer
 */
public final class Combiner<A, R> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Call> waiting = new ArrayDeque<>();
    private final ToIntFunction<A> weight;
    private final int maxWeight;
    private final Duration maxWait;
    private boolean busy;

    /** One thread's call and its answer. */
    private final class Call {
        private final A arguments;
        private final int weighs;
        private final Condition changed = lock.newCondition();
        private boolean interrupted;
        private boolean leads;
        private boolean isOver;
        private boolean goesAlone;
        private @Nullable R answer;
        private @Nullable Throwable failure;

        Call(A arguments) {
            this.arguments = arguments;
            this.weighs = weight.applyAsInt(arguments);
        }

        /** Clears the thread's interrupt, which is restored when the call ends; false if there was none. */
        boolean deferInterrupt() {
            boolean isNew = Thread.interrupted();
            interrupted |= isNew;
            return isNew;
        }
    }

    /**
     * @param weight how much of a round a call takes
     * @param maxWeight what the calls of one round weigh together at most; a single call may weigh more
     * @param maxWait how long a call waits for a round under way before it begins the next one beside it
     */
    public Combiner(ToIntFunction<A> weight, int maxWeight, Duration maxWait) {
        this.weight = weight;
        this.maxWeight = maxWeight;
        this.maxWait = maxWait;
    }

    /**
     * Runs one call and returns its answer. Interrupting a thread affects its own call alone. An interrupt does not end the waiting
     * for others; where it ends a round of several calls, their threads run them again, each its own.
     *
     * @param together runs calls in the order in which they came, and returns their answers in that order. Where it throws and has
     *     stored nothing, each call may be run once more, alone, by its own thread. A failure that is all calls' own, such as a lost
     *     connection, is thrown to all
     */
    public R call(A arguments, Function<List<A>, List<R>> together) {
        Call own = new Call(arguments);
        own.deferInterrupt();
        boolean led;
        try {
            led = run(own, together);
            if (own.goesAlone) {
                return together.apply(List.of(arguments)).get(0);
            }
        } finally {
            if (own.interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        Throwable failure = own.failure == null || led ? own.failure : copyOf(own.failure);
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return Objects.requireNonNull(own.answer);
    }

    /** Waits until another thread has run the call, and returns false; or runs it with the others that wait, and returns true. */
    private boolean run(Call own, Function<List<A>, List<R>> together) {
        List<Call> round = List.of();
        lock.lock();
        try {
            waiting.add(own);
            own.leads = !busy;
            long left = maxWait.toNanos();
            while (!own.isOver && round.isEmpty()) {
                // Only the first of those that wait leads: so its call is in its own round, and in no other.
                if (waiting.peek() == own && (own.leads || left <= 0)) {
                    round = next();
                    busy = true;
                    continue;
                }
                try {
                    left = own.changed.awaitNanos(left > 0 ? left : maxWait.toNanos());
                } catch (InterruptedException e) {
                    own.interrupted = true;
                }
            }
        } catch (Throwable e) {
            // Out of memory: no thread may wait for one that has ended.
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
        // An interrupt may have come together with the turn.
        own.deferInterrupt();
        try {
            List<R> answers =
                    together.apply(round.stream().map(call -> call.arguments).toList());
            for (int i = 0; i < round.size(); i++) {
                round.get(i).answer = answers.get(i);
            }
        } catch (Throwable e) {
            boolean apart = round.size() > 1 && concernsOne(e, own.deferInterrupt());
            for (Call call : round) {
                call.goesAlone = apart;
                call.failure = e;
            }
        }
        lock.lock();
        try {
            for (Call call : round) {
                call.isOver = true;
                call.changed.signal();
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
                // An argument that cannot be written is refused before anything is sent.
                : e instanceof DatabaseException || e instanceof IllegalArgumentException;
    }

    /** Another thread's failure as an exception of this thread's own: a caller may add to it, which must not show elsewhere. */
    private static Throwable copyOf(Throwable e) {
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

    /** Lets the first call that waits lead; the lock is held. */
    private void handOver() {
        Call first = waiting.peek();
        busy = first != null;
        if (first != null) {
            first.leads = true;
            first.changed.signal();
        }
    }

    /** Takes the next round from those that wait, the first one in any case; the lock is held. */
    private List<Call> next() {
        List<Call> round = new ArrayList<>();
        int sum = 0;
        for (Call call : waiting) {
            sum += call.weighs;
            if (!round.isEmpty() && sum > maxWeight) {
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
