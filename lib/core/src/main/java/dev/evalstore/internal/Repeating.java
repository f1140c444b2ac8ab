package dev.evalstore.internal;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that runs repeatedly on a daemon thread until this is closed; whatever it throws is logged. */
public final class Repeating implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("dev.evalstore.Maintenance");

    /** A step beside a server that answers mostly ends by then. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    /** Until an interrupted wait, such as for a connection, is over. */
    private static final Duration INTERRUPTED_TIMEOUT = Duration.ofSeconds(1);

    private final ScheduledExecutorService thread;
    private final BooleanSupplier work;

    /** @param work says whether it left something to do, and runs again at once then */
    public Repeating(String name, Duration interval, BooleanSupplier work) {
        this.work = work;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread daemon = new Thread(task, name);
            daemon.setDaemon(true);
            return daemon;
        });
        // The future never fails: run() catches what would end the schedule.
        var unused = thread.scheduleWithFixedDelay(this::run, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void run() {
        try {
            boolean more = true;
            while (more) {
                // An interrupt that the host's code left behind would cost the next run its connections.
                more = work.getAsBoolean() && !thread.isShutdown() && !Thread.interrupted();
            }
        } catch (RuntimeException | Error e) {
            LOG.warn("maintenance failed: {}", Foreign.message(e));
        }
    }

    /** Whether this was closed; a run in progress may still be under way. */
    public boolean isClosed() {
        return thread.isShutdown();
    }

    /**
     * Waits up to four seconds for a run in progress, and interrupts it after three: without a server it may wait for a connection for
     * long. An interrupt of the caller does not shorten the wait, and is kept.
     */
    @Override
    public void close() {
        thread.shutdown();
        if (LoopThreads.awaitEnd(thread, CLOSE_TIMEOUT)) {
            return;
        }
        thread.shutdownNow();
        if (!LoopThreads.awaitEnd(thread, INTERRUPTED_TIMEOUT)) {
            LOG.warn("maintenance is still running; it ends by itself");
        }
    }
}
