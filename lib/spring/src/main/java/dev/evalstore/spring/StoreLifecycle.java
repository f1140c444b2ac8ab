package dev.evalstore.spring;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Something that works for the store while the service runs. It is in the last phase: it begins when all else has begun,
 * the web server included, and ends before anything else is stopped. What is in that phase ends at the same time.
 */
final class StoreLifecycle implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(StoreLifecycle.class);

    private final String stopThread;
    private final Duration within;
    private final Supplier<? extends @Nullable AutoCloseable> begin;
    private final AtomicReference<@Nullable AutoCloseable> running = new AtomicReference<>();

    /**
     * @param within how long stopping may take; what takes longer goes on by itself
     * @param begin returns what runs now, or null if there is nothing to do; also called again after a stop
     */
    StoreLifecycle(String stopThread, Duration within, Supplier<? extends @Nullable AutoCloseable> begin) {
        this.stopThread = stopThread;
        this.within = within;
        this.begin = begin;
    }

    @Override
    public void start() {
        if (!isRunning()) {
            running.set(begin.get());
        }
    }

    @Override
    public boolean isRunning() {
        return running.get() != null;
    }

    @Override
    public void stop() {
        AutoCloseable ending = running.getAndSet(null);
        if (ending != null) {
            try {
                ending.close();
            } catch (Exception e) {
                LOG.warn("{} failed", stopThread, e);
            }
        }
    }

    /** On a thread of its own, since Spring calls one after the other, and for no longer than the phase, whatever the database does. */
    @Override
    public void stop(Runnable callback) {
        var unused = CompletableFuture.runAsync(this::stop, this::daemon)
                .orTimeout(within.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.warn("{} does not end within {} ms: {}", stopThread, within.toMillis(), failure.toString());
                    }
                    callback.run();
                });
    }

    private void daemon(Runnable stopping) {
        Thread thread = new Thread(stopping, stopThread);
        thread.setDaemon(true);
        thread.start();
    }
}
