package dev.evalstore.audit;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which monitoring events to list. Conditions add up. Immutable. */
public final class MonitoringFilter {
    /** Every event. */
    public static final MonitoringFilter ALL = new MonitoringFilter(Sql.NONE);

    private final Sql sql;

    private MonitoringFilter(Sql sql) {
        this.sql = sql;
    }

    /** Only events of this type. */
    public MonitoringFilter type(String type) {
        return new MonitoringFilter(sql.and("and event_type = ?", Check.text("eventType", type)));
    }

    /** Only events from this part of the platform. */
    public MonitoringFilter source(String source) {
        return new MonitoringFilter(sql.and("and source = ?", Check.text("source", source)));
    }

    /** Only events that happened at {@code from} or later, and before {@code to}; either may be null. */
    public MonitoringFilter occurred(@Nullable Instant from, @Nullable Instant to) {
        return new MonitoringFilter(
                sql.andIf(from != null, "and occurred_at >= ?", from).andIf(to != null, "and occurred_at < ?", to));
    }

    Sql sql() {
        return sql;
    }
}
