package dev.evalstore.job;

import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

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

    private final AtomicBoolean pending = new AtomicBoolean();

    static String channel(String schema) {
        return "evalstore_jobs_" + schema;
    }

    /** Sends a notification soon after this transaction has committed; soon after this call where there is none. */
    static void afterCommit(Jdbc jdbc) {
        jdbc.afterCommit(jdbc.shared(KEY));
    }

    @Override
    public void accept(Jdbc pool) {
        if (pending.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(COALESCED_MILLIS, TimeUnit.MILLISECONDS)
                    .execute(() -> {
                        pending.set(false);
                        try {
                            pool.list(Sql.of(WAKE, channel(pool.options().schema())), row -> row.integer("sent"));
                        } catch (RuntimeException e) {
                            // The pool is closed, or the server away. Listening runners poll as well.
                        }
                    });
        }
    }
}
