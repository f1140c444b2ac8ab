package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.Level;

/** A schedule that cannot tick keeps no other one from ticking, being listed or being changed. */
class ScheduleIsolationTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final JobSchedules schedules = db.jobs().schedules();

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
    }

    /** As another version of the library, or another runtime, may have stored it: the first by its name, and due. */
    private void spoil(String name, String change) {
        schedules.set(Schedule.every(name, Duration.ofHours(1), job("bad").delay(Duration.ofSeconds(1))));
        database.admin("update evalstore.job_schedules set next_at = next_at - interval '90 minutes', " + change
                + " where name = '" + name + "'");
    }

    private void dueGood(String name) {
        schedules.set(Schedule.every(name, Duration.ofHours(1), job("good")));
        database.admin("update evalstore.job_schedules set next_at = next_at - interval '90 minutes' where name = '"
                + name + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "zone       | time_zone = 'Mars/Olympus'",
                "payload    | job = jsonb_set(job, '{payload}', to_jsonb('1e200000'::text))",
                "nul        | job = jsonb_set(job, '{payload}', to_jsonb('\"\\u0000\"'::text))",
                "key        | job = jsonb_set(job, '{uniqueKey}', (select to_jsonb(string_agg(md5(i::text), '')) from generate_series(1, 40000) i))",
                "run at     | job = jsonb_set(job - 'delay', '{runAt}', '\"+300000-01-01T00:00:00Z\"')",
                "field      | job = job - 'maxRetries' || '{\"priority\": \"high\"}'",
                "empty      | job = '{}'",
                "cron       | cron = 'never', every_seconds = null",
                "rhythm     | every_seconds = 1e15",
            })
    void a_schedule_that_cannot_tick_is_named_and_the_others_tick(String what, String change) {
        spoil("a " + what, change);
        dueGood("b");
        try (LogCapture log = LogCapture.of(JobSchedules.class.getName(), Level.WARN)) {
            assertThat(schedules.enqueueDue()).hasSize(1);
            assertThat(log.text()).contains("a " + what);
        }
        assertThat(db.jobs().count(JobFilter.ALL.jobType("good"))).isEqualTo(1);
        assertThat(db.jobs().count(JobFilter.ALL)).isEqualTo(1);
        assertThat(schedules.list()).extracting(Schedule::name).contains("b");
        assertThat(schedules.find("b").orElseThrow().nextAt()).isAfter(Instant.now());

        try (LogCapture log = LogCapture.of(JobSchedules.class.getName(), Level.WARN)) {
            assertThat(schedules.enqueueDue()).isEmpty();
            assertThat(log.text()).as("it is not tried with each poll").isEmpty();
        }
        assertThat(schedules.pause("a " + what)).isTrue();
        assertThat(schedules.resume("a " + what)).isTrue();
        schedules.set(Schedule.every("a " + what, Duration.ofHours(2), job("good")));
        database.admin(
                "update evalstore.job_schedules set next_at = next_at - interval '3 hours' where name like 'a%'");
        assertThat(schedules.enqueueDue()).as("repaired").hasSize(1);
        assertThat(schedules.remove("a " + what)).isTrue();
    }

    @Test
    void a_schedule_that_cannot_be_read_is_named_by_find_and_by_list() {
        spoil("a", "time_zone = 'Mars/Olympus'");
        schedules.set(Schedule.every("b", Duration.ofHours(1), job("good")));
        assertThatThrownBy(() -> schedules.find("a"))
                .hasMessageContaining("schedule a")
                .hasMessageContaining("zone");
        try (LogCapture log = LogCapture.of(JobSchedules.class.getName(), Level.WARN)) {
            assertThat(schedules.list()).extracting(Schedule::name).containsExactly("b");
            assertThat(log.text()).contains("schedule a");
        }
    }

    /** More than are enqueued together: those that fail make room for those behind them. */
    @Test
    void many_bad_schedules_do_not_keep_the_good_one_behind_them_waiting() {
        for (int i = 0; i < 130; i++) {
            schedules.set(Schedule.every("a" + i, Duration.ofHours(1), job("bad")));
        }
        database.admin(
                "update evalstore.job_schedules set job = jsonb_set(job, '{payload}', to_jsonb('1e200000'::text))");
        schedules.set(Schedule.every("b", Duration.ofHours(1), job("good")));
        database.admin("update evalstore.job_schedules set next_at = next_at - interval '90 minutes'");
        assertThat(schedules.enqueueDue()).hasSize(1);
    }

    @Test
    void a_key_that_a_long_transaction_has_keeps_only_its_own_schedule_waiting() throws Exception {
        schedules.set(Schedule.every("a", Duration.ofHours(1), job("keyed").uniqueKey("k")));
        database.admin("update evalstore.job_schedules set next_at = next_at - interval '90 minutes'");
        dueGood("b");
        db.<Exception>useTransaction(tx -> {
            tx.jobs().create(job("keyed").uniqueKey("k"));
            assertThat(CompletableFuture.supplyAsync(schedules::enqueueDue).get(1, TimeUnit.MINUTES))
                    .hasSize(1);
        });
        assertThat(db.jobs().count(JobFilter.ALL.jobType("good"))).isEqualTo(1);
    }

    @Test
    void a_job_that_could_not_be_stored_is_refused_when_its_schedule_is_set() {
        assertThatThrownBy(() -> schedules.set(
                        Schedule.every("s", Duration.ofHours(1), job("s").uniqueKey("k".repeat(1_000_001)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("uniqueKey");
        assertThatThrownBy(() -> schedules.set(Schedule.every("s", Duration.ofHours(1), job("s").runAt(Instant.MAX))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("runAt");
        assertThatThrownBy(() -> schedules.set(
                        Schedule.every("s", Duration.ofHours(1), job("s").delay(Duration.ofSeconds(Long.MAX_VALUE)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("delay");
        assertThatThrownBy(() ->
                        schedules.set(Schedule.every("s", Duration.ofHours(1), NewJob.of("s", Json.parse("1e200000")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("json");
        assertThatThrownBy(() -> schedules.set(Schedule.every("s", Duration.ofDays(1_000_000_000), job("s"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("every");
        assertThat(schedules.list()).isEmpty();
    }
}
