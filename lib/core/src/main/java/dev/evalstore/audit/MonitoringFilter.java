package dev.evalstore.audit;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which events to list; what is null does not filter.
 *
 * @param eventType only of this type
 * @param source only from this part of the platform
 * @param from only then or later
 * @param to only before then
 */
public record MonitoringFilter(
        @Nullable String eventType,
        @Nullable String source,
        @Nullable Instant from,
        @Nullable Instant to) {
    /** Every event. */
    public static final MonitoringFilter ALL = new MonitoringFilter(null, null, null, null);

    public MonitoringFilter {
        Check.textOrNull("eventType", eventType);
        Check.textOrNull("source", source);
    }

    /** The same, only of this type. */
    public MonitoringFilter type(String only) {
        return new MonitoringFilter(only, source, from, to);
    }

    /** The same, only from this part of the platform. */
    public MonitoringFilter source(String only) {
        return new MonitoringFilter(eventType, only, from, to);
    }

    /** The same, only at {@code start} or later, and before {@code end}; either may be null. */
    public MonitoringFilter occurred(@Nullable Instant start, @Nullable Instant end) {
        return new MonitoringFilter(eventType, source, start, end);
    }

    Sql sql() {
        return Sql.of("")
                .andIf(eventType != null, "and event_type = ?", eventType)
                .andIf(source != null, "and source = ?", source)
                .andIf(from != null, "and occurred_at >= ?", from)
                .andIf(to != null, "and occurred_at < ?", to);
    }
}
