package dev.evalstore.job;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** When a schedule ticks. */
final class Ticks {
    private static final Duration LATE = Duration.ofMinutes(1);

    /** How many missed ticks one call enqueues at most, where each one gets a job. */
    private static final int MAX = 1_000;

    private Ticks() {}

    /**
     * Ticks that have passed.
     *
     * @param enqueue the ticks that get a job
     * @param next the first tick that has not passed, or was not reached
     */
    record Passed(List<Instant> enqueue, Instant next) {}

    static Cron parse(String expression) {
        try {
            return new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
                    .parse(expression)
                    .validate();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cron is no expression of five fields");
        }
    }

    /** The first tick after the given time. */
    static Instant after(Schedule schedule, Instant time) {
        if (schedule.cron() == null) {
            return time.plus(Objects.requireNonNull(schedule.every()));
        }
        return ExecutionTime.forCron(parse(schedule.cron()))
                .nextExecution(time.atZone(schedule.timeZone()))
                .orElseThrow(() -> new IllegalArgumentException("cron never ticks"))
                .toInstant();
    }

    /** The ticks from {@code schedule.nextAt()} to now, and which of them get a job by the schedule's policy. */
    static Passed passed(Schedule schedule, Instant now) {
        Instant first = Objects.requireNonNull(schedule.nextAt());
        List<Instant> over = new ArrayList<>();
        Instant next = first;
        while (!next.isAfter(now) && over.size() < MAX) {
            over.add(next);
            next = after(schedule, next);
        }
        if (over.isEmpty() || schedule.missed() == Schedule.Missed.ALL) {
            return new Passed(over, next);
        }
        // One job is enough, so the ticks in between need not be counted.
        if (!next.isAfter(now)) {
            next = afterLongAbsence(schedule, first, now);
        }
        Instant last = over.get(over.size() - 1);
        boolean late = last.plus(LATE).isBefore(now);
        return new Passed(schedule.missed() == Schedule.Missed.SKIP && late ? List.of() : List.of(last), next);
    }

    /** An interval keeps its rhythm. */
    private static Instant afterLongAbsence(Schedule schedule, Instant first, Instant now) {
        if (schedule.every() == null) {
            return after(schedule, now);
        }
        long intervals = Duration.between(first, now).dividedBy(schedule.every()) + 1;
        return first.plus(schedule.every().multipliedBy(intervals));
    }
}
