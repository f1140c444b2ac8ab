package dev.evalstore.micrometer;

import dev.evalstore.event.DispatcherListener;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.event.EventFailure;
import dev.evalstore.event.EventLease;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What this process's dispatchers do, by subscription. */
final class DispatcherMeters implements DispatcherListener {
    private final Meters meters;
    private final Names subscriptions;

    DispatcherMeters(Meters meters) {
        this.meters = meters;
        this.subscriptions = new Names(meters.maxNames());
    }

    @Override
    public void delivered(EventLease lease, List<DomainEvent> events, Duration time) {
        meters.counter("evalstore.events.delivered", "Events that were delivered.", ofSubscription(lease))
                .increment(events.size());
        meters.timer("evalstore.events.delivery", "Calls that delivered events.", ofSubscription(lease))
                .record(time);
    }

    @Override
    public void failed(EventLease lease, DomainEvent event, EventFailure failure, @Nullable Throwable why) {
        meters.counter(
                        "evalstore.events.failed",
                        "Events that failed, by what was decided about them.",
                        ofSubscription(lease)
                                .and("decision", failure.decision().name().toLowerCase(Locale.ROOT)))
                .increment();
    }

    @Override
    public void lost(EventLease lease) {
        meters.counter("evalstore.events.leases.lost", "Leases of subscriptions that were lost.", ofSubscription(lease))
                .increment();
    }

    private Tags ofSubscription(EventLease lease) {
        return Tags.of("subscription", subscriptions.of(lease.subscription()));
    }
}
