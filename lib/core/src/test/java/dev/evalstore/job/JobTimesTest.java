package dev.evalstore.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Page;
import dev.evalstore.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs of a time are found by their numbers, which were drawn in the order of time, but for what overtook each other. */
class JobTimesTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Instant LONG_AGO = Instant.parse("2024-01-01T00:00:00Z");

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.job_ready; delete from evalstore.jobs");
    }

    /** One job in two minutes on the average, some of them drawn up to an hour before they were noted or after others. */
    private void enqueue(int number, long seed) {
        jobs.createAll(Collections.nCopies(number / 2, NewJob.of("t", Json.EMPTY)));
        for (int i = number / 2; i < number; i += 100) {
            jobs.createAll(Collections.nCopies(100, NewJob.of("t", Json.EMPTY)));
        }
        database.admin(
                "select setseed(" + 1.0 / seed + "); update evalstore.jobs j set created_at = timestamptz '" + LONG_AGO
                        + "' + s.n * interval '2 minutes' + random() * interval '59 minutes'"
                        + " from (select id, row_number() over (order by seq) as n from evalstore.jobs) s where s.id = j.id");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {2, 3, 4})
    void a_list_by_time_has_the_jobs_of_that_time_and_no_others(long seed) {
        int number = 3_000;
        enqueue(number, seed);
        List<Job> all = list(JobFilter.ALL);
        assertThat(all).hasSize(number);
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            Instant from = random.nextInt(5) == 0 ? null : LONG_AGO.plusSeconds(random.nextInt(number * 130) - 10_000L);
            Instant to = random.nextInt(5) == 0
                    ? null
                    : (from == null ? LONG_AGO : from).plusSeconds(random.nextInt(200_000));
            JobFilter filter = JobFilter.ALL.created(from, to);
            List<UUID> expected = all.stream()
                    .filter(job -> (from == null || !job.createdAt().isBefore(from))
                            && (to == null || job.createdAt().isBefore(to)))
                    .map(Job::id)
                    .toList();
            assertThat(list(filter).stream().map(Job::id).toList())
                    .as("%s to %s", from, to)
                    .isEqualTo(expected);
            assertThat(jobs.count(filter)).isEqualTo(expected.size());
        }
    }

    private List<Job> list(JobFilter filter) {
        List<Job> all = new ArrayList<>();
        @Nullable Cursor next = null;
        do {
            Page<Job> page = jobs.list(filter, 1_000, next);
            all.addAll(page.items());
            next = page.next();
        } while (next != null);
        return all;
    }

    @Test
    void an_hour_among_many_is_read_without_reading_the_others() throws SQLException {
        enqueue(100_000, 2);
        for (Duration age : List.of(Duration.ofDays(1), Duration.ofDays(70), Duration.ofDays(137))) {
            Instant from = LONG_AGO.plus(age);
            JobFilter hour = JobFilter.ALL.created(from, from.plus(Duration.ofHours(1)));
            assertThat(readFor(hour)).as(age.toString()).isBetween(20L, 1_000L);
        }
        assertThat(readFor(JobFilter.ALL.created(Instant.now(), null))).isLessThan(1_000);
    }

    /** Rows of the wide table that were looked at. */
    private long readFor(JobFilter filter) throws SQLException {
        try (Connection connection = database.connection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            db.join(connection).jobs().list(filter, 100, null);
            try (var read = statement.executeQuery("select seq_tup_read + idx_tup_fetch"
                    + " from pg_stat_xact_user_tables where schemaname = 'evalstore' and relname = 'jobs'")) {
                read.next();
                return read.getLong(1);
            } finally {
                connection.rollback();
            }
        }
    }

    @Test
    void who_draws_a_number_for_many_jobs_uses_as_many_as_the_sequence_goes_on_by() {
        assertThat(database.value("select increment_by from pg_sequences"
                        + " where schemaname = 'evalstore' and sequencename = 'job_numbers'"))
                .isEqualTo(Integer.toString(JobCopy.BLOCK));
    }

    @Test
    void no_job_at_all_is_an_empty_list() {
        assertThat(list(JobFilter.ALL.created(LONG_AGO, Instant.now()))).isEmpty();
        assertThat(jobs.count(JobFilter.ALL.created(null, LONG_AGO))).isZero();
    }
}
