package dev.evalstore.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;

/**
 * The threads of a runner or dispatcher. If one of them died alone, its part would be left undone while heartbeats go on, and no other
 * process would be given the work. So an exception that escapes from a thread's loop is logged, and the loop begins again.
 */
public final class LoopThreads {
    private static final long PAUSE = 1_000;
    private static final long END_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String owner;
    private final Logger log;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile boolean ended;

    /**
     * @param owner the first part of the threads' names
     * @param log is told of exceptions
     */
    public LoopThreads(String owner, Logger log) {
        this.owner = owner;
        this.log = log;
    }

    /** Daemon threads with a name and a number. */
    public static ThreadFactory named(String name) {
        AtomicInteger next = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + next.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Runs a loop on a thread of its own, until it returns. */
    public Thread start(String name, Runnable loop) {
        Thread thread = new Thread(() -> keepRunning(loop), owner + "-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    private void keepRunning(Runnable loop) {
        while (!ended) {
            try {
                loop.run();
                return;
            } catch (Throwable e) {
                log(e);
            }
            sleep(PAUSE);
        }
    }

    private void log(Throwable e) {
        try {
            Foreign.warn(log, "a thread of " + owner + " failed, and goes on", e);
        } catch (Throwable again) {
            // There may be no memory left to log it with; going on matters more.
        }
    }

    /** Ends all threads. Their loops look at flags that are set by now; the interrupt only hastens it. */
    public void end() {
        ended = true;
        threads.forEach(Thread::interrupt);
        threads.forEach(thread -> join(thread, System.nanoTime() + END_NANOS));
    }

    /**
     * Waits for the end of threads that were shut down. An interrupt does not shorten the wait; the interrupt status is kept.
     *
     * @return whether they ended in time
     */
    public static boolean awaitEnd(ExecutorService threads, Duration time) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0 && !threads.isTerminated(); left = deadline - System.nanoTime()) {
            try {
                boolean unused = threads.awaitTermination(left, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return threads.isTerminated();
    }

    /** False if the thread was interrupted. */
    public static boolean sleep(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Waits for the thread's end until the deadline, whatever interrupts; an interrupted caller is so afterwards. */
    public static void join(Thread thread, long deadline) {
        boolean interrupted = false;
        for (long left = deadline - System.nanoTime(); left > 0 && thread.isAlive(); ) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            left = deadline - System.nanoTime();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
