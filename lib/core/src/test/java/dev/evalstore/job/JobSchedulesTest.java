package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.testing.faults.ChildJvm;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobSchedulesTest {
    private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final JobSchedules schedules = db.jobs().schedules();

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
    }

    private void letPass(String name, Duration time) {
        database.admin("update evalstore.job_schedules set next_at = next_at - interval '" + time.toSeconds()
                + " seconds' where name = '" + name + "'");
    }

    @Test
    void a_stored_schedule_reads_back_the_same_and_ticks_when_it_is_due() {
        NewJob nightly = job("nightly")
                .queue("q")
                .priority(3)
                .requiredTags("gpu")
                .fairKey("openai")
                .delay(Duration.ofSeconds(5))
                .uniqueKey("nightly");
        Schedule stored =
                schedules.set(Schedule.cron("n", "30 2 * * *", nightly).in(NEW_YORK));
        assertThat(stored.job()).isEqualTo(nightly);
        assertThat(stored.timeZone()).isEqualTo(NEW_YORK);
        assertThat(stored.nextAt().atZone(NEW_YORK).getMinute()).isEqualTo(30);
        assertThat(schedules.find("n")).contains(stored);
        assertThat(schedules.list()).containsExactly(stored);
        assertThat(schedules.enqueueDue()).isEmpty();

        letPass("n", Duration.ofDays(1));
        assertThat(schedules.enqueueDue()).hasSize(1);
        assertThat(schedules.enqueueDue()).isEmpty();
        Job enqueued = db.jobs().list(JobFilter.ALL, 10, null).items().get(0);
        assertThat(enqueued.queue()).isEqualTo("q");
        assertThat(enqueued.uniqueKey()).isEqualTo("nightly");
        assertThat(enqueued.runAt()).isNotNull();
        assertThat(schedules.find("n").orElseThrow().lastAt()).isNotNull();
        assertThat(schedules.find("n").orElseThrow().nextAt()).isAfter(Instant.now());
    }

    @Test
    void each_tick_is_enqueued_once_by_twenty_processes_at_once() throws Exception {
        schedules.set(Schedule.every("e", Duration.ofHours(1), job("e")).missed(Schedule.Missed.ALL));
        letPass("e", Duration.ofMinutes(150));
        List<List<UUID>> enqueued =
                Threads.together(20, i -> () -> db.jobs().schedules().enqueueDue());
        assertThat(enqueued.stream().mapToInt(List::size).sum()).isEqualTo(2);
        assertThat(db.jobs().count(JobFilter.ALL)).isEqualTo(2);
    }

    @Test
    void missed_ticks_follow_their_policy() {
        for (Schedule.Missed policy : Schedule.Missed.values()) {
            schedules.set(Schedule.every(policy.name(), Duration.ofHours(1), job(policy.name()))
                    .missed(policy));
            letPass(policy.name(), Duration.ofMinutes(60 * 5 + 30));
        }
        schedules.enqueueDue();
        assertThat(db.jobs().count(JobFilter.ALL.jobType("SKIP"))).isZero();
        assertThat(db.jobs().count(JobFilter.ALL.jobType("ONCE"))).isEqualTo(1);
        assertThat(db.jobs().count(JobFilter.ALL.jobType("ALL"))).isEqualTo(5);
        assertThat(schedules.list())
                .allSatisfy(s -> assertThat(Duration.between(Instant.now(), s.nextAt()))
                        .as("the rhythm is kept")
                        .isBetween(Duration.ofMinutes(29), Duration.ofMinutes(31)));
    }

    @Test
    void a_tick_on_time_is_not_missed() {
        schedules.set(Schedule.every("s", Duration.ofHours(1), job("s")).missed(Schedule.Missed.SKIP));
        letPass("s", Duration.ofSeconds(3_601));
        assertThat(schedules.enqueueDue()).hasSize(1);
    }

    @Test
    void setting_a_schedule_again_does_not_move_its_next_tick_unless_its_rhythm_changes() {
        Instant next = schedules
                .set(Schedule.every("s", Duration.ofHours(1), job("s")))
                .nextAt();
        assertThat(schedules
                        .set(Schedule.every("s", Duration.ofHours(1), job("other")))
                        .nextAt())
                .isEqualTo(next);
        assertThat(schedules
                        .set(Schedule.every("s", Duration.ofHours(2), job("s")))
                        .nextAt())
                .isAfter(next);
    }

    @Test
    void a_paused_schedule_does_not_tick_and_a_removed_one_is_gone() {
        schedules.set(Schedule.every("s", Duration.ofHours(1), job("s")));
        assertThat(schedules.pause("s")).isTrue();
        assertThat(schedules.pause("s")).isFalse();
        letPass("s", Duration.ofHours(2));
        assertThat(schedules.enqueueDue()).isEmpty();
        assertThat(schedules.resume("s")).isTrue();
        assertThat(schedules.enqueueDue()).hasSize(1);
        assertThat(schedules.remove("s")).isTrue();
        assertThat(schedules.remove("s")).isFalse();
        assertThat(schedules.find("s")).isEmpty();
    }

    @Test
    void a_tick_whose_key_is_taken_makes_no_job_and_counts_as_done() throws Exception {
        NewJob keyed = job("k").queue("q").uniqueKey("k");
        schedules.set(Schedule.every("s", Duration.ofHours(1), keyed).missed(Schedule.Missed.ALL));
        letPass("s", Duration.ofMinutes(150));
        List<UUID> first = schedules.enqueueDue();
        assertThat(first).as("one for both ticks").hasSize(1);
        letPass("s", Duration.ofHours(1));
        assertThat(schedules.enqueueDue()).isEmpty();
        Schedule after = schedules.find("s").orElseThrow();
        assertThat(after.nextAt()).isAfter(Instant.now());
        assertThat(after.lastAt()).isAfter(Instant.now().minus(Duration.ofHours(1)));
        CreatedJob like = db.jobs().createUnique(keyed);
        assertThat(like.isNew()).isFalse();
        assertThat(like.job().id()).isEqualTo(first.get(0));
        assertThat(database.value("select count(*) from evalstore.job_unique")).isEqualTo("1");

        db.jobs().cancel(first.get(0));
        letPass("s", Duration.ofHours(1));
        assertThat(schedules.enqueueDue()).as("the key is free again").hasSize(1);
        assertThatThrownBy(() -> db.jobs().retry(first.get(0))).isInstanceOf(ConflictException.class);

        // Another transaction's job, which is not yet committed, has it as well: the tick waits for what becomes of
        // that.
        db.jobs().cancel(last());
        letPass("s", Duration.ofHours(1));
        CompletableFuture<List<UUID>> tick = new CompletableFuture<>();
        db.useTransaction(tx -> {
            tx.jobs().create(keyed);
            tick.completeAsync(() -> db.jobs().schedules().enqueueDue());
            database.awaitBlocked();
        });
        assertThat(tick.get(30, TimeUnit.SECONDS)).isEmpty();
        JobTestKit.assertEachJobInOnePlace(database);
    }

    private UUID last() {
        return db.jobs().list(JobFilter.ALL, 1, null).items().get(0).id();
    }

    @Test
    void ticks_that_make_no_job_do_not_keep_others_waiting() {
        db.jobs().create(job("k").uniqueKey("k"));
        for (int i = 0; i < 120; i++) {
            schedules.set(Schedule.every("a" + i, Duration.ofHours(1), job("k").uniqueKey("k")));
        }
        schedules.set(Schedule.every("z", Duration.ofHours(1), job("z")));
        database.admin("update evalstore.job_schedules set next_at = next_at - interval '1 hour'");
        assertThat(schedules.enqueueDue()).hasSize(1);
        assertThat(db.jobs().count(JobFilter.ALL)).isEqualTo(2);
        assertThat(schedules.list()).allMatch(s -> s.nextAt().isAfter(Instant.now()));
    }

    /** Each of two processes takes a hundred by their names, and these have the same keys in the opposite order. */
    @Test
    void schedules_that_share_keys_tick_without_a_deadlock() throws Exception {
        for (int i = 0; i < 100; i++) {
            schedules.set(Schedule.every("a" + (100 + i), Duration.ofHours(1), job("s").uniqueKey("k" + i)));
            schedules.set(Schedule.every("b" + (200 - i), Duration.ofHours(1), job("s").uniqueKey("k" + i)));
        }
        for (int round = 1; round <= 3; round++) {
            database.admin("update evalstore.job_schedules set next_at = next_at - interval '1 hour'");
            List<List<UUID>> enqueued =
                    Threads.together(4, i -> () -> db.jobs().schedules().enqueueDue());
            assertThat(enqueued.stream().mapToInt(List::size).sum()).isEqualTo(100);
            db.jobs()
                    .list(JobFilter.ALL.status(JobStatus.PENDING), 100, null)
                    .items()
                    .forEach(one -> db.jobs().cancel(one.id()));
        }
    }

    private static ChildJvm ticking() {
        ChildJvm child = ChildJvm.start(
                JobWorkerMain.class,
                List.of("-Xmx64m"),
                JobWorkerMain.arguments(database.config().build(), "tick"));
        child.await("READY");
        return child;
    }

    private List<Instant> nextTicks() {
        return schedules.list().stream().map(Schedule::nextAt).toList();
    }

    private void awaitCompleted(Schedule.Missed policy, int jobs) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() ->
                        db.jobs().count(JobFilter.ALL.jobType(policy.name()).status(JobStatus.COMPLETED)) == jobs);
    }

    /** Yearly: what falls due while the test runs is what the test says. */
    @Test
    void ticks_come_once_each_and_missed_ones_by_their_policy_when_processes_are_killed_and_follow_each_other() {
        try (ChildJvm first = ticking()) {
            database.admin("update evalstore.job_schedules set next_at = statement_timestamp()");
            for (Schedule.Missed policy : Schedule.Missed.values()) {
                awaitCompleted(policy, 1);
            }
            first.kill();
        }
        List<Schedule> left = schedules.list();
        assertThat(left).hasSize(3).allSatisfy(s -> assertThat(s.nextAt()).isAfter(Instant.now()));
        database.admin("update evalstore.job_schedules set next_at = next_at - interval '4 years'");
        try (ChildJvm second = ticking()) {
            awaitCompleted(Schedule.Missed.ALL, 1 + 4);
            awaitCompleted(Schedule.Missed.ONCE, 1 + 1);
            Awaitility.await()
                    .until(() -> nextTicks()
                            .equals(left.stream().map(Schedule::nextAt).toList()));
            try (ChildJvm third = ticking()) {
                database.admin("update evalstore.job_schedules set next_at = statement_timestamp()");
                awaitCompleted(Schedule.Missed.ALL, 1 + 4 + 1);
                awaitCompleted(Schedule.Missed.ONCE, 1 + 1 + 1);
                awaitCompleted(Schedule.Missed.SKIP, 1 + 1);
                assertThat(second.isAlive() && third.isAlive()).isTrue();
            }
        }
        assertThat(db.jobs().count(JobFilter.ALL)).isEqualTo(6 + 3 + 2);
        assertThat(database.value("select count(*) from evalstore.job_attempts"))
                .isEqualTo("11");
    }

    private static List<Instant> ticks(String cron, String from, int count) {
        Schedule schedule = Schedule.cron("s", cron, job("s")).in(NEW_YORK);
        List<Instant> ticks = new ArrayList<>();
        Instant at = Instant.parse(from);
        for (int i = 0; i < count; i++) {
            at = Ticks.after(schedule, at);
            ticks.add(at);
        }
        return ticks;
    }

    /** 2026-03-08, 2:00 becomes 3:00. */
    @Test
    void a_time_that_does_not_exist_has_no_tick_and_the_others_have_one() {
        assertThat(ticks("30 2 * * *", "2026-03-07T12:00:00Z", 2))
                .containsExactly(Instant.parse("2026-03-09T06:30:00Z"), Instant.parse("2026-03-10T06:30:00Z"));
        assertThat(ticks("0 * * * *", "2026-03-08T05:30:00Z", 3))
                .containsExactly(
                        Instant.parse("2026-03-08T06:00:00Z"),
                        Instant.parse("2026-03-08T07:00:00Z"),
                        Instant.parse("2026-03-08T08:00:00Z"));
    }

    /** 2026-11-01, 2:00 becomes 1:00. */
    @Test
    void a_time_that_comes_twice_has_one_tick_and_every_half_hour_goes_on() {
        assertThat(ticks("30 1 * * *", "2026-10-31T12:00:00Z", 2))
                .containsExactly(Instant.parse("2026-11-01T05:30:00Z"), Instant.parse("2026-11-02T06:30:00Z"));
        List<Instant> halves = ticks("*/30 * * * *", "2026-11-01T04:45:00Z", 6);
        for (int i = 1; i < halves.size(); i++) {
            assertThat(Duration.between(halves.get(i - 1), halves.get(i))).isEqualTo(Duration.ofMinutes(30));
        }
    }

    @Test
    void a_schedule_that_cannot_tick_is_refused() {
        assertThatThrownBy(() -> Schedule.cron("s", "every day", job("s"))).hasMessageContaining("cron");
        assertThatThrownBy(() -> Schedule.cron("s", "61 * * * *", job("s"))).hasMessageContaining("cron");
        assertThatThrownBy(() -> Schedule.every("s", Duration.ofMillis(10), job("s")))
                .hasMessageContaining("every");
        assertThatThrownBy(() -> Schedule.every(" ", Duration.ofHours(1), job("s")))
                .hasMessageContaining("name");
    }
}
