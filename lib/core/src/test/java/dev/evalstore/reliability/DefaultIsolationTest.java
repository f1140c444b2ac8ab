package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.JobTestKit;
import dev.evalstore.job.NewJob;
import dev.evalstore.job.Schedule;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A role or a database may set another isolation level for its sessions; the library's statements say which they need. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DefaultIsolationTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @AfterEach
    void reset() {
        database.admin("alter database " + database.name() + " reset default_transaction_isolation");
    }

    private static Database open(String isolation) {
        JobTestKit.empty(database);
        database.admin(
                "alter database " + database.name() + " set default_transaction_isolation = '" + isolation + "'");
        return Database.open(database.config().poolSize(10).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"repeatable read", "serializable"})
    void jobs_are_claimed_completed_and_scheduled_by_many_at_once(String isolation) throws Exception {
        try (Database db = open(isolation)) {
            db.jobs().createAll(Collections.nCopies(200, NewJob.of("t", Json.EMPTY)));
            List<Integer> done = Threads.together(8, i -> () -> {
                Worker worker = db.workers().register(NewWorker.of("w" + i));
                int completed = 0;
                while (true) {
                    var claimed = db.jobs().claim(worker, 3);
                    for (var one : claimed) {
                        db.jobs().complete(one.lease(), Json.EMPTY);
                        completed++;
                    }
                    if (claimed.isEmpty()) {
                        return completed;
                    }
                }
            });
            assertThat(done.stream().mapToInt(n -> n).sum()).isEqualTo(200);
            JobTestKit.assertEachJobInOnePlace(database);

            db.jobs().schedules().set(Schedule.every("s", Duration.ofHours(1), NewJob.of("tick", Json.EMPTY)));
            database.admin("update evalstore.job_schedules set next_at = next_at - interval '61 minutes'");
            List<List<UUID>> enqueued =
                    Threads.together(8, i -> () -> db.jobs().schedules().enqueueDue());
            assertThat(enqueued.stream().mapToInt(List::size).sum()).isEqualTo(1);
            assertThat(db.maintenance().runOnce().failures()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"repeatable read", "serializable"})
    void a_runner_works(String isolation) {
        try (Database db = open(isolation)) {
            db.jobs().createAll(Collections.nCopies(50, NewJob.of("t", Json.EMPTY)));
            try (JobRunner runner = JobRunner.on(db)
                    .worker("w")
                    .concurrency(4)
                    .handle("t", Json.class, context -> "done")
                    .start()) {
                await().atMost(1, TimeUnit.MINUTES)
                        .until(() -> db.jobs().count(JobFilter.ALL.status(JobStatus.COMPLETED)) == 50);
                assertThat(runner).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"repeatable read", "serializable"})
    void state_is_counted_and_kept_by_checkpoints_under_contention(String isolation) throws Exception {
        try (Database db = open(isolation)) {
            var state = db.state(isolation, StateOptions.DEFAULT);
            byte[] key = {1};
            List<Integer> all = Threads.together(8, i -> () -> {
                for (int n = 0; n < 25; n++) {
                    state.increment(key, 1);
                    if (n % 10 == 0) {
                        state.createCheckpoint();
                    }
                }
                return 25;
            });
            assertThat(all).hasSize(8);
            assertThat(state.increment(key, 0)).isEqualTo(200);
        }
    }

    /** The setting is made while the service runs, and its sessions follow one by one. */
    @Test
    void a_setting_that_comes_later_is_noticed() {
        JobTestKit.empty(database);
        try (Database db = Database.open(database.config().poolSize(1).build())) {
            Worker worker = db.workers().register(NewWorker.of("w"));
            db.jobs().create(NewJob.of("t", Json.EMPTY));
            assertThat(db.jobs().claim(worker, 1)).hasSize(1);
            database.admin("alter database " + database.name() + " set default_transaction_isolation = 'serializable'");
            database.endSessions();
            db.jobs().create(NewJob.of("t", Json.EMPTY));
            assertThat(db.jobs().claim(worker, 1)).hasSize(1);
        }
    }
}
