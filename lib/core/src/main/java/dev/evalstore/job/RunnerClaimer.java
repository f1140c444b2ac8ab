package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.internal.Foreign;
import dev.evalstore.job.JobRunner.Settings;
import dev.evalstore.worker.Worker;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a runner's free slots. No other thread claims for the registration. So a job that the registration holds and the runner does
 * not know was given to a claim whose answer was lost.
 */
final class RunnerClaimer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    /**
     * How often the claimer looks for the jobs of a lost claim: at once, behind the gate at which the claim may wait, and again in
     * each third of the time to live, in case the network delivered the claim after the look.
     */
    private static final int LOOKS = 3;

    /** How long offered outcomes wait for an idle claimer to wake up. */
    private static final long OFFER_MILLIS = 2;

    private final Settings settings;
    private final Database db;
    private final RunnerHeartbeat heartbeat;
    private final RunnerSlots slots;
    private final OutcomeBuffer outcomes;
    private final Semaphore wake;
    private final AtomicReference<@Nullable List<Outcome>> offered = new AtomicReference<>();
    private final Semaphore taken = new Semaphore(0);
    private volatile boolean stopping;
    private volatile boolean idle;
    private int looksLeft;
    private long nextLook;
    private long claimNanos = TimeUnit.MILLISECONDS.toNanos(1);

    /** @param wake what it waits for when there is nothing to do */
    RunnerClaimer(
            Settings settings, RunnerHeartbeat heartbeat, RunnerSlots slots, OutcomeBuffer outcomes, Semaphore wake) {
        this.settings = settings;
        this.db = settings.db();
        this.heartbeat = heartbeat;
        this.slots = slots;
        this.outcomes = outcomes;
        this.wake = wake;
    }

    /** Claims no more; jobs of a claim under way are released. */
    void stop() {
        stopping = true;
    }

    /**
     * Offers outcomes to an idle claimer, which stores them in one commit with its next claim. Slow handlers end one by one, and each
     * end frees a slot: so a job costs one commit where it would cost two. Called by one thread at a time.
     *
     * @return whether the claimer took them; it stores them, or gives them back to the buffer
     */
    boolean takeAlong(List<Outcome> some) {
        if (!idle || stopping || !slots.areSlow() || heartbeat.isGone() || heartbeat.isDraining()) {
            return false;
        }
        taken.drainPermits();
        offered.set(some);
        wake.release();
        try {
            taken.tryAcquire(OFFER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !offered.compareAndSet(some, null);
    }

    private List<Outcome> offered() {
        List<Outcome> some = offered.getAndSet(null);
        if (some == null) {
            return List.of();
        }
        taken.release();
        return some;
    }

    /** Backs off: an empty claim or a failure doubles the pause, and any job that is found resets it. */
    @Override
    public void run() {
        long min = settings.minimumPoll().toMillis();
        long max = settings.maximumPoll().toMillis();
        long pause = min;
        while (!stopping) {
            Turn turn = turn();
            if (turn == Turn.AGAIN) {
                pause = min;
            } else if (turn == Turn.FULL) {
                pause(Math.min(max, untilNextLook()));
            } else {
                pause = turn == Turn.SHORT ? min : pause;
                long time = pause + ThreadLocalRandom.current().nextLong(pause / 4 + 1);
                pause(turn == Turn.FAILED ? time : Math.min(time, untilNextLook()));
                pause = Math.min(pause * 2, max);
            }
        }
    }

    /** The result of a turn. */
    private enum Turn {
        /** There may be more to do. */
        AGAIN,
        /** There were fewer jobs than wanted. */
        SHORT,
        /** There were no jobs. */
        NOTHING,
        /** It is not known what there was. */
        FAILED,
        /** No jobs are wanted. */
        FULL
    }

    private Turn turn() {
        try {
            if (heartbeat.isGone()) {
                heartbeat.register();
                looksLeft = 0;
            }
            if (looksLeft > 0 && nextLook - System.nanoTime() <= 0) {
                look();
                return Turn.AGAIN;
            }
            int wanted = heartbeat.isDraining() ? 0 : slots.room(claimNanos);
            return wanted <= 0 ? Turn.FULL : claim(heartbeat.worker(), offered(), wanted);
        } catch (DatabaseException e) {
            if (!stopping) {
                LOG.warn("claiming waits for the database [{}]", e.sqlState());
            }
        } catch (Throwable e) {
            if (!stopping) {
                Foreign.warn(LOG, "claiming failed", e);
            }
        }
        return Turn.FAILED;
    }

    private Turn claim(Worker worker, List<Outcome> along, int wanted) {
        long now = System.nanoTime();
        boolean stored = false;
        boolean unknown = true;
        boolean heard = false;
        try {
            NextJobs next = db.jobs().next(worker, along, wanted);
            outcomes.stored(along, next.lost());
            stored = true;
            List<ClaimedJob> claimed = next.claimed();
            claimNanos = claimNanos + (System.nanoTime() - now - claimNanos) / 16;
            for (ClaimedJob job : claimed) {
                accept(new JobClaims.Held(job, job.job().timeout()), now);
            }
            heard = true;
            return claimed.isEmpty() ? Turn.NOTHING : claimed.size() < wanted ? Turn.SHORT : Turn.AGAIN;
        } catch (WorkerGoneException e) {
            heard = true;
            unknown = false;
            heartbeat.lose(worker, e.getMessage());
            return Turn.AGAIN;
        } catch (DatabaseException e) {
            unknown = e instanceof TransientDatabaseException lost && lost.outcomeUnknown();
            throw e;
        } finally {
            if (!stored && !along.isEmpty()) {
                outcomes.giveBack(along, unknown);
            }
            if (!heard) {
                looksLeft = LOOKS;
                nextLook = System.nanoTime();
            }
        }
    }

    /**
     * Takes up held jobs that are not known here. The known ones must be read first: a job may end while the server is asked.
     */
    private void look() {
        Worker worker = heartbeat.worker();
        Set<Long> known = slots.known();
        long now = System.nanoTime();
        for (JobClaims.Held job : db.jobs().holding(worker)) {
            if (!known.contains(job.claimed().lease().token())) {
                accept(job, now);
            }
        }
        looksLeft--;
        nextLook = System.nanoTime() + worker.timeToLive().toNanos() / 3;
    }

    private void accept(JobClaims.Held job, long now) {
        if (stopping) {
            slots.decline(job);
            return;
        }
        slots.accept(job, now);
        // The registration may have been declared dead meanwhile, by which only the jobs accepted before were
        // abandoned.
        if (heartbeat.isGone()) {
            slots.abandonAll().forEach(settings.listener()::lost);
        }
    }

    private long untilNextLook() {
        return looksLeft == 0 ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.toMillis(nextLook - System.nanoTime());
    }

    private void pause(long millis) {
        idle = true;
        try {
            if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            // Only a runner that closes interrupts this thread, after it has set its flag.
        } finally {
            idle = false;
        }
    }
}
