package dev.evalstore.job;

import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.job.JobRunner.Settings;
import dev.evalstore.worker.Worker;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a runner's free slots. It alone claims for the registration, so what that holds and the runner never heard of was
 * given to a claim whose answer was lost.
 */
final class RunnerClaimer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    /**
     * How often it is looked for what a lost claim was given: at once, behind the gate at which the claim may wait, and again in
     * each third of the time to live, should the network have delivered it later than the look.
     */
    private static final int LOOKS = 3;

    private final Settings settings;
    private final Database db;
    private final RunnerHeartbeat heart;
    private final RunnerSlots slots;
    private final Semaphore wake;
    private volatile boolean stopping;
    private int looksLeft;
    private long nextLook;
    private long claimNanos = TimeUnit.MILLISECONDS.toNanos(1);

    /** @param wake what it waits for when there is nothing to do */
    RunnerClaimer(Settings settings, RunnerHeartbeat heart, RunnerSlots slots, Semaphore wake) {
        this.settings = settings;
        this.db = settings.db();
        this.heart = heart;
        this.slots = slots;
        this.wake = wake;
    }

    /** Claims no more; what a claim under way is given goes back. */
    void stop() {
        stopping = true;
    }

    /** What is learnt from an empty answer or a failure is to wait longer. */
    @Override
    public void run() {
        long least = settings.minimumPoll().toMillis();
        long most = settings.maximumPoll().toMillis();
        long pause = least;
        while (!stopping) {
            Turn turn = turn();
            if (turn == Turn.AGAIN) {
                pause = least;
            } else if (turn == Turn.FULL) {
                pause(Math.min(most, untilNextLook()));
            } else {
                pause = turn == Turn.SHORT ? least : pause;
                long time = pause + ThreadLocalRandom.current().nextLong(pause / 4 + 1);
                pause(turn == Turn.FAILED ? time : Math.min(time, untilNextLook()));
                pause = Math.min(pause * 2, most);
            }
        }
    }

    /** What a turn came to. */
    private enum Turn {
        /** There may be more to do. */
        AGAIN,
        /** There was something, and less than wanted. */
        SHORT,
        /** There was nothing. */
        NOTHING,
        /** It is not known what there was. */
        FAILED,
        /** Nothing is wanted. */
        FULL
    }

    private Turn turn() {
        try {
            if (heart.isGone()) {
                heart.register();
                looksLeft = 0;
            }
            if (looksLeft > 0 && nextLook - System.nanoTime() <= 0) {
                look();
                return Turn.AGAIN;
            }
            int wanted = heart.isDraining() ? 0 : slots.room(claimNanos);
            return wanted <= 0 ? Turn.FULL : claim(heart.worker(), wanted);
        } catch (DatabaseException e) {
            LOG.warn("claiming waits for the database [{}]", e.sqlState());
        } catch (RuntimeException | Error e) {
            if (!stopping) {
                LOG.error("claiming failed", e);
            }
        }
        return Turn.FAILED;
    }

    private Turn claim(Worker worker, int wanted) {
        long now = System.nanoTime();
        boolean heard = false;
        try {
            List<ClaimedJob> claimed = db.jobs().claim(worker, wanted);
            claimNanos = claimNanos + (System.nanoTime() - now - claimNanos) / 16;
            for (ClaimedJob job : claimed) {
                accept(new JobClaims.Held(job, job.job().timeout()), now);
            }
            heard = true;
            return claimed.isEmpty() ? Turn.NOTHING : claimed.size() < wanted ? Turn.SHORT : Turn.AGAIN;
        } catch (WorkerGoneException e) {
            heard = true;
            heart.lose(worker, e.getMessage());
            return Turn.AGAIN;
        } finally {
            if (!heard) {
                looksLeft = LOOKS;
                nextLook = System.nanoTime();
            }
        }
    }

    /** Takes up what is held and not known here. What is known must be read before: it may end while the server is asked. */
    private void look() {
        Worker worker = heart.worker();
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
        // Declared gone meanwhile; whoever learnt that could give up only on what had been accepted by then.
        if (heart.isGone()) {
            slots.abandonAll();
        }
    }

    private long untilNextLook() {
        return looksLeft == 0 ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.toMillis(nextLook - System.nanoTime());
    }

    private void pause(long millis) {
        try {
            if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            // Only who closes the runner interrupts, and has said so before.
        }
    }
}
