package dev.evalstore.audit;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event to append.
 *
 * @param eventType the kind of event, such as {@code gpu.hot}; not blank
 * @param source the part of the platform that reports the event; not blank
 * @param data more about the event
 * @param occurredAt when the event happened, from 2000 to 2100; null for now by the server's clock
 */
public record NewMonitoringEvent(
        String eventType,
        String source,
        Json data,
        @Nullable Instant occurredAt) {
    public NewMonitoringEvent {
        Check.text("eventType", eventType);
        Check.text("source", source);
        Objects.requireNonNull(data, "data");
        Check.yearsOrNull("occurredAt", occurredAt);
    }

    /** An event that happens now. */
    public static NewMonitoringEvent of(String eventType, String source) {
        return new NewMonitoringEvent(eventType, source, Json.EMPTY, null);
    }

    /** The same with more about the event. */
    public NewMonitoringEvent data(Json more) {
        return new NewMonitoringEvent(eventType, source, more, occurredAt);
    }

    /** The same at another time. */
    public NewMonitoringEvent occurredAt(Instant time) {
        return new NewMonitoringEvent(eventType, source, data, time);
    }
}
