package dev.evalstore.event;

import dev.evalstore.event.EventDispatcher.Settings;
import dev.evalstore.internal.ErrorText;
import dev.evalstore.internal.Foreign;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims subscriptions that have something to deliver, and starts a run for each: one for each handler, and as many of webhooks and jobs
 * as the dispatcher has places for.
 */
final class DispatcherClaimer implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);

    private final Settings settings;
    private final Set<DispatcherRun> runs = ConcurrentHashMap.newKeySet();
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final AtomicInteger shared = new AtomicInteger();
    private final Map<UUID, Long> careful = new ConcurrentHashMap<>();
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean troubled;
    private volatile boolean stopping;

    DispatcherClaimer(Settings settings) {
        this.settings = settings;
    }

    /** The runs under way. */
    Collection<DispatcherRun> runs() {
        return runs;
    }

    /** There may be something to claim. */
    void wake() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    /** Claims no more; a claim under way is given back. */
    void stop() {
        stopping = true;
        wake();
    }

    /** Backs off: a turn without a claim, or with trouble, doubles the pause. */
    @Override
    public void run() {
        long min = settings.minimumPoll().toMillis();
        long max = settings.maximumPoll().toMillis();
        long pause = min;
        while (!stopping) {
            boolean wasTroubled = troubled;
            troubled = false;
            boolean hasClaimed = turn();
            pause = hasClaimed && !wasTroubled ? min : pause;
            pause(pause + ThreadLocalRandom.current().nextLong(pause / 4 + 1));
            pause = Math.min(pause * 2, max);
        }
    }

    /** Waits for work, but not less long than the pause after something went wrong. */
    private void pause(long millis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            do {
                wake.tryAcquire(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            } while (troubled && !stopping && until - System.nanoTime() > 0);
        } catch (InterruptedException e) {
            // The loop looks whether this is the end.
        }
    }

    /** Claims what there is. */
    private boolean turn() {
        boolean hasClaimed = false;
        try {
            Set<String> idle = idle();
            while (!stopping
                    && !troubled
                    && !idle.isEmpty()
                    && claim(() -> EventLeases.claim(settings.jdbc(), idle, settings.owner(), settings.lease()))) {
                hasClaimed = true;
                idle.removeAll(busy);
            }
            int free = settings.deliveries().isEmpty() ? 0 : settings.concurrency() - shared.get();
            for (; free > 0 && !stopping && !troubled; free--) {
                if (!claim(() -> EventLeases.claimDelivery(
                        settings.jdbc(), settings.deliveries().keySet(), settings.owner(), settings.lease()))) {
                    break;
                }
                hasClaimed = true;
            }
        } catch (Throwable e) {
            troubled = true;
            if (!stopping) {
                LOG.warn("no subscription could be claimed: {}", ErrorText.of(e));
            }
        }
        return hasClaimed;
    }

    private Set<String> idle() {
        Set<String> idle = new HashSet<>(settings.handlers().keySet());
        idle.removeAll(busy);
        return idle;
    }

    /** @return whether there was one */
    private boolean claim(Supplier<Optional<EventLease>> claiming) {
        long before = System.nanoTime();
        Optional<EventLease> claimed = claiming.get();
        claimed.ifPresent(lease -> begin(lease, before));
        return claimed.isPresent();
    }

    private void begin(EventLease lease, long claimedNanos) {
        boolean isShared = settings.deliveries().containsKey(lease.delivery());
        DispatcherTarget target = isShared
                ? settings.deliveries().get(lease.delivery())
                : settings.handlers().get(lease.subscription());
        if (stopping || target == null) {
            EventLeases.release(settings.jdbc(), lease);
            return;
        }
        DispatcherRun run = new DispatcherRun(settings, lease, claimedNanos, target, careful, (ended, well) -> {
            free(ended, isShared);
            if (well) {
                wake();
            } else {
                troubled = true;
            }
        });
        occupy(run, isShared);
        try {
            settings.executor().execute(run);
        } catch (Throwable e) {
            free(run, isShared);
            EventLeases.release(settings.jdbc(), lease);
            troubled = true;
            Foreign.warn(LOG, "the executor takes no handlers", e);
        }
    }

    private void occupy(DispatcherRun run, boolean isShared) {
        runs.add(run);
        if (isShared) {
            shared.incrementAndGet();
        } else {
            busy.add(run.lease().subscription());
        }
    }

    private void free(DispatcherRun run, boolean isShared) {
        if (!runs.remove(run)) {
            return;
        }
        if (isShared) {
            shared.decrementAndGet();
        } else {
            busy.remove(run.lease().subscription());
        }
    }
}
