package dev.evalstore.spring;

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
    private final Supplier<? extends @Nullable AutoCloseable> begin;
    private final AtomicReference<@Nullable AutoCloseable> running = new AtomicReference<>();

    /** @param begin returns what runs now, or null if there is nothing to do; also called again after a stop */
    StoreLifecycle(String stopThread, Supplier<? extends @Nullable AutoCloseable> begin) {
        this.stopThread = stopThread;
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

    /** On a thread of its own, since Spring calls one after the other. */
    @Override
    public void stop(Runnable callback) {
        Thread thread = new Thread(
                () -> {
                    try {
                        stop();
                    } finally {
                        callback.run();
                    }
                },
                stopThread);
        thread.start();
    }
}
