package dev.evalstore.event;

import dev.evalstore.event.EventDispatcher.Settings;
import dev.evalstore.internal.ErrorText;
import dev.evalstore.internal.jdbc.Jdbc;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is stored and told of events that failed. */
final class DispatcherFailures {
    private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);

    private final Settings settings;
    private final EventLease lease;

    DispatcherFailures(Settings settings, EventLease lease) {
        this.settings = settings;
        this.lease = lease;
    }

    /** @param why what the handler threw, or null if its time was up */
    EventFailure store(Jdbc on, DispatcherCall failed, @Nullable Throwable why) {
        String error = why == null
                ? "the handler's time was up"
                : why instanceof EventFailedException ? ErrorText.message(why) : ErrorText.of(why);
        EventFailedException told = why instanceof EventFailedException one ? one : null;
        if (told != null && told.permanent()) {
            return EventLeases.poisoned(on, lease, failed.event(), error);
        }
        Duration wait = told == null || told.retryAfter() == null ? backoff(failed.attempt()) : told.retryAfter();
        return EventLeases.failed(on, lease, failed.event(), error, wait);
    }

    private Duration backoff(int attempt) {
        long base = settings.backoff().base().toNanos();
        long cap = settings.backoff().cap().toNanos();
        int doubled = Math.min(attempt - 1, 62);
        long longest = base > cap >> doubled ? cap : base << doubled;
        return Duration.ofNanos(longest - ThreadLocalRandom.current().nextLong(longest / 2 + 1));
    }

    void tell(DispatcherCall failed, EventFailure result, @Nullable Throwable why) {
        if (result.decision() != EventDecision.RETRY) {
            LOG.warn(
                    "{}: an event of type {} has failed {} times; {}",
                    lease.subscription(),
                    failed.event().eventType(),
                    result.failures(),
                    result.decision() == EventDecision.STOPPED ? "the subscription has stopped" : "it is set aside");
        }
        settings.listener().failed(lease, failed.event(), result, why);
    }

    /**
     * Stores what is delivered and what ran past its time, and ends the lease, in one transaction: a completion that is under way comes
     * before it, or finds the lease lost.
     */
    void settle(Jdbc jdbc, DispatcherProgress progress, @Nullable DispatcherCall overdue) {
        Optional<EventFailure> stored = jdbc.atomically(tx -> {
            Optional<EventFailure> failure = Optional.empty();
            progress.move(tx);
            if (overdue != null && overdue.events().size() > 1) {
                progress.beCareful(overdue);
            } else if (overdue != null) {
                failure = Optional.of(store(tx, overdue, null));
            }
            EventLeases.release(tx, lease);
            return failure;
        });
        stored.ifPresent(result -> tell(Objects.requireNonNull(overdue), result, null));
    }
}
