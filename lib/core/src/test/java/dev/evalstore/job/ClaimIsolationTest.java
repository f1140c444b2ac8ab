package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.event.Level;

/** A job that this version cannot read, written in another language say, takes no other job with it. */
class ClaimIsolationTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
    }

    @AfterEach
    void everyJobIsInOnePlace() {
        database.admin("update evalstore.jobs set backoff_base_seconds = 1, backoff_cap_seconds = 300");
        JobTestKit.assertEachJobInOnePlace(database);
    }

    private void spoil(UUID id) {
        database.admin("update evalstore.jobs set backoff_base_seconds = 1e9, backoff_cap_seconds = 1e12 where id = '"
                + id + "'");
    }

    @Test
    void a_claimed_job_that_cannot_be_read_fails_and_the_others_are_returned() throws Exception {
        List<UUID> ids = jobs.createAll(List.of(job("a"), job("b"), job("c")));
        spoil(ids.get(1));
        Worker worker = db.workers().register(NewWorker.of("w"));
        try (LogCapture log = LogCapture.of(JobClaims.class.getName(), Level.WARN)) {
            assertThat(jobs.claim(worker, 10))
                    .extracting(claimed -> claimed.job().id())
                    .containsExactly(ids.get(0), ids.get(2));
            assertThat(log.text()).contains(ids.get(1).toString());
        }
        assertThat(database.value("select count(*) from evalstore.job_leases")).isEqualTo("2");
        assertThat(database.value("select error from evalstore.jobs where id = '" + ids.get(1) + "'"))
                .contains("could not be read");
        db.<SQLException>useTransaction(tx -> {
            UUID fourth = tx.jobs().create(job("d")).id();
            spoilIn(tx.connection(), ids.get(1));
            assertThat(tx.jobs().claim(worker, 10))
                    .extracting(claimed -> claimed.job().id())
                    .containsExactly(fourth);
        });
    }

    private static void spoilIn(Connection connection, UUID id) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("update evalstore.job_scheduled set run_at = statement_timestamp() where seq = "
                    + "(select seq from evalstore.jobs where id = '" + id + "')");
        }
    }

    @Test
    void a_lane_that_cannot_be_read_is_left_out_and_the_others_are_claimed_from() {
        database.admin("alter table evalstore.job_lanes drop constraint job_lanes_size");
        database.admin("insert into evalstore.job_lanes (queue, required_tags, fair_key)"
                + " select string_agg(md5(i::text), ''), '{}', '' from generate_series(1, 50) i");
        UUID id = jobs.create(job("a")).id();
        Worker worker = db.workers().register(NewWorker.of("w"));
        assertThat(jobs.claim(worker, 10))
                .extracting(claimed -> claimed.job().id())
                .containsExactly(id);
    }
}
