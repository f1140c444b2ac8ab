package dev.evalstore;

import dev.evalstore.internal.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What maintenance keeps ready, and how long it keeps what has been. Nothing is removed for its age unless a period says so.
 *
 * @param monthsAhead how many months after the current one have their partitions, 2 to 24; 3 unless given
 * @param staleWorkers after so long without a heartbeat a worker is declared gone; an hour unless given
 * @param jobRetention how long jobs that have ended and their attempts are kept, or null for ever
 * @param auditRetention how long the audit trail is kept, or null for ever. Only the owner of the tables can drop a month of it
 * @param resultRetention how long results of inference benchmarks are kept, by the day of the measurement, or null for ever
 * @param eventRetention how long monitoring events are kept, or null for ever
 */
public record MaintenanceOptions(
        int monthsAhead,
        Duration staleWorkers,
        @Nullable Duration jobRetention,
        @Nullable Duration resultRetention,
        @Nullable Duration auditRetention,
        @Nullable Duration eventRetention) {
    /** Three months ahead, workers stale after an hour, and everything kept. */
    public static final MaintenanceOptions DEFAULT =
            new MaintenanceOptions(3, Duration.ofHours(1), null, null, null, null);

    public MaintenanceOptions {
        Check.range("monthsAhead", monthsAhead, 2, 24);
        Check.positive("staleWorkers", staleWorkers);
        positiveOrNull("jobRetention", jobRetention);
        positiveOrNull("resultRetention", resultRetention);
        positiveOrNull("auditRetention", auditRetention);
        positiveOrNull("eventRetention", eventRetention);
    }

    private static void positiveOrNull(String field, @Nullable Duration period) {
        if (period != null) {
            Check.positive(field, period);
        }
    }

    /** The same with so many months ahead. */
    public MaintenanceOptions monthsAhead(int months) {
        return new MaintenanceOptions(
                months, staleWorkers, jobRetention, resultRetention, auditRetention, eventRetention);
    }

    /** The same, declaring a worker gone after so long without a heartbeat. */
    public MaintenanceOptions staleWorkers(Duration silence) {
        return new MaintenanceOptions(
                monthsAhead, silence, jobRetention, resultRetention, auditRetention, eventRetention);
    }

    /** The same, keeping ended jobs so long, and their attempts by whole months; null for ever. */
    public MaintenanceOptions jobRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead, staleWorkers, period, resultRetention, auditRetention, eventRetention);
    }

    /** The same, keeping results of inference benchmarks so long, by whole months; null for ever. */
    public MaintenanceOptions resultRetention(@Nullable Duration period) {
        return new MaintenanceOptions(monthsAhead, staleWorkers, jobRetention, period, auditRetention, eventRetention);
    }

    /** The same, keeping the audit trail so long, by whole months; null for ever. */
    public MaintenanceOptions auditRetention(@Nullable Duration period) {
        return new MaintenanceOptions(monthsAhead, staleWorkers, jobRetention, resultRetention, period, eventRetention);
    }

    /** The same, keeping monitoring events so long, by whole months; null for ever. */
    public MaintenanceOptions eventRetention(@Nullable Duration period) {
        return new MaintenanceOptions(monthsAhead, staleWorkers, jobRetention, resultRetention, auditRetention, period);
    }
}
