package dev.evalstore.event;

import dev.evalstore.Database;
import dev.evalstore.LeaseLostException;
import dev.evalstore.event.EventDispatcher.Settings;
import dev.evalstore.internal.ErrorText;
import dev.evalstore.internal.LoopThreads;
import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Duration;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Extends the leases of a dispatcher's runs, three times in the length of a lease. It does so on a connection of its own: handlers may
 * hold every connection of the pool for longer than a lease.
 */
final class DispatcherKeeper implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);
    private static final long LOOK_EVERY = 50;

    private final Settings settings;
    private final Collection<DispatcherRun> runs;
    private final Database own;
    private volatile boolean ended;

    /** @param runs those under way, as they come and go */
    DispatcherKeeper(Settings settings, Collection<DispatcherRun> runs) {
        this.settings = settings;
        this.runs = runs;
        this.own = settings.db().apart().reserveConnection();
    }

    @Override
    public void run() {
        long every = settings.lease().toNanos() / 3;
        // A host that joined a delivery to its own transaction holds the cursor's row, and must not hold up the other
        // leases.
        Duration wait = settings.lease().dividedBy(4);
        while (!ended) {
            Jdbc jdbc = own.events().jdbc().withTimeout(wait);
            runs.forEach(run -> {
                if (!ended && System.nanoTime() - run.extendedNanos() > every) {
                    extend(jdbc, run);
                }
            });
            LoopThreads.sleep(LOOK_EVERY);
        }
    }

    private void extend(Jdbc jdbc, DispatcherRun run) {
        // Taken before the server is asked: the server must not be the first to give up.
        long now = System.nanoTime();
        try {
            EventLeases.extend(jdbc, run.lease(), settings.lease());
            run.extended(now);
        } catch (LeaseLostException e) {
            run.lose();
        } catch (Throwable e) {
            LOG.warn("the lease of {} was not extended: {}", run.lease().subscription(), ErrorText.of(e));
        }
    }

    /** Extends nothing more. */
    void end() {
        ended = true;
    }

    @Override
    public void close() {
        ended = true;
        own.close();
    }
}
