package dev.evalstore.audit;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Conditions;
import dev.evalstore.internal.jdbc.Sql;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which monitoring events to list. Conditions add up. Immutable. */
public final class MonitoringFilter extends Conditions<MonitoringFilter> {
    /** Every event. */
    public static final MonitoringFilter ALL = new MonitoringFilter(Sql.NONE);

    private MonitoringFilter(Sql sql) {
        super(sql, MonitoringFilter::new);
    }

    /** Only events of this type. */
    public MonitoringFilter type(String type) {
        return and("and event_type = ?", Check.text("eventType", type));
    }

    /** Only events from this part of the platform. */
    public MonitoringFilter source(String source) {
        return and("and source = ?", Check.text("source", source));
    }

    /** Only events that happened at {@code from} or later, and before {@code to}; either may be null. */
    public MonitoringFilter occurred(@Nullable Instant from, @Nullable Instant to) {
        return between("and occurred_at >= ?", from, "and occurred_at < ?", to);
    }
}
