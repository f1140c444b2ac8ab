package dev.evalstore;

import dev.evalstore.internal.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What maintenance keeps ready, and how long it keeps what has been. Nothing is removed for its age unless a period says so.
 *
 * @param monthsAhead how many months after the current one have their partitions, 2 to 24; 3 unless given
 * @param auditRetention how long the audit trail is kept, or null for ever. Only the owner of the tables can drop a month of it
 * @param eventRetention how long monitoring events are kept, or null for ever
 */
public record MaintenanceOptions(
        int monthsAhead,
        @Nullable Duration auditRetention,
        @Nullable Duration eventRetention) {
    /** Three months ahead, and everything kept. */
    public static final MaintenanceOptions DEFAULT = new MaintenanceOptions(3, null, null);

    public MaintenanceOptions {
        Check.range("monthsAhead", monthsAhead, 2, 24);
        if (auditRetention != null) {
            Check.positive("auditRetention", auditRetention);
        }
        if (eventRetention != null) {
            Check.positive("eventRetention", eventRetention);
        }
    }

    /** The same with so many months ahead. */
    public MaintenanceOptions monthsAhead(int months) {
        return new MaintenanceOptions(months, auditRetention, eventRetention);
    }

    /** The same, keeping the audit trail so long, by whole months; null for ever. */
    public MaintenanceOptions auditRetention(@Nullable Duration period) {
        return new MaintenanceOptions(monthsAhead, period, eventRetention);
    }

    /** The same, keeping monitoring events so long, by whole months; null for ever. */
    public MaintenanceOptions eventRetention(@Nullable Duration period) {
        return new MaintenanceOptions(monthsAhead, auditRetention, period);
    }
}
