package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a schedule ticks, above all where the clocks are changed. */
class TicksTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static Schedule schedule(String cron, String zone) {
        return Schedule.cron("s", cron, job("s")).in(ZoneId.of(zone));
    }

    private static List<Instant> between(Schedule schedule, Instant from, Instant to) {
        List<Instant> ticks = new ArrayList<>();
        for (Instant at = Ticks.after(schedule, from); at.isBefore(to); at = Ticks.after(schedule, at)) {
            ticks.add(at);
        }
        return ticks;
    }

    private static List<String> local(String cron, String zone, String day) {
        ZoneId id = ZoneId.of(zone);
        Instant from = LocalDateTime.parse(day + "T00:00").atZone(id).toInstant();
        Instant to = LocalDateTime.parse(day + "T00:00").plusDays(1).atZone(id).toInstant();
        return between(schedule(cron, zone), from.minusNanos(1), to).stream()
                .map(tick -> tick.atZone(id).toOffsetDateTime().toString())
                .toList();
    }

    /** Berlin goes back from 3:00 to 2:00, Troll from 3:00 to 1:00, Lord Howe from 2:00 to 1:30. */
    @ParameterizedTest
    @CsvSource({
        "15 1-3 * * *, Europe/Berlin, 2026-10-25, 01:15+02:00 02:15+02:00 03:15+01:00",
        "'0,30 2 * * *', Europe/Berlin, 2026-10-25, 02:00+02:00 02:30+02:00",
        "30 1 * * *, Antarctica/Troll, 2026-10-25, 01:30+02:00",
        "45 1 * * *, Australia/Lord_Howe, 2026-04-05, 01:45+11:00",
        "0 * * * *, Antarctica/Troll, 2026-10-25, 00:00+02:00 01:00+02:00 02:00+02:00 01:00Z 02:00Z 03:00Z 04:00Z",
        "*/30 2 * * *, Europe/Berlin, 2026-10-25, 02:00+02:00 02:30+02:00 02:00+01:00 02:30+01:00",
    })
    void a_time_that_comes_twice_ticks_once_and_fields_with_a_star_go_on(
            String cron, String zone, String day, String expected) {
        List<String> want = List.of(expected.split(" ")).stream()
                .map(time -> day + "T" + time)
                .toList();
        assertThat(local(cron, zone, day).subList(0, want.size())).isEqualTo(want);
        if (!cron.equals("0 * * * *")) {
            assertThat(local(cron, zone, day)).hasSameSizeAs(want);
        }
    }

    /** Lord Howe goes forward from 2:00 to 2:30, Berlin from 2:00 to 3:00, Troll from 1:00 to 3:00. */
    @ParameterizedTest
    @CsvSource({
        "30 2 * * *, Australia/Lord_Howe, 2026-10-04, 2026-10-04T02:30+11:00",
        "15 2 * * *, Australia/Lord_Howe, 2026-10-04, ",
        "30 2 * * *, Europe/Berlin, 2026-03-29, ",
        "0 3 * * *, Europe/Berlin, 2026-03-29, 2026-03-29T03:00+02:00",
        "30 1 * * *, Antarctica/Troll, 2026-03-29, ",
        "0 12 * * *, Pacific/Apia, 2011-12-30, ",
    })
    void a_time_that_does_not_exist_does_not_tick_and_the_first_one_that_does_ticks(
            String cron, String zone, String day, String expected) {
        assertThat(local(cron, zone, day)).isEqualTo(expected == null ? List.of() : List.of(expected));
    }

    /** What each field admits, worked out apart from the library's own reading. */
    private record Field(String text, Set<Integer> values) {
        static Field random(Random random, int min, int max) {
            Set<Integer> values = new HashSet<>();
            int span = max - min + 1;
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    for (int v = min; v <= max; v++) {
                        values.add(v);
                    }
                    return new Field("*", values);
                }
                case 2 -> {
                    int step = 1 + random.nextInt(Math.max(1, span / 2));
                    for (int v = min; v <= max; v += step) {
                        values.add(v);
                    }
                    return new Field("*/" + step, values);
                }
                case 3 -> {
                    int from = min + random.nextInt(span);
                    int to = from + random.nextInt(max - from + 1);
                    for (int v = from; v <= to; v++) {
                        values.add(v);
                    }
                    return new Field(from == to ? "" + from : from + "-" + to, values);
                }
                case 4 -> {
                    int a = min + random.nextInt(span);
                    int b = min + random.nextInt(span);
                    values.add(a);
                    values.add(b);
                    return new Field(a == b ? "" + a : Math.min(a, b) + "," + Math.max(a, b), values);
                }
                default -> {
                    int a = min + random.nextInt(span);
                    values.add(a);
                    return new Field("" + a, values);
                }
            }
        }

        boolean isAny() {
            return text.startsWith("*");
        }

        /** Day of month and day of week are alternatives only where both leave out something. */
        boolean isEvery() {
            return text.equals("*") || text.equals("*/1");
        }
    }

    private static boolean matches(List<Field> fields, LocalDateTime time) {
        boolean day = fields.get(2).values().contains(time.getDayOfMonth());
        boolean week = fields.get(4).values().contains(time.getDayOfWeek().getValue() % 7);
        boolean either = fields.get(2).isEvery() || fields.get(4).isEvery() ? day && week : day || week;
        return fields.get(0).values().contains(time.getMinute())
                && fields.get(1).values().contains(time.getHour())
                && fields.get(3).values().contains(time.getMonthValue())
                && either;
    }

    /** The ticks by trying every minute. */
    private static List<Instant> model(List<Field> fields, ZoneId zone, Instant from, Instant to) {
        boolean goesOn = fields.get(0).isAny() || fields.get(1).isAny();
        List<Instant> ticks = new ArrayList<>();
        for (Instant at = from.truncatedTo(ChronoUnit.MINUTES).plus(MINUTE); at.isBefore(to); at = at.plus(MINUTE)) {
            ZoneOffset offset = zone.getRules().getOffset(at);
            LocalDateTime time = LocalDateTime.ofInstant(at, offset);
            boolean isSecond = zone.getRules().getValidOffsets(time).size() == 2
                    && !zone.getRules().getValidOffsets(time).get(0).equals(offset);
            if (matches(fields, time) && (goesOn || !isSecond)) {
                ticks.add(at);
            }
        }
        return ticks;
    }

    private static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "Europe/Dublin",
            "Europe/London",
            "America/New_York",
            "America/St_Johns",
            "America/Sao_Paulo",
            "America/Santiago",
            "America/Havana",
            "America/Nuuk",
            "Asia/Kathmandu",
            "Asia/Tehran",
            "Asia/Gaza",
            "Asia/Beirut",
            "Africa/Casablanca",
            "Africa/Cairo",
            "Australia/Lord_Howe",
            "Australia/Adelaide",
            "Pacific/Apia",
            "Pacific/Chatham",
            "Pacific/Easter",
            "Antarctica/Troll");

    /** Around each change of the clocks from 2005 on, and some days without one. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void ticks_are_those_of_a_model_that_tries_every_minute(long seed) {
        Random random = new Random(seed);
        for (String name : ZONES) {
            ZoneId zone = ZoneId.of(name);
            for (int round = 0; round < 12; round++) {
                List<Field> fields = List.of(
                        Field.random(random, 0, 59),
                        round % 2 == 0 ? Field.random(random, 0, 4) : Field.random(random, 0, 23),
                        Field.random(random, 1, 31),
                        Field.random(random, 1, 12),
                        Field.random(random, 0, 6));
                if (round % 2 == 0 && fields.get(1).isAny()) {
                    continue;
                }
                String cron = String.join(" ", fields.stream().map(Field::text).toList());
                Instant any = Instant.parse("2005-01-01T00:00:00Z").plus(random.nextInt(8_000), ChronoUnit.DAYS);
                ZoneOffsetTransition change = zone.getRules().nextTransition(any);
                Instant middle = change == null || random.nextInt(8) == 0 ? any : change.getInstant();
                Instant from = middle.minus(Duration.ofHours(30)).plusMillis(random.nextInt(60_000));
                Instant to = middle.plus(Duration.ofHours(40));
                Schedule schedule;
                try {
                    schedule = schedule(cron, name);
                } catch (IllegalArgumentException e) {
                    assertThat(e).hasMessageContaining("never ticks");
                    continue;
                }
                assertThat(between(schedule, from, to))
                        .as("%s in %s around %s, seed %d", cron, name, middle, seed)
                        .isEqualTo(model(fields, zone, from, to));
            }
        }
    }

    private static Schedule missed(Schedule schedule, Schedule.Missed policy, Instant nextAt) {
        return new Schedule(
                "s", schedule.cron(), schedule.every(), schedule.timeZone(), policy, job("s"), nextAt, null, null);
    }

    /** A process was away for days, and is back just after a tick. */
    @ParameterizedTest
    @ValueSource(strings = {"* * * * *", "*/7 3-22 * * *", "every"})
    void after_thousands_of_missed_ticks_the_one_on_time_gets_its_job(String cron) {
        Schedule schedule = cron.equals("every")
                ? Schedule.every("s", Duration.ofSeconds(47), job("s"))
                : schedule(cron, "Europe/Berlin");
        Instant first = Ticks.after(schedule, Instant.parse("2026-10-20T09:00:00Z"));
        Instant last = first;
        for (Instant next = first; next.isBefore(Instant.parse("2026-11-20T12:00:00Z")); ) {
            last = next;
            next = Ticks.after(schedule, next);
        }
        Instant now = last.plusSeconds(5);
        for (Schedule.Missed policy : List.of(Schedule.Missed.SKIP, Schedule.Missed.ONCE)) {
            Ticks.Passed passed = Ticks.passed(missed(schedule, policy, first), now);
            assertThat(passed.enqueue()).as(policy.name()).containsExactly(last);
            assertThat(passed.next()).isEqualTo(Ticks.after(schedule, last));
        }
        Ticks.Passed late = Ticks.passed(missed(schedule, Schedule.Missed.SKIP, first), last);
        assertThat(late.enqueue()).containsExactly(last);
        assertThat(Ticks.passed(missed(schedule, Schedule.Missed.ALL, first), now)
                        .enqueue())
                .hasSize(1_000);
    }

    @Test
    void a_tick_that_is_more_than_a_minute_late_is_missed_however_many_there_were() {
        Schedule hourly = schedule("0 * * * *", "UTC");
        Instant first = Instant.parse("2025-01-01T00:00:00Z");
        Instant now = Instant.parse("2026-01-01T10:01:01Z");
        Ticks.Passed skipped = Ticks.passed(missed(hourly, Schedule.Missed.SKIP, first), now);
        assertThat(skipped.enqueue()).isEmpty();
        assertThat(skipped.next()).isEqualTo(Instant.parse("2026-01-01T11:00:00Z"));
        assertThat(Ticks.passed(missed(hourly, Schedule.Missed.ONCE, first), now)
                        .enqueue())
                .containsExactly(Instant.parse("2026-01-01T10:00:00Z"));
        Schedule yearly = schedule("0 0 1 1 *", "UTC");
        assertThat(Ticks.passed(missed(yearly, Schedule.Missed.ONCE, Instant.parse("1990-01-01T00:00:00Z")), now)
                        .enqueue())
                .containsExactly(Instant.parse("2026-01-01T00:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "0 25 * * *, hour",
        "60 1 * * *, minute",
        "0 1 32 * *, day of month",
        "0 1 * 13 *, month",
        "0 1 * * 9, day of week",
        "x 1 * * *, minute",
        "0 1 5-2 * *, day of month",
        "*/0 1 * * *, the step in the minute of cron must be at least 1",
        "'0 1,3-4/00 * * *', the step in the hour of cron must be at least 1",
        "5-1 * * * *, the range in the minute of cron must begin with its lower end",
        "0 1 9-5/2 * *, the range in the day of month of cron must begin with its lower end",
        "0 -1 * * *, hour of cron must be from 0 to 23",
        "0 1 * *, five fields",
        "0 1 * * * *, five fields",
        "'', five fields",
        "0 0 30 2 *, never ticks",
    })
    void a_cron_expression_that_is_none_says_which_field_is_wrong(String cron, String field) {
        assertThatThrownBy(() -> schedule(cron, "UTC"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cron")
                .hasMessageContaining(field);
    }

    /** The parser takes it for a blank at an end. */
    @Test
    void a_nul_in_a_cron_expression_is_refused_by_name() {
        for (String cron : List.of("0 1 * * *\0", "\0000 1 * * *", "0 1\0 * * *")) {
            assertThatThrownBy(() -> schedule(cron, "UTC"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("cron holds a NUL");
        }
    }
}
