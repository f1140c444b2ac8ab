package dev.evalstore.audit;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event to append; {@link MonitoringEvent} describes the fields.
 *
 * @param eventType not blank, at most 800 bytes in UTF-8
 * @param source not blank
 * @param occurredAt from 2000 to 2100; null for now by the server's clock
 */
public record NewMonitoringEvent(
        String eventType,
        String source,
        Json data,
        @Nullable Instant occurredAt) {
    public NewMonitoringEvent {
        Check.name("eventType", eventType);
        Check.text("source", source);
        Objects.requireNonNull(data, "data");
        Check.yearsOrNull("occurredAt", occurredAt);
    }

    /** An event that happens now. */
    public static NewMonitoringEvent of(String eventType, String source) {
        return new NewMonitoringEvent(eventType, source, Json.EMPTY, null);
    }

    public NewMonitoringEvent data(Json value) {
        return new NewMonitoringEvent(eventType, source, value, occurredAt);
    }

    public NewMonitoringEvent occurredAt(Instant value) {
        return new NewMonitoringEvent(eventType, source, data, value);
    }
}
