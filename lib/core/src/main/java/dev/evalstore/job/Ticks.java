package dev.evalstore.job;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.evalstore.internal.Check;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** When a schedule ticks. */
final class Ticks {
    private static final Duration LATE = Duration.ofMinutes(1);

    /** How many missed ticks one call enqueues at most, where each one gets a job. */
    private static final int MAX = 1_000;

    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private static final List<String> FIELDS = List.of(
            "minute of cron must be from 0 to 59",
            "hour of cron must be from 0 to 23",
            "day of month of cron must be from 1 to 31",
            "month of cron must be from 1 to 12, or from JAN to DEC",
            "day of week of cron must be from 0 to 7, or from SUN to SAT");

    private Ticks() {}

    /**
     * Ticks that have passed.
     *
     * @param enqueue the ticks that get a job
     * @param next the first tick that has not passed, or was not reached
     */
    record Passed(List<Instant> enqueue, Instant next) {}

    /**
     * Reads a cron expression.
     *
     * @throws IllegalArgumentException if it is none, or never ticks; the message names the wrong field
     */
    static ExecutionTime parse(String cron) {
        ExecutionTime times;
        // The parser would take a NUL at an end for a blank.
        Check.characters("cron", cron);
        try {
            times = read(cron);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(fault(cron));
        }
        if (next(times, LocalDateTime.of(2000, 1, 1, 0, 0)) == null) {
            throw new IllegalArgumentException("cron never ticks");
        }
        return times;
    }

    private static ExecutionTime read(String cron) {
        Cron read = PARSER.parse(cron).validate();
        return ExecutionTime.forCron(read);
    }

    private static String fault(String cron) {
        String[] fields = cron.strip().split("\\s+", -1);
        if (fields.length != FIELDS.size()) {
            return "cron must have five fields: minute, hour, day of month, month, day of week";
        }
        for (int i = 0; i < fields.length; i++) {
            for (String part : fields[i].split(",", -1)) {
                if (!isValid(i, part)) {
                    return fault(i, part);
                }
            }
        }
        return "cron is no expression of five fields";
    }

    /** What is wrong with a part of a field's list. */
    private static String fault(int field, String part) {
        String name = FIELDS.get(field).substring(0, FIELDS.get(field).indexOf(" must"));
        String[] step = part.split("/", -1);
        if (step.length == 2 && step[1].matches("0+") && isValid(field, step[0])) {
            return "the step in the " + name + " must be at least 1";
        }
        String[] range = step[0].split("-", -1);
        if (range.length == 2 && isValid(field, range[0]) && isValid(field, range[1])) {
            return "the range in the " + name + " must begin with its lower end";
        }
        return "the " + FIELDS.get(field) + ": *, a number, a range, a list of these, or a step";
    }

    private static boolean isValid(int field, String text) {
        String[] alone = {"*", "*", "*", "*", "*"};
        alone[field] = text;
        try {
            read(String.join(" ", alone));
            return !text.isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The first tick after the given time. */
    static Instant after(Schedule schedule, Instant time) {
        String cron = schedule.cron();
        return cron == null
                ? time.plus(Objects.requireNonNull(schedule.every()))
                : after(parse(cron), hasStar(cron), schedule.timeZone(), time);
    }

    /** Whether minute or hour begins with a star: then ticks go on through an hour that comes twice. */
    private static boolean hasStar(String cron) {
        String[] fields = cron.strip().split("\\s+", -1);
        return fields[0].startsWith("*") || fields[1].startsWith("*");
    }

    /** Between two changes of the clocks time is even, so a tick there is where the wall clock shows what the fields say. */
    private static Instant after(ExecutionTime times, boolean hasStar, ZoneId zone, Instant time) {
        ZoneRules rules = zone.getRules();
        Instant from = time;
        LocalDateTime seen = LocalDateTime.ofInstant(from, rules.getOffset(from));
        while (true) {
            ZoneOffset offset = rules.getOffset(from);
            ZoneOffsetTransition change = rules.nextTransition(from);
            LocalDateTime tick = next(times, seen);
            while (tick != null && (change == null || tick.isBefore(change.getDateTimeBefore()))) {
                if (hasStar || !isSecond(rules, tick, offset)) {
                    return tick.toInstant(offset);
                }
                tick = next(times, tick);
            }
            if (tick == null || change == null) {
                throw new IllegalArgumentException("cron never ticks");
            }
            from = change.getInstant();
            // The first moment after the change may tick, too.
            seen = change.getDateTimeAfter().minusSeconds(1);
        }
    }

    /** Whether the clock shows this time now for the second time. */
    private static boolean isSecond(ZoneRules rules, LocalDateTime time, ZoneOffset offset) {
        List<ZoneOffset> offsets = rules.getValidOffsets(time);
        return offsets.size() > 1 && !offsets.get(0).equals(offset);
    }

    private static @Nullable LocalDateTime next(ExecutionTime times, LocalDateTime after) {
        return times.nextExecution(after.atZone(ZoneOffset.UTC))
                .map(ZonedDateTime::toLocalDateTime)
                .orElse(null);
    }

    /** The ticks from {@code schedule.nextAt()} to now, and which of them get a job by the schedule's policy. */
    static Passed passed(Schedule schedule, Instant now) {
        Instant first = Objects.requireNonNull(schedule.nextAt());
        if (first.isAfter(now)) {
            return new Passed(List.of(), first);
        }
        if (schedule.missed() == Schedule.Missed.ALL) {
            return all(schedule, first, now);
        }
        // One job at most, for the last of them; the others need not be counted.
        Instant last = last(schedule, first, now);
        boolean skipped =
                schedule.missed() == Schedule.Missed.SKIP && last.plus(LATE).isBefore(now);
        return new Passed(skipped ? List.of() : List.of(last), after(schedule, last));
    }

    private static Passed all(Schedule schedule, Instant first, Instant now) {
        List<Instant> ticks = new ArrayList<>();
        Instant next = first;
        while (!next.isAfter(now) && ticks.size() < MAX) {
            ticks.add(next);
            next = after(schedule, next);
        }
        return new Passed(ticks, next);
    }

    /** The last tick up to now, counted from the first one. An interval keeps its rhythm. */
    private static Instant last(Schedule schedule, Instant first, Instant now) {
        Duration every = schedule.every();
        if (every != null) {
            return first.plus(every.multipliedBy(Duration.between(first, now).dividedBy(every)));
        }
        if (after(schedule, first).isAfter(now)) {
            return first;
        }
        // The latest second with a tick between it and now lies right before the last tick.
        long before = first.getEpochSecond() - 1;
        long at = now.getEpochSecond() + 1;
        while (at - before > 1) {
            long middle = before + (at - before) / 2;
            if (after(schedule, Instant.ofEpochSecond(middle)).isAfter(now)) {
                at = middle;
            } else {
                before = middle;
            }
        }
        Instant last = after(schedule, Instant.ofEpochSecond(before));
        return last.isBefore(first) || last.isAfter(now) ? first : last;
    }
}
