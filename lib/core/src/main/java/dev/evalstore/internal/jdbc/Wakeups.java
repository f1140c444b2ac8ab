package dev.evalstore.internal.jdbc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Notifies listening processes of new work. It never does so inside the transaction that makes the work: a notification takes a lock
 * that lets only one transaction of the whole server commit at a time. Instead one is sent after the commit, on another connection,
 * at most once in twenty milliseconds. A notification may be lost, and whoever listens relies on polling.
 *
 * <p>Declared once for each kind of work, as a constant.
 */
public final class Wakeups {
    private static final long COALESCED_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** How long nobody is notified once nobody was there to be: what listens since then polls meanwhile. */
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Of a server's identifiers and channels. */
    private static final int MAX_CHANNEL = 63;

    private final String prefix;
    private final String statement;
    private final boolean isEager;
    private final Shared<Sender> key;

    private Wakeups(String prefix, String statement, boolean isEager) {
        this.prefix = prefix;
        this.statement = statement;
        this.isEager = isEager;
        this.key = Shared.of(jdbc -> new Sender());
    }

    /**
     * Wakes up late enough for what is made in a row to be found together.
     *
     * @param prefix what the channel's name begins with, before the schema's
     * @param statement notifies the channel that is its argument, and says by {@code sent} whether there was anybody to notify: 1 or 0
     */
    public static Wakeups coalesced(String prefix, String statement) {
        return new Wakeups(prefix, statement, false);
    }

    /** Wakes up at once after a time without notifications, and as often. */
    public static Wakeups eager(String prefix, String statement) {
        return new Wakeups(prefix, statement, true);
    }

    /** Of a schema whose name leaves no room, others may have the same channel, and are woken up with it. */
    public String channel(String schema) {
        String name = prefix + schema;
        return name.length() <= MAX_CHANNEL ? name : prefix + Integer.toHexString(schema.hashCode());
    }

    /** Sends a notification soon after this transaction has committed; soon after this call where there is none. */
    public void afterCommit(Jdbc jdbc) {
        jdbc.afterCommit(jdbc.shared(key));
    }

    /** The notifications of one database and schema. */
    private final class Sender implements Consumer<Jdbc> {
        private final AtomicReference<@Nullable Sending> pending = new AtomicReference<>();
        private volatile long lastSent = System.nanoTime() - COALESCED_NANOS;
        private volatile long restsUntil = System.nanoTime();

        @Override
        public void accept(Jdbc pool) {
            if (restsUntil - System.nanoTime() > 0) {
                return;
            }
            Sending sending = new Sending(this, pool);
            if (pending.compareAndSet(null, sending)) {
                // A producer may close its pool before the time has come.
                pool.place().pool().beforeClose().add(sending);
                long wait = isEager ? lastSent + COALESCED_NANOS - System.nanoTime() : COALESCED_NANOS;
                CompletableFuture.delayedExecutor(Math.max(0, wait), TimeUnit.NANOSECONDS)
                        .execute(sending);
            }
        }

        void begins() {
            lastSent = System.nanoTime();
            // What is committed from now on needs another one.
            pending.set(null);
        }

        void hasSent(int sent) {
            if (sent == 0) {
                restsUntil = System.nanoTime() + REST_NANOS;
            }
        }
    }

    /** One notification, sent once by the first thread that runs this; others wait for that. */
    private final class Sending implements Runnable {
        private final Sender sender;
        private final Jdbc pool;
        private final ReentrantLock lock = new ReentrantLock();
        private boolean isSent;

        Sending(Sender sender, Jdbc pool) {
            this.sender = sender;
            this.pool = pool;
        }

        @Override
        public void run() {
            lock.lock();
            try {
                if (!isSent) {
                    isSent = true;
                    sender.begins();
                    Sql notify = Sql.of(statement, channel(pool.options().schema()));
                    sender.hasSent(pool.one(notify, row -> row.integer("sent")));
                }
            } catch (Throwable e) {
                // The pool is closed, or the server away. Whoever listens polls as well.
            } finally {
                lock.unlock();
                pool.place().pool().beforeClose().remove(this);
            }
        }
    }
}
