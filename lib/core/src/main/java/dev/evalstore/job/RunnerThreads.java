package dev.evalstore.job;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a runner. One that died alone would leave its part undone while the heart beats on, and nobody else would be
 * given the jobs: whatever escapes from a thread's loop is told, and the loop begins again.
 */
final class RunnerThreads {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final long PAUSE = 1_000;

    private final String worker;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile boolean ended;

    RunnerThreads(String worker) {
        this.worker = worker;
    }

    /** Daemon threads with a name and a number. */
    static ThreadFactory named(String name) {
        AtomicInteger next = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + next.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Runs a loop on a thread of its own, until it returns. */
    Thread start(String name, Runnable loop) {
        Thread thread = new Thread(() -> goOn(loop), worker + "-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    private void goOn(Runnable loop) {
        while (!ended) {
            try {
                loop.run();
                return;
            } catch (Throwable e) {
                tell(e);
            }
            sleep(PAUSE);
        }
    }

    private static void tell(Throwable e) {
        try {
            LOG.error("a runner's thread failed, and goes on", e);
        } catch (Throwable again) {
            // Nothing is left to tell it with, such as memory; going on matters more.
        }
    }

    /** Ends all of them, whose loops look at what has been decided before: an interrupt only hastens it. */
    void end() {
        ended = true;
        threads.forEach(Thread::interrupt);
        threads.forEach(thread -> join(thread, 5_000));
    }

    /** False if somebody interrupted it, who has said before what has ended. */
    static boolean sleep(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    static void join(Thread thread, long millis) {
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
