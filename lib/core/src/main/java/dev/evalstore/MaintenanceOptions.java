package dev.evalstore;

import dev.evalstore.internal.Check;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What maintenance keeps ready, and how long it keeps what has been. Of what people made nothing is removed for its age unless a
 * period says so; what only tells the machinery of the past goes after a week.
 *
 * @param monthsAhead how many months after the current one have their partitions, 2 to 24; 3 unless given
 * @param staleWorkers after so long without a heartbeat a worker is declared gone; an hour unless given
 * @param workerRetention how long the registrations of workers that are gone are kept, or null for ever; a week unless given
 * @param jobRetention how long jobs that have ended and their attempts are kept, or null for ever
 * @param resultRetention how long results of inference benchmarks are kept, by the day of the measurement, or null for ever
 * @param auditRetention how long the audit trail is kept, or null for ever. Only the owner of the tables can drop a month of it
 * @param eventRetention how long monitoring events are kept, or null for ever
 * @param feedRetention how long watched state namespaces keep their feed of changes, or null for ever; a week unless given. Whoever
 *     follows a feed and is away for longer begins again ({@link dev.evalstore.state.ChangesCompactedException})
 */
public record MaintenanceOptions(
        int monthsAhead,
        Duration staleWorkers,
        @Nullable Duration workerRetention,
        @Nullable Duration jobRetention,
        @Nullable Duration resultRetention,
        @Nullable Duration auditRetention,
        @Nullable Duration eventRetention,
        @Nullable Duration feedRetention) {
    private static final Duration WEEK = Duration.ofDays(7);

    /** Three months ahead, workers stale after an hour, gone workers and the feed of changes kept for a week, the rest for ever. */
    public static final MaintenanceOptions DEFAULT =
            new MaintenanceOptions(3, Duration.ofHours(1), WEEK, null, null, null, null, WEEK);

    public MaintenanceOptions {
        Check.range("monthsAhead", monthsAhead, 2, 24);
        Check.positive("staleWorkers", staleWorkers);
        positiveOrNull("workerRetention", workerRetention);
        positiveOrNull("jobRetention", jobRetention);
        positiveOrNull("resultRetention", resultRetention);
        positiveOrNull("auditRetention", auditRetention);
        positiveOrNull("eventRetention", eventRetention);
        positiveOrNull("feedRetention", feedRetention);
    }

    private static void positiveOrNull(String field, @Nullable Duration period) {
        if (period != null) {
            Check.positive(field, period);
        }
    }

    /** The same with so many months ahead. */
    public MaintenanceOptions monthsAhead(int months) {
        return new MaintenanceOptions(
                months,
                staleWorkers,
                workerRetention,
                jobRetention,
                resultRetention,
                auditRetention,
                eventRetention,
                feedRetention);
    }

    /** The same, declaring a worker gone after so long without a heartbeat. */
    public MaintenanceOptions staleWorkers(Duration silence) {
        return new MaintenanceOptions(
                monthsAhead,
                silence,
                workerRetention,
                jobRetention,
                resultRetention,
                auditRetention,
                eventRetention,
                feedRetention);
    }

    /** The same, keeping the registrations of gone workers so long; null for ever. */
    public MaintenanceOptions workerRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead,
                staleWorkers,
                period,
                jobRetention,
                resultRetention,
                auditRetention,
                eventRetention,
                feedRetention);
    }

    /** The same, keeping ended jobs so long, and their attempts by whole months; null for ever. */
    public MaintenanceOptions jobRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead,
                staleWorkers,
                workerRetention,
                period,
                resultRetention,
                auditRetention,
                eventRetention,
                feedRetention);
    }

    /** The same, keeping results of inference benchmarks so long, by whole months; null for ever. */
    public MaintenanceOptions resultRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead,
                staleWorkers,
                workerRetention,
                jobRetention,
                period,
                auditRetention,
                eventRetention,
                feedRetention);
    }

    /** The same, keeping the audit trail so long, by whole months; null for ever. */
    public MaintenanceOptions auditRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead,
                staleWorkers,
                workerRetention,
                jobRetention,
                resultRetention,
                period,
                eventRetention,
                feedRetention);
    }

    /** The same, keeping monitoring events so long, by whole months; null for ever. */
    public MaintenanceOptions eventRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead,
                staleWorkers,
                workerRetention,
                jobRetention,
                resultRetention,
                auditRetention,
                period,
                feedRetention);
    }

    /** The same, keeping the feed of watched state namespaces so long; null for ever. */
    public MaintenanceOptions feedRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead,
                staleWorkers,
                workerRetention,
                jobRetention,
                resultRetention,
                auditRetention,
                eventRetention,
                period);
    }
}
