package dev.evalstore.micrometer;

import dev.evalstore.Database;
import dev.evalstore.Health;
import dev.evalstore.PoolStats;
import dev.evalstore.ReadingStats;
import dev.evalstore.job.QueueDepth;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is asked of the server from time to time, and what the database object knows by itself. */
final class StoreMeters {
    private static final Logger LOG = LoggerFactory.getLogger(EvalstoreMetrics.class);

    private final Database db;
    private final Meters meters;
    private final StatementMeters statements;
    private final Names queues;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "evalstore-metrics");
        made.setDaemon(true);
        return made;
    });
    /** Held while rows are registered: none are after the end. Never held while the server is asked. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable Health health;
    private volatile Map<String, QueueDepth> depths = Map.of();
    private boolean failed;
    private boolean closed;

    StoreMeters(Database db, Meters meters) {
        this.db = db;
        this.meters = meters;
        statements = new StatementMeters(db, meters);
        queues = new Names(meters.maxNames());
        ofHealth();
        ofPool();
        for (ReadingStats.Replica replica : db.readingStats().replicas()) {
            meters.seconds(
                    "evalstore.replica.lag",
                    "How far a replica is behind at most.",
                    Tags.of("replica", replica.name()),
                    () -> lagOf(replica.name()));
        }
    }

    void start(Duration every) {
        ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(this::ask, 0, every.toNanos(), TimeUnit.NANOSECONDS);
    }

    void close() {
        thread.shutdownNow();
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Asks the server; whatever fails, the next time comes. */
    private void ask() {
        Health now = null;
        List<QueueDepth> answer = List.of();
        try {
            now = db.health();
            answer = now.reachable() ? db.jobs().depths() : answer;
            failed = false;
        } catch (Throwable e) {
            warn("the server cannot be asked for meters", e);
        }
        health = now;
        try {
            show(answer);
        } catch (Throwable e) {
            warn("the registry refuses meters", e);
        }
    }

    /** Once until an answer comes. */
    private void warn(String what, Throwable e) {
        if (!failed && !thread.isShutdown()) {
            LOG.warn("{}: {}", what, e.getClass().getName());
        }
        failed = true;
    }

    private void show(List<QueueDepth> answer) {
        lock.lock();
        try {
            if (!closed) {
                register(answer);
                statements.register();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A gauge that stays is never away in between: whoever reads meanwhile sees the old or the new number. */
    private void register(List<QueueDepth> all) {
        Map<String, QueueDepth> named = new HashMap<>();
        all.forEach(depth -> named.merge(queues.of(depth.queue()), depth, StoreMeters::sum));
        Set<String> gone = new HashSet<>(depths.keySet());
        gone.removeAll(named.keySet());
        depths = named;
        gone.forEach(queue -> meters.remove(Tags.of("queue", queue)));
        for (String queue : named.keySet()) {
            ofQueue(queue, "ready", QueueDepth::ready);
            ofQueue(queue, "scheduled", QueueDepth::scheduled);
            ofQueue(queue, "running", QueueDepth::running);
            meters.seconds(
                    "evalstore.queue.lag",
                    "For how long the oldest due job has been due; zero without one.",
                    Tags.of("queue", queue),
                    () -> ofQueue(queue, depth -> depth.oldestDue() == null ? 0 : seconds(depth.oldestDue())));
        }
    }

    private void ofQueue(String queue, String state, ToDoubleFunction<QueueDepth> number) {
        meters.gauge(
                "evalstore.queue.jobs",
                "Jobs that wait and run, in all processes.",
                Tags.of("queue", queue, "state", state),
                () -> ofQueue(queue, number));
    }

    private double ofQueue(String queue, ToDoubleFunction<QueueDepth> number) {
        QueueDepth depth = depths.get(queue);
        return depth == null ? Double.NaN : number.applyAsDouble(depth);
    }

    private static QueueDepth sum(QueueDepth one, QueueDepth other) {
        Duration due = one.oldestDue();
        Duration otherDue = other.oldestDue();
        return new QueueDepth(
                one.queue(),
                one.ready() + other.ready(),
                one.scheduled() + other.scheduled(),
                one.running() + other.running(),
                due == null || otherDue != null && otherDue.compareTo(due) > 0 ? otherDue : due);
    }

    private void ofHealth() {
        meters.gauge(
                "evalstore.ready",
                "Whether the server answers, is writable, and has this library's schema.",
                Tags.empty(),
                () -> {
                    Health last = health;
                    return last != null && last.isReady() ? 1 : 0;
                });
        meters.seconds(
                "evalstore.transaction.oldest",
                "The age of the oldest transaction on the server that the role may see.",
                Tags.empty(),
                () -> ofServer(last -> seconds(last.oldestTransaction())));
        meters.gauge(
                "evalstore.partitions.ahead",
                "Months for which every partitioned table has its partition; alert below two.",
                Tags.empty(),
                () -> ofServer(Health::partitionsAhead));
    }

    private void ofPool() {
        ofPool("active", PoolStats::active);
        ofPool("idle", PoolStats::idle);
        meters.gauge(
                "evalstore.pool.waiting",
                "Threads that wait for a connection.",
                Tags.empty(),
                () -> ofPool(PoolStats::waiting));
        meters.gauge(
                "evalstore.pool.maximum",
                "The most connections that the pool opens.",
                Tags.empty(),
                () -> ofPool(PoolStats::maximum));
    }

    private void ofPool(String state, ToDoubleFunction<PoolStats> number) {
        meters.gauge(
                "evalstore.pool.connections",
                "Open connections of the pool.",
                Tags.of("state", state),
                () -> ofPool(number));
    }

    private double ofServer(ToDoubleFunction<Health> number) {
        Health last = health;
        return last == null || !last.reachable() ? Double.NaN : number.applyAsDouble(last);
    }

    private double ofPool(ToDoubleFunction<PoolStats> number) {
        try {
            PoolStats now = db.poolStats();
            return now == null ? Double.NaN : number.applyAsDouble(now);
        } catch (RuntimeException e) {
            // A pool of the host may be closed.
            return Double.NaN;
        }
    }

    private double lagOf(String name) {
        return db.readingStats().replicas().stream()
                .filter(replica -> replica.name().equals(name) && replica.lag() != null)
                .mapToDouble(replica -> seconds(replica.lag()))
                .findFirst()
                .orElse(Double.NaN);
    }

    private static double seconds(@Nullable Duration time) {
        return time == null ? Double.NaN : time.toNanos() / 1e9;
    }
}
