package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.Retry;
import dev.evalstore.TransientDatabaseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the outcomes of many handlers and sends them in batches from one thread: what comes in while a batch is under way goes
 * with the next, so nothing waits for company. While the database is away everything is kept and tried again; the handlers
 * wait when the buffer is full.
 */
final class OutcomeBuffer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final int BATCH = 500;
    private static final Retry PAUSES = Retry.times(100).backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

    /** So often something is sent that fails for no reason of the database's. */
    private static final int UNEXPECTED = 3;

    /** The server gave up the statement, by its own timeout or at an administrator's word, and undid it. */
    private static final String CANCELLED = "57014";

    private final Database db;
    private final BlockingQueue<Outcome> waiting;
    private final Set<Long> unsent = ConcurrentHashMap.newKeySet();
    private final List<Outcome> batch = new ArrayList<>(BATCH);
    private volatile boolean closing;
    private volatile long giveUpAt = Long.MAX_VALUE;

    /** One of the ways to leave a job. */
    sealed interface Outcome {
        /** Of the attempt that ends. */
        Lease lease();

        /** With success. */
        record Completed(Completion completion) implements Outcome {
            @Override
            public Lease lease() {
                return completion.lease();
            }
        }

        /** With an error. */
        record Failed(Failure failure) implements Outcome {
            @Override
            public Lease lease() {
                return failure.lease();
            }
        }

        /** Called off. */
        record Cancelled(Lease lease) implements Outcome {}

        /** Not begun, for others to run. */
        record GivenBack(Lease lease) implements Outcome {}

        /** Not begun, for later. */
        record PutOff(Lease lease, Duration delay) implements Outcome {}
    }

    OutcomeBuffer(Database db, int capacity) {
        this.db = db;
        this.waiting = new ArrayBlockingQueue<>(capacity);
    }

    /** Waits for room. */
    void put(Outcome outcome) throws InterruptedException {
        unsent.add(outcome.lease().token());
        waiting.put(outcome);
    }

    /** Takes it if there is room. */
    boolean offer(Outcome outcome) {
        unsent.add(outcome.lease().token());
        boolean taken = waiting.offer(outcome);
        if (!taken) {
            unsent.remove(outcome.lease().token());
        }
        return taken;
    }

    /** The tokens of what was put here and is not stored yet. */
    Set<Long> unsent() {
        return unsent;
    }

    /** Sends what is there, until the deadline, and ends the thread. */
    void close(long deadlineNanos) {
        giveUpAt = deadlineNanos;
        closing = true;
    }

    /** Begins with what it had in hand when it failed before. */
    @Override
    public void run() {
        try {
            while (!batch.isEmpty() || take()) {
                send();
                batch.forEach(outcome -> unsent.remove(outcome.lease().token()));
                batch.clear();
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but a JVM that goes down: what is held then comes back by its lease.
        }
    }

    /** False when there is nothing, and nothing comes any more. */
    private boolean take() throws InterruptedException {
        Outcome first = null;
        while (first == null) {
            first = waiting.poll(20, TimeUnit.MILLISECONDS);
            if (first == null && closing) {
                return false;
            }
        }
        batch.add(first);
        waiting.drainTo(batch, BATCH - 1);
        return true;
    }

    private void send() throws InterruptedException {
        List<Completion> completed = new ArrayList<>();
        List<Failure> failed = new ArrayList<>();
        List<Lease> cancelled = new ArrayList<>();
        List<Lease> givenBack = new ArrayList<>();
        List<Outcome.PutOff> putOff = new ArrayList<>();
        for (Outcome outcome : batch) {
            if (outcome instanceof Outcome.Completed c) {
                completed.add(c.completion());
            } else if (outcome instanceof Outcome.Failed f) {
                failed.add(f.failure());
            } else if (outcome instanceof Outcome.Cancelled c) {
                cancelled.add(c.lease());
            } else if (outcome instanceof Outcome.GivenBack g) {
                givenBack.add(g.lease());
            } else if (outcome instanceof Outcome.PutOff p) {
                putOff.add(p);
            }
        }
        untilSent("complete", completed, Completion::lease, db.jobs()::completeAll);
        untilSent("fail", failed, Failure::lease, db.jobs()::failAll);
        untilSent("be cancelled", cancelled, lease -> lease, db.jobs()::confirmCancelled);
        untilSent("be given back", givenBack, lease -> lease, db.jobs()::releaseAll);
        untilSent("be put off", putOff, Outcome.PutOff::lease, this::putOff);
    }

    private List<Lease> putOff(List<Outcome.PutOff> jobs) {
        List<Lease> lost = new ArrayList<>();
        for (Outcome.PutOff job : jobs) {
            try {
                db.jobs().snooze(job.lease(), job.delay());
            } catch (LeaseLostException e) {
                lost.add(job.lease());
            }
        }
        return lost;
    }

    /** Gives the leases that are no longer held. */
    private interface Store<E> {
        List<Lease> send(List<E> batch);
    }

    private <E> void untilSent(String what, List<E> batch, Function<E, Lease> lease, Store<E> store)
            throws InterruptedException {
        if (batch.isEmpty()) {
            return;
        }
        boolean unknown = false;
        for (int attempt = 1; ; attempt++) {
            try {
                List<Lease> lost = store.send(batch);
                // After an unknown outcome those that were stored the first time are told as lost the second.
                if (!lost.isEmpty() && !unknown) {
                    LOG.warn("{} leases were lost before their jobs could {}", lost.size(), what);
                }
                return;
            } catch (DatabaseException e) {
                boolean passes = e instanceof TransientDatabaseException || CANCELLED.equals(e.sqlState());
                unknown |= e instanceof TransientDatabaseException t && t.outcomeUnknown();
                if (!passes) {
                    refused(what, batch, lease, store, e);
                    return;
                }
                if (System.nanoTime() - giveUpAt > 0) {
                    LOG.warn("outcomes could not be stored before closing; their jobs will run again");
                    return;
                }
                LOG.debug("outcomes wait for the database [{}]", e.sqlState());
                Thread.sleep(PAUSES.pauseAfter(Math.min(attempt, 10)).toMillis());
            } catch (IllegalStateException e) {
                LOG.error("outcomes could not be stored; their jobs will run again when their leases end", e);
                return;
            } catch (RuntimeException | Error e) {
                // Nothing that a database does. It may pass, and if not, may be the fault of one outcome among many.
                if (attempt == UNEXPECTED) {
                    refused(what, batch, lease, store, e);
                    return;
                }
                LOG.warn("outcomes are sent again after an unexpected failure", e);
                Thread.sleep(PAUSES.pauseAfter(attempt).toMillis());
            }
        }
    }

    /** A batch cannot be stored for one of its rows: the others are, and that one's job fails instead of completing. */
    private <E> void refused(String what, List<E> batch, Function<E, Lease> lease, Store<E> store, Throwable e)
            throws InterruptedException {
        if (batch.size() > 1) {
            for (E one : batch) {
                untilSent(what, List.of(one), lease, store);
            }
        } else if (batch.get(0) instanceof Completion) {
            LOG.error("the outcome of a job could not be stored; the job fails", e);
            // Only our own exceptions are known to quote no value.
            String why = e instanceof DatabaseException
                    ? e.getMessage()
                    : e.getClass().getName();
            Failure failure = Failure.of(lease.apply(batch.get(0)), "its outcome could not be stored: " + why);
            untilSent("fail", List.of(failure), Failure::lease, db.jobs()::failAll);
        } else {
            LOG.error("the outcome of a job could not be stored; it will run again when its lease ends", e);
        }
    }
}
