package dev.evalstore.job;

import dev.evalstore.internal.Check;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Recurring work: one job for each tick, however many processes run.
 *
 * @param name names it; not blank, at most 800 bytes in UTF-8
 * @param cron five fields (minute, hour, day of month, month, day of week), or null for an interval. When the clocks go
 *     forward, a time that does not exist has no tick that day. When they go back, a time that comes twice has one
 *     tick, the first time. If minute or hour begins with {@code *}, the ticks go on through both
 * @param every the interval, 1 s to 36,500 days, or null for a cron expression
 * @param timeZone in which the cron fields are read
 * @param missed the policy for ticks that were missed
 * @param job the job to enqueue; its {@code delay} counts from the tick's enqueueing. With a unique key, a tick makes
 *     no job while an unfinished one has the key
 * @param nextAt the next tick, by the server's clock; null before it is stored
 * @param lastAt the last tick that was enqueued, or null
 * @param pausedAt when it was paused, or null
 */
public record Schedule(
        String name,
        @Nullable String cron,
        @Nullable Duration every,
        ZoneId timeZone,
        Missed missed,
        NewJob job,
        @Nullable Instant nextAt,
        @Nullable Instant lastAt,
        @Nullable Instant pausedAt) {
    /**
     * The policy for ticks at which no process was there. A tick is missed when the next one has come, or after a
     * minute.
     */
    public enum Missed {
        /** Nothing. */
        SKIP,
        /** One job for all of them. */
        ONCE,
        /** A job for each. */
        ALL
    }

    public Schedule {
        Check.name("name", name);
        Objects.requireNonNull(timeZone, "timeZone");
        Objects.requireNonNull(missed, "missed");
        Objects.requireNonNull(job, "job");
        if ((cron == null) == (every == null)) {
            throw new IllegalArgumentException("give either cron or every");
        }
        if (cron != null) {
            Ticks.parse(cron);
        } else if (Check.period("every", every).compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("every must be at least one second");
        }
    }

    /** By a cron expression, in UTC, one job for all missed ticks. */
    public static Schedule cron(String name, String expression, NewJob job) {
        return new Schedule(name, expression, null, ZoneId.of("UTC"), Missed.ONCE, job, null, null, null);
    }

    /** At an interval from when it is stored, one job for all missed ticks. */
    public static Schedule every(String name, Duration interval, NewJob job) {
        return new Schedule(name, null, interval, ZoneId.of("UTC"), Missed.ONCE, job, null, null, null);
    }

    /** The same in another time zone. */
    public Schedule in(ZoneId zone) {
        return new Schedule(name, cron, every, zone, missed, job, nextAt, lastAt, pausedAt);
    }

    public Schedule missed(Missed policy) {
        return new Schedule(name, cron, every, timeZone, policy, job, nextAt, lastAt, pausedAt);
    }
}
