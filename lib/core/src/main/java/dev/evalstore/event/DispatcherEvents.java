package dev.evalstore.event;

import dev.evalstore.internal.Foreign;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The host's listener, whose failures change nothing. */
record DispatcherEvents(@Nullable DispatcherListener listener) implements DispatcherListener {
    private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);

    /** The same of each call, as cheap as it can be where nobody listens. */
    void delivered(DispatcherCall call) {
        if (listener != null) {
            delivered(call.lease(), call.events(), Duration.ofNanos(call.nanos()));
        }
    }

    @Override
    public void claimed(EventLease lease) {
        if (listener != null) {
            Foreign.run(LOG, "the dispatcher's listener at a claim", () -> listener.claimed(lease));
        }
    }

    @Override
    public void delivered(EventLease lease, List<DomainEvent> events, Duration time) {
        if (listener != null) {
            Foreign.run(LOG, "the dispatcher's listener at a delivery", () -> listener.delivered(lease, events, time));
        }
    }

    @Override
    public void failed(EventLease lease, DomainEvent event, EventFailure failure, @Nullable Throwable why) {
        if (listener != null) {
            Foreign.run(
                    LOG, "the dispatcher's listener at a failure", () -> listener.failed(lease, event, failure, why));
        }
    }

    @Override
    public void lost(EventLease lease) {
        if (listener != null) {
            Foreign.run(LOG, "the dispatcher's listener at a loss", () -> listener.lost(lease));
        }
    }

    @Override
    public void released(EventLease lease) {
        if (listener != null) {
            Foreign.run(LOG, "the dispatcher's listener at a release", () -> listener.released(lease));
        }
    }
}
