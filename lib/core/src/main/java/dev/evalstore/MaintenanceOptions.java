package dev.evalstore;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.schema.PartitionsAhead;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The months that maintenance keeps ready, and for how long it keeps old rows. User data is kept for ever unless a
 * retention is set; housekeeping data (dead workers, change feeds) is kept for a week by default. Rows in monthly
 * partitions go by whole months.
 *
 * @param monthsAhead how many months after the current one have their partitions, 2 to 24; 3 unless given
 * @param staleWorkers after how long without a heartbeat a worker is declared dead, at most 36,500 days; an hour unless
 *     given
 * @param retention periods by the names of the setters below, each at most 36,500 days; what is absent is kept for ever
 * @param dropsUndelivered whether {@code domainEventRetention} also drops events that an enabled subscription has not passed; false
 *     unless given
 * @param turn after how long a run begins no further step, or null for never; the next run of the same {@link Maintenance} goes on
 *     there
 */
public record MaintenanceOptions(
        int monthsAhead,
        Duration staleWorkers,
        Map<String, Duration> retention,
        boolean dropsUndelivered,
        @Nullable Duration turn) {
    private static final Set<String> KEPT = Set.of(
            "experimentArchiving",
            "workerRetention",
            "jobRetention",
            "resultRetention",
            "auditRetention",
            "eventRetention",
            "feedRetention",
            "costRetention",
            "domainEventRetention");

    /**
     * Three months ahead; workers are stale after an hour; dead workers and change feeds are kept for a week, the rest
     * for ever.
     */
    public static final MaintenanceOptions DEFAULT = new MaintenanceOptions(
                    3, Duration.ofHours(1), Map.of(), false, null)
            .workerRetention(Duration.ofDays(7))
            .feedRetention(Duration.ofDays(7));

    /** The default, with domain events kept for 2 years, if they are delivered by then, and the audit log for 7. */
    public static final MaintenanceOptions COMPLIANCE =
            DEFAULT.domainEventRetention(Duration.ofDays(731)).auditRetention(Duration.ofDays(2_557));

    public MaintenanceOptions {
        Check.range("monthsAhead", monthsAhead, 2, PartitionsAhead.MOST_AHEAD);
        Check.period("staleWorkers", staleWorkers);
        Check.periodOrNull("turn", turn);
        retention = Map.copyOf(retention);
        retention.forEach((setting, period) -> Check.period(Check.oneOf("retention", setting, KEPT), period));
    }

    public MaintenanceOptions monthsAhead(int months) {
        return new MaintenanceOptions(months, staleWorkers, retention, dropsUndelivered, turn);
    }

    public MaintenanceOptions staleWorkers(Duration silence) {
        return new MaintenanceOptions(monthsAhead, silence, retention, dropsUndelivered, turn);
    }

    /** The same, keeping the registrations of dead workers for the given period; null for ever. */
    public MaintenanceOptions workerRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead, staleWorkers, with("workerRetention", period), dropsUndelivered, turn);
    }

    /** The same, keeping finished jobs for the given period, and their attempts by whole months; null for ever. */
    public MaintenanceOptions jobRetention(@Nullable Duration period) {
        return new MaintenanceOptions(monthsAhead, staleWorkers, with("jobRetention", period), dropsUndelivered, turn);
    }

    /**
     * The same, keeping results of inference benchmarks for the given period after the day of measurement; null for
     * ever.
     */
    public MaintenanceOptions resultRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead, staleWorkers, with("resultRetention", period), dropsUndelivered, turn);
    }

    /**
     * The same, keeping the audit log for the given period; null for ever. Only the owner of the tables can drop a
     * month of it.
     */
    public MaintenanceOptions auditRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead, staleWorkers, with("auditRetention", period), dropsUndelivered, turn);
    }

    /** The same, keeping monitoring events for the given period; null for ever. */
    public MaintenanceOptions eventRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead, staleWorkers, with("eventRetention", period), dropsUndelivered, turn);
    }

    /**
     * The same, keeping change feeds for the given period; null for ever. A reader that stays away for longer has to
     * begin again.
     */
    public MaintenanceOptions feedRetention(@Nullable Duration period) {
        return new MaintenanceOptions(monthsAhead, staleWorkers, with("feedRetention", period), dropsUndelivered, turn);
    }

    /** The same, keeping what requests to models cost for the given period after the request; null for ever. */
    public MaintenanceOptions costRetention(@Nullable Duration period) {
        return new MaintenanceOptions(monthsAhead, staleWorkers, with("costRetention", period), dropsUndelivered, turn);
    }

    /**
     * The same, keeping domain events for the given period; null for ever. Months that an enabled subscription has not passed are
     * kept longer, and the report names the subscriptions.
     */
    public MaintenanceOptions domainEventRetention(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead, staleWorkers, with("domainEventRetention", period), dropsUndelivered, turn);
    }

    /** The same, dropping domain events that have outlived their retention also where a subscription has not passed them. */
    public MaintenanceOptions dropsUndelivered(boolean drops) {
        return new MaintenanceOptions(monthsAhead, staleWorkers, retention, drops, turn);
    }

    /** The same, archiving experiments that ended, and were last changed, the given period ago or earlier; null for never, which is the default. */
    public MaintenanceOptions experimentArchiving(@Nullable Duration period) {
        return new MaintenanceOptions(
                monthsAhead, staleWorkers, with("experimentArchiving", period), dropsUndelivered, turn);
    }

    /** The same, beginning no further step of a run after the given time; null for never, which is the default. */
    public MaintenanceOptions turn(@Nullable Duration time) {
        return new MaintenanceOptions(monthsAhead, staleWorkers, retention, dropsUndelivered, time);
    }

    private Map<String, Duration> with(String setting, @Nullable Duration period) {
        Map<String, Duration> changed = new HashMap<>(retention);
        changed.compute(setting, (name, old) -> period);
        return changed;
    }
}
