package dev.evalstore.event;

import dev.evalstore.ConflictException;
import dev.evalstore.event.EventDispatcher.Settings;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.LoopThreads;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.internal.event.EventWakeups;
import dev.evalstore.internal.jdbc.NotificationListener;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dispatcher at work. It has three threads, and none waits for another: the claimer takes subscriptions, the keeper extends their
 * leases, and the watch gives up handlers whose time is up. Each subscription's events are delivered on a thread of the executor.
 */
final class DispatcherLoop {
    private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);
    private static final long WATCH_EVERY = 50;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** How long closing may take beyond the time to drain; the next two are parts of it. */
    private static final long GRACE = 10 * SECOND;

    private static final long TO_CANCEL = SECOND;
    private static final long TO_LEAVE = 5 * SECOND;

    private final Settings settings;
    private final DispatcherClaimer claimer;
    private final DispatcherKeeper keeper;
    private final LoopThreads threads;
    private final AtomicBoolean closed = new AtomicBoolean();
    private @Nullable NotificationListener listener;
    private volatile boolean ended;

    private DispatcherLoop(Settings settings) {
        this.settings = settings;
        this.claimer = new DispatcherClaimer(settings);
        this.keeper = new DispatcherKeeper(settings, claimer.runs());
        this.threads = new LoopThreads(settings.owner(), LOG);
    }

    /** Starts a dispatcher; where that fails, nothing is left behind. */
    static DispatcherLoop start(Settings settings) {
        DispatcherLoop loop = new DispatcherLoop(settings);
        try {
            loop.begin();
            return loop;
        } catch (Throwable e) {
            loop.close();
            throw e;
        }
    }

    private void begin() {
        // Where the database is away, or was not migrated, that shows here.
        EventSubscriptionRepository subscriptions = settings.db().events().subscriptions();
        subscriptions.count(EventSubscriptionFilter.ALL);
        settings.handlers()
                .keySet()
                .forEach(name -> subscriptions.findByName(name).ifPresent(DispatcherLoop::requireHandled));
        if (settings.notifications() != null) {
            listener = NotificationListener.start(
                    Pools.hikari(settings.notifications()),
                    EventWakeups.DISPATCHERS.channel(settings.db().schema()),
                    claimer::wake);
        }
        threads.start("keeper", keeper);
        threads.start("watch", this::watch);
        threads.start("claimer", claimer);
        LOG.info(
                "{} has started: handlers {}, deliveries {}",
                settings.owner(),
                new TreeSet<>(settings.handlers().keySet()),
                new TreeSet<>(settings.deliveries().keySet()));
        warnOfSmallPool();
    }

    private static void requireHandled(EventSubscription subscription) {
        if (subscription.delivery() != EventDelivery.HANDLER) {
            throw new ConflictException(
                    "event subscription " + subscription.name() + " is not for a handler: cannot handle it");
        }
    }

    /** Reads and moves of cursors wait while handlers hold all connections; leases are extended nevertheless. */
    private void warnOfSmallPool() {
        int handlers = settings.handlers().size();
        Integer connections = settings.jdbc().maxConnections();
        if (connections != null && connections <= handlers) {
            LOG.warn(
                    "{}: the pool has {} connections for {} handlers; when handlers hold all of them, deliveries wait",
                    settings.owner(),
                    connections,
                    handlers);
        }
    }

    int running() {
        return (int) claimer.runs().stream().filter(DispatcherRun::isHandling).count();
    }

    private void watch() {
        while (!ended) {
            LoopThreads.sleep(WATCH_EVERY);
            claimer.runs().forEach(run -> run.watch(System.nanoTime()));
        }
    }

    /**
     * Closes on a thread of the dispatcher's own: neither an interrupt of the caller nor a database that does not answer keeps it from
     * its steps, and the caller waits no longer than it may.
     */
    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        long deadline = System.nanoTime()
                + Check.wait("drainTimeout", settings.drainTimeout()).toNanos();
        Thread closing = new Thread(() -> close(deadline), settings.owner() + "-closing");
        closing.setDaemon(true);
        closing.start();
        LoopThreads.join(closing, deadline + GRACE);
        if (closing.isAlive()) {
            LOG.warn("{} could not end in time; its subscriptions come back by their leases", settings.owner());
        }
    }

    private void close(long deadline) {
        long start = System.nanoTime();
        LOG.info("{} drains: {} handlers run", settings.owner(), running());
        claimer.stop();
        claimer.runs().forEach(DispatcherRun::stop);
        await(deadline);
        claimer.runs().forEach(DispatcherRun::cancel);
        if (settings.sender() != null) {
            settings.sender().close();
        }
        await(System.nanoTime() + TO_CANCEL);
        List<DispatcherRun> unfinished = List.copyOf(claimer.runs());
        Thread leaving = threads.start("leaving", () -> unfinished.forEach(DispatcherRun::giveUp));
        LoopThreads.join(leaving, System.nanoTime() + TO_LEAVE);
        ended = true;
        keeper.end();
        if (settings.ownExecutor() != null) {
            settings.ownExecutor().shutdownNow();
        }
        LOG.info(
                "{} has stopped after {} ms; {} subscriptions were unfinished",
                settings.owner(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                unfinished.size());
        // From here on a server that does not answer may hold this thread up.
        threads.end();
        if (listener != null) {
            listener.close();
        }
        keeper.close();
    }

    /** A run that the claimer began meanwhile is stopped too. */
    private void await(long deadline) {
        while (!claimer.runs().isEmpty() && deadline - System.nanoTime() > 0) {
            LoopThreads.sleep(10);
            claimer.runs().forEach(DispatcherRun::stop);
        }
    }
}
