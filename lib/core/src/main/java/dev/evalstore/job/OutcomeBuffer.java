package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Foreign;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the endings of many jobs and sends them in batches from one thread: whatever comes in while a batch is under way goes with
 * the next one, so nothing waits for company. While the database is away all endings are kept and sent again; handlers wait when the
 * buffer is full.
 */
final class OutcomeBuffer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final int BATCH = 500;
    private static final Retry PAUSES = Retry.times(100).backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

    /** How often a batch is sent that fails for no reason of the database's. */
    private static final int MAX_UNEXPECTED = 3;

    /** The server cancelled the statement, by its own timeout or for an administrator, and undid it. */
    private static final String CANCELLED = "57014";

    private final Database db;
    private final Predicate<List<Outcome>> takenAlong;
    private final RunnerListener listener;
    private final BlockingQueue<Ending> waiting;
    private final Queue<Returned> returned = new ConcurrentLinkedQueue<>();
    private final Set<Long> unsent = ConcurrentHashMap.newKeySet();
    private final List<Ending> batch = new ArrayList<>(BATCH);
    private volatile boolean closing;
    private volatile long giveUpAt;

    /** Outcomes that the claimer took along and could not store. */
    private record Returned(List<Outcome> outcomes, boolean unknown) {}

    /** @param takenAlong offers outcomes to the claimer; true if it took them, to store them with its next claim */
    OutcomeBuffer(Database db, int capacity, Predicate<List<Outcome>> takenAlong, RunnerListener listener) {
        this.db = db;
        this.takenAlong = takenAlong;
        this.listener = listener;
        this.waiting = new ArrayBlockingQueue<>(capacity);
    }

    /** Waits for room. */
    void put(Ending ending) throws InterruptedException {
        unsent.add(ending.lease().token());
        waiting.put(ending);
    }

    /** Takes the ending if there is room. */
    boolean offer(Ending ending) {
        unsent.add(ending.lease().token());
        boolean taken = waiting.offer(ending);
        if (!taken) {
            unsent.remove(ending.lease().token());
        }
        return taken;
    }

    /** The tokens of the endings that were put here and are not stored yet. */
    Set<Long> unsent() {
        return unsent;
    }

    /** The claimer has stored these. */
    void stored(List<Outcome> outcomes, List<Lease> lost) {
        warn(lost, "end");
        outcomes.forEach(outcome -> unsent.remove(outcome.lease().token()));
    }

    /** The claimer could not store these. */
    void giveBack(List<Outcome> outcomes, boolean unknown) {
        returned.add(new Returned(outcomes, unknown));
    }

    /** Sends the endings that are there, until the deadline, and ends the thread. */
    void close(long deadlineNanos) {
        giveUpAt = deadlineNanos;
        closing = true;
    }

    /** Begins with the batch that was in hand when it failed before. What is not stored at the end is left to the leases. */
    @Override
    public void run() {
        while (true) {
            try {
                while (!batch.isEmpty() || take()) {
                    send();
                    batch.clear();
                }
                break;
            } catch (InterruptedException e) {
                // No interrupt loses endings; they are kept until the runner has closed.
                if (isTooLate()) {
                    break;
                }
            }
        }
        int left = unsent.size();
        if (left > 0) {
            LOG.warn(
                    "the ends of {} jobs could not be stored before closing; the jobs are released or run again", left);
        }
    }

    private boolean isTooLate() {
        return closing && System.nanoTime() - giveUpAt > 0;
    }

    /** False when nothing is there, and nothing comes any more. */
    private boolean take() throws InterruptedException {
        Ending first = null;
        while (first == null) {
            for (Returned back = returned.peek(); back != null; back = returned.peek()) {
                send(back.outcomes(), back.unknown());
                returned.remove();
            }
            first = waiting.poll(20, TimeUnit.MILLISECONDS);
            if (first == null && (isTooLate() || closing && unsent.isEmpty())) {
                return false;
            }
        }
        batch.add(first);
        waiting.drainTo(batch, BATCH - 1);
        return true;
    }

    private void send() throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        List<Lease> cancelled = new ArrayList<>();
        List<Lease> released = new ArrayList<>();
        List<Ending.Snoozed> snoozed = new ArrayList<>();
        for (Ending ending : batch) {
            if (ending instanceof Ending.Ended ended) {
                outcomes.add(ended.outcome());
            } else if (ending instanceof Ending.Cancelled c) {
                cancelled.add(c.lease());
            } else if (ending instanceof Ending.Released r) {
                released.add(r.lease());
            } else if (ending instanceof Ending.Snoozed s) {
                snoozed.add(s);
            }
        }
        if (outcomes.isEmpty() || closing || !takenAlong.test(outcomes)) {
            send(outcomes, false);
        }
        untilSent("be cancelled", cancelled, lease -> lease, false, db.jobs()::confirmCancelled);
        untilSent("be released", released, lease -> lease, false, db.jobs()::releaseAll);
        untilSent("be snoozed", snoozed, Ending.Snoozed::lease, false, this::snooze);
    }

    /** @param unknown whether they may be stored already */
    private void send(List<Outcome> outcomes, boolean unknown) throws InterruptedException {
        List<Completion> completions = new ArrayList<>();
        List<Failure> failures = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Completion completion) {
                completions.add(completion);
            } else if (outcome instanceof Failure failure) {
                failures.add(failure);
            }
        }
        untilSent("complete", completions, Completion::lease, unknown, db.jobs()::completeAll);
        untilSent("fail", failures, Failure::lease, unknown, db.jobs()::failAll);
    }

    private List<Lease> snooze(List<Ending.Snoozed> jobs) {
        List<Lease> lost = new ArrayList<>();
        for (Ending.Snoozed job : jobs) {
            try {
                db.jobs().snooze(job.lease(), job.delay());
            } catch (LeaseLostException e) {
                lost.add(job.lease());
            }
        }
        return lost;
    }

    /** Returns the leases that are no longer held. */
    private interface Store<E> {
        List<Lease> send(List<E> batch);
    }

    private <E> void untilSent(
            String what, List<E> batch, Function<E, Lease> lease, boolean mayBeStored, Store<E> store)
            throws InterruptedException {
        if (!batch.isEmpty()) {
            tryUntilSent(what, batch, lease, mayBeStored, store);
            batch.forEach(one -> unsent.remove(lease.apply(one).token()));
        }
    }

    private <E> void tryUntilSent(
            String what, List<E> batch, Function<E, Lease> lease, boolean mayBeStored, Store<E> store)
            throws InterruptedException {
        boolean unknown = mayBeStored;
        for (int attempt = 1; ; attempt++) {
            try {
                List<Lease> lost = store.send(batch);
                // After an unknown outcome those that were stored the first time are reported as lost the second.
                warn(unknown ? List.of() : lost, what);
                return;
            } catch (DatabaseException e) {
                // Without a code it is the pool's failure, an interrupt or its end perhaps, and of no outcome.
                boolean passes = Thread.interrupted()
                        || e.sqlState() == null
                        || e instanceof TransientDatabaseException
                        || CANCELLED.equals(e.sqlState());
                unknown |= e instanceof TransientDatabaseException t && t.outcomeUnknown();
                leaveIfTooLate();
                if (!passes) {
                    refused(what, batch, lease, store, e);
                    return;
                }
                LOG.debug("outcomes wait for the database [{}]", e.sqlState());
                pause(Math.min(attempt, 10));
            } catch (IllegalStateException e) {
                if (closing) {
                    // The database is closed: nothing can be stored any more.
                    giveUpAt = System.nanoTime() - 1;
                }
                leaveIfTooLate();
                LOG.error("the ends of {} jobs could not be stored; the jobs will run again", batch.size(), e);
                return;
            } catch (Throwable e) {
                boolean interrupted = Thread.interrupted();
                leaveIfTooLate();
                // No failure of a database. It may pass, and if not, may be the fault of one outcome among many.
                if (attempt >= MAX_UNEXPECTED && !interrupted) {
                    refused(what, batch, lease, store, e);
                    return;
                }
                Foreign.warn(LOG, "outcomes are sent again after an unexpected failure", e);
                pause(attempt);
            }
        }
    }

    /** What fails after the end was told says nothing of the outcomes. */
    private void leaveIfTooLate() throws InterruptedException {
        if (isTooLate()) {
            throw new InterruptedException();
        }
    }

    private void pause(int attempt) throws InterruptedException {
        try {
            Thread.sleep(PAUSES.pauseAfter(attempt).toMillis());
        } catch (InterruptedException e) {
            leaveIfTooLate();
        }
    }

    private void warn(List<Lease> lost, String what) {
        if (!lost.isEmpty()) {
            LOG.warn("{} leases were lost before their jobs could {}", lost.size(), what);
            lost.forEach(listener::lost);
        }
    }

    /** A batch cannot be stored for one of its rows: the others are, and that one's job fails with a reason that can be. */
    private <E> void refused(String what, List<E> batch, Function<E, Lease> lease, Store<E> store, Throwable e)
            throws InterruptedException {
        if (batch.size() > 1) {
            for (E one : batch) {
                untilSent(what, List.of(one), lease, false, store);
            }
        } else if (batch.get(0) instanceof Outcome outcome && (e instanceof DatabaseException || !closing)) {
            Foreign.warn(LOG, "the outcome of a job could not be stored; the job fails", e);
            // Only the library's own exceptions are known to quote no value.
            String why = e instanceof DatabaseException
                    ? e.getMessage()
                    : e.getClass().getName();
            Failure failure = Failure.of(outcome.lease(), "its outcome could not be stored: " + why);
            Store<Lease> instead = any -> db.jobs().failAll(List.of(failure));
            tryUntilSent("fail", List.of(outcome.lease()), any -> any, false, instead);
        } else {
            Foreign.warn(LOG, "a job could not " + what + "; it will run again when its lease ends", e);
        }
    }
}
