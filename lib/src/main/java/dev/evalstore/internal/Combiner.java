package dev.evalstore.internal;

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
        private final Condition turned = lock.newCondition();
        private boolean leads;
        private boolean isOver;
        private @Nullable R answer;
        private @Nullable Throwable failure;

        Call(A asked) {
            this.asked = asked;
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
     * The answer to one call.
     *
     * @param together runs calls in the order in which they came and gives their answers in that order. What it throws, it throws to
     *     all of them
     */
    public R call(A asked, Function<List<A>, List<R>> together) {
        Call own = new Call(asked);
        // An interrupt is for the caller, who gets it back, and not for those whose calls he runs.
        boolean interrupted = Thread.interrupted();
        try {
            interrupted |= run(own, together);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        if (own.failure instanceof RuntimeException failure) {
            throw failure;
        }
        if (own.failure instanceof Error error) {
            throw error;
        }
        return Objects.requireNonNull(own.answer);
    }

    /** Until another has run the call, or it has: tells whether an interrupt came while it waited. */
    private boolean run(Call own, Function<List<A>, List<R>> together) {
        boolean interrupted = false;
        List<Call> round = List.of();
        lock.lock();
        try {
            waiting.add(own);
            own.leads = !busy;
            long left = patience.toNanos();
            while (!own.isOver && round.isEmpty()) {
                // Only the first of those that wait leads: so it is in its own round, and in no other.
                if (waiting.peek() == own && (own.leads || left <= 0)) {
                    busy = true;
                    round = next();
                    continue;
                }
                try {
                    left = own.turned.awaitNanos(left > 0 ? left : patience.toNanos());
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
        }
        if (!round.isEmpty()) {
            lead(round, together);
        }
        return interrupted;
    }

    private void lead(List<Call> round, Function<List<A>, List<R>> together) {
        try {
            List<R> answers =
                    together.apply(round.stream().map(call -> call.asked).toList());
            for (int i = 0; i < round.size(); i++) {
                round.get(i).answer = answers.get(i);
            }
        } catch (Throwable e) {
            round.forEach(call -> call.failure = e);
        }
        lock.lock();
        try {
            round.forEach(call -> {
                call.isOver = true;
                call.turned.signal();
            });
            Call first = waiting.peek();
            busy = first != null;
            if (first != null) {
                first.leads = true;
                first.turned.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What there is room for, the first in any case; the lock is held. */
    private List<Call> next() {
        List<Call> round = new ArrayList<>();
        int sum = 0;
        for (Call call = waiting.peek(); call != null; call = waiting.peek()) {
            sum += weight.applyAsInt(call.asked);
            if (!round.isEmpty() && sum > most) {
                break;
            }
            round.add(waiting.remove());
        }
        return round;
    }
}
