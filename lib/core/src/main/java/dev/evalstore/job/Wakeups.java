package dev.evalstore.job;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notifies listening runners of new work. It never does so inside the transaction that makes the work: a notification takes a lock
 * that lets only one transaction of the whole server commit at a time. Instead one is sent after the commit, on another connection,
 * at most once in twenty milliseconds. A notification may be lost, and runners rely on polling.
 */
final class Wakeups implements Consumer<Jdbc> {
    private static final long COALESCED_MILLIS = 20;

    private static final String WAKE = """
            /* jobs.wake */ select 1 as sent from pg_notify(?, '')""";

    private static final Shared<Wakeups> KEY = Shared.of(jdbc -> new Wakeups());

    private final AtomicReference<@Nullable Sending> pending = new AtomicReference<>();

    static String channel(String schema) {
        return "evalstore_jobs_" + schema;
    }

    /** Sends a notification soon after this transaction has committed; soon after this call where there is none. */
    static void afterCommit(Jdbc jdbc) {
        jdbc.afterCommit(jdbc.shared(KEY));
    }

    @Override
    public void accept(Jdbc pool) {
        Sending sending = new Sending(pool);
        if (pending.compareAndSet(null, sending)) {
            // A producer may close its pool before the time has come.
            pool.beforeClose().add(sending);
            CompletableFuture.delayedExecutor(COALESCED_MILLIS, TimeUnit.MILLISECONDS)
                    .execute(sending);
        }
    }

    /** One notification, sent once by the first thread that runs this; others wait for that. */
    private final class Sending implements Runnable {
        private final Jdbc pool;
        private final ReentrantLock lock = new ReentrantLock();
        private boolean isSent;

        Sending(Jdbc pool) {
            this.pool = pool;
        }

        @Override
        public void run() {
            lock.lock();
            try {
                if (!isSent) {
                    isSent = true;
                    // What is committed from now on needs another one.
                    pending.set(null);
                    pool.list(Sql.of(WAKE, channel(pool.options().schema())), row -> row.integer("sent"));
                }
            } catch (Throwable e) {
                // The pool is closed, or the server away. Listening runners poll as well.
            } finally {
                lock.unlock();
                pool.beforeClose().remove(this);
            }
        }
    }
}
