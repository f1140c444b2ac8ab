package dev.evalstore.internal.replica;

import dev.evalstore.CommitToken;
import dev.evalstore.DatabaseException;
import dev.evalstore.ReadingStats;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Router;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicas of a database. A thread beats on the primary, and one for each replica looks at it, twice a second: a read asks
 * nobody where to go. Reads take turns among the replicas that are fresh enough.
 */
public final class Replicas implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);
    private static final long INTERVAL_MILLIS = 500;
    private static final String NOT_ALLOWED = "42501";
    private static final long UNTIL_GRANTED = TimeUnit.MINUTES.toNanos(1);

    private final Jdbc primary;
    private final List<Replica> all;
    private final Clock clock = new Clock();
    private final AtomicInteger turn = new AtomicInteger();
    private final LongAdder onPrimary = new LongAdder();
    private final @Nullable ScheduledThreadPoolExecutor threads;
    private volatile long mayWriteFrom = System.nanoTime();

    /**
     * @param pools by the replicas' names, in order; without any, every read goes to the primary
     * @param areOwned whether they are closed with this
     */
    public Replicas(Jdbc primary, Map<String, DataSource> pools, boolean areOwned) {
        this.primary = primary.apart();
        this.all = pools.entrySet().stream()
                .map(pool -> new Replica(pool.getKey(), pool.getValue(), areOwned))
                .toList();
        this.threads = all.isEmpty() ? null : start();
    }

    private ScheduledThreadPoolExecutor start() {
        ScheduledThreadPoolExecutor started = new ScheduledThreadPoolExecutor(all.size() + 1, work -> {
            Thread thread = new Thread(work, "evalstore-replicas");
            thread.setDaemon(true);
            return thread;
        });
        repeat(started, this::beat);
        all.forEach(replica -> repeat(started, () -> replica.look(primary)));
        return started;
    }

    private static void repeat(ScheduledThreadPoolExecutor threads, Runnable work) {
        // The future never fails: what would end the schedule is contained.
        var unused = threads.scheduleWithFixedDelay(
                () -> Foreign.run(LOG, "the look at a replica", () -> untilClosed(work)),
                0,
                INTERVAL_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private static void untilClosed(Runnable work) {
        try {
            work.run();
        } catch (IllegalStateException e) {
            LOG.debug("a pool was closed during a look at a replica", e);
        }
    }

    private void beat() {
        long sent = System.nanoTime();
        try {
            clock.read(sent - mayWriteFrom >= 0 ? Heartbeat.beat(primary) : Heartbeat.now(primary), sent);
        } catch (DatabaseException e) {
            // Lags grow meanwhile, and reads find the primary as every other call does.
            LOG.debug("the primary gave no heartbeat [{}]", e.sqlState());
            if (NOT_ALLOWED.equals(e.sqlState())) {
                mayWriteFrom = System.nanoTime() + UNTIL_GRANTED;
            }
        }
    }

    /** Reads from replicas that are at most so far behind. */
    public Router within(Duration maxLag) {
        return new Routed(
                (jdbc, failed) -> next(replica -> !failed.contains(replica) && isWithin(replica, maxLag)), onPrimary);
    }

    private boolean isWithin(Replica replica, Duration maxLag) {
        Duration lag = replica.lag(clock.last());
        return lag != null && lag.compareTo(maxLag) <= 0;
    }

    /** Reads from replicas that show the token; waits for that at the first read, for so long in all. */
    public Router after(CommitToken token, Duration wait) {
        return new Routed(new Reaching(this, token, wait), onPrimary);
    }

    public ReadingStats stats() {
        Clock.Reading now = clock.last();
        return new ReadingStats(
                all.stream().mapToLong(replica -> replica.reads.sum()).sum(),
                onPrimary.sum(),
                all.stream().map(replica -> replica.stats(now)).toList());
    }

    /** The same without replicas. */
    public Replicas none() {
        return new Replicas(primary, Map.of(), false);
    }

    /** Ends the looks, and closes the pools that the library opened. */
    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
        }
        all.forEach(Replica::close);
    }

    /** The next in turn of those that fit, or null. */
    @Nullable
    Replica next(Predicate<Replica> fits) {
        int first = all.isEmpty() ? 0 : turn.getAndIncrement();
        for (int i = 0; i < all.size(); i++) {
            Replica replica = all.get(Math.floorMod(first + i, all.size()));
            if (fits.test(replica)) {
                return replica;
            }
        }
        return null;
    }
}
