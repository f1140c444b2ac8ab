package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.testkit.ReplacedStore;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The queue of a store that was replaced under two living {@code Database}s: what they remember holds no longer. */
class ReplacedQueueTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Map<String, Function<Database, UUID>> WAYS = Map.of(
            "create", db -> db.jobs().create(first()).id(),
            "createUnique",
                    db -> db.jobs()
                            .createUnique(first().uniqueKey("once"))
                            .job()
                            .id(),
            "create with a unique key",
                    db -> db.jobs().create(first().uniqueKey("own")).id(),
            "create for later",
                    db -> db.jobs()
                            .create(first().delay(Duration.ofNanos(1_000)))
                            .id(),
            "createAll", db -> db.jobs().createAll(List.of(first())).get(0),
            "createAll with unique keys",
                    db -> db.jobs().createAll(List.of(first().uniqueKey("key"))).get(0),
            "createAll by copy",
                    db -> db.jobs()
                            .createAll(Collections.nCopies(5_000, first()))
                            .get(0),
            "create in a transaction",
                    db -> db.inTransaction(tx -> tx.jobs().create(first()).id()),
            "createAll in a transaction",
                    db -> db.inTransaction(
                            tx -> tx.jobs().createAll(List.of(first())).get(0)),
            "copy in a transaction",
                    db -> db.inTransaction(tx -> tx.jobs()
                            .createAll(Collections.nCopies(5_000, first()))
                            .get(0)));

    private static Database other;

    private final Database db = database.db();

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
        ReplacedStore.empty(database);
    }

    @BeforeAll
    static void another() {
        other = Database.open(database.config().build());
    }

    @AfterAll
    static void close() {
        other.close();
    }

    static Stream<String> ways() {
        return WAYS.keySet().stream().sorted();
    }

    private static NewJob first() {
        return job("t").queue("first").fairKey("a").requiredTags("x", "y z");
    }

    private static Worker worker(Database of, String queue) {
        return of.workers().register(NewWorker.of(queue + "'s").queues(queue).tags("x", "y z", "more"));
    }

    private void remember() {
        other.jobs().create(job("t").queue("other's"));
        db.jobs().create(first());
        db.jobs().create(job("t").queue("second"));
    }

    private void assertOfTheFirstQueue(UUID id) {
        Job stored = db.jobs().get(id);
        assertThat(new JobRoute(stored.queue(), stored.requiredTags(), stored.fairKey()))
                .isEqualTo(first().route());
        assertThat(db.jobs().claim(worker(db, "second"), 1_000))
                .allMatch(claimed -> claimed.job().queue().equals("second"))
                .noneMatch(claimed -> claimed.job().id().equals(id));
        assertThat(other.jobs().claim(worker(other, "first"), 1_000))
                .extracting(claimed -> claimed.job().id())
                .contains(id);
        assertEachJobInOnePlace(database);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void a_job_goes_to_its_own_queue_where_the_numbers_of_lanes_have_another_meaning(String way) {
        remember();
        ReplacedStore.empty(database);
        for (String queue : List.of("a", "second", "b", "c")) {
            other.jobs().create(job("t").queue(queue));
        }

        assertOfTheFirstQueue(WAYS.get(way).apply(db));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void a_job_makes_its_lane_again_where_the_store_has_none(String way) {
        remember();
        ReplacedStore.empty(database);

        assertOfTheFirstQueue(WAYS.get(way).apply(db));
    }

    @Test
    void a_job_goes_to_its_own_queue_after_revert_and_migrate() {
        remember();
        ReplacedStore.revertAndMigrate(database);
        other.jobs().create(job("t").queue("a"));
        other.jobs().create(job("t").queue("second"));

        assertOfTheFirstQueue(db.jobs().create(first()).id());
    }

    @Test
    void a_job_makes_its_lane_again_after_drop_and_migrate() {
        remember();
        ReplacedStore.dropAndMigrate(database);

        assertOfTheFirstQueue(db.jobs().create(first()).id());
    }

    @Test
    void a_job_goes_to_its_own_queue_after_a_backup_was_put_back() {
        other.jobs().create(job("t").queue("kept"));
        String backup = ReplacedStore.backup(database);
        remember();
        ReplacedStore.restore(database, backup);
        other.jobs().create(job("t").queue("second"));
        other.jobs().create(job("t").queue("third"));

        assertOfTheFirstQueue(db.jobs().create(first()).id());
    }

    @Test
    void a_tick_goes_to_its_own_queue_where_the_numbers_of_lanes_have_another_meaning() {
        remember();
        ReplacedStore.revertAndMigrate(database);
        other.jobs().create(job("t").queue("second"));
        db.jobs().schedules().set(Schedule.every("tick", Duration.ofSeconds(1), first()));
        database.admin("update evalstore.job_schedules set next_at = next_at - interval '1 minute'");

        List<UUID> made = db.jobs().schedules().enqueueDue();

        assertThat(made).hasSize(1);
        assertOfTheFirstQueue(made.get(0));
    }

    @Test
    void a_worker_of_the_former_store_takes_nothing_from_a_worker_of_the_new_one() {
        List<Worker> stale = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            stale.add(worker(db, "first"));
        }
        db.jobs().create(first());
        assertThat(db.jobs().claim(stale.get(0), 1)).hasSize(1);
        ReplacedStore.revertAndMigrate(database);
        List<Worker> fresh = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            fresh.add(worker(other, "second"));
        }
        UUID mine = other.jobs().create(job("t").queue("second")).id();
        Lease lease = other.jobs().claim(fresh.get(0), 1).get(0).lease();
        other.jobs().create(job("t").queue("second"));

        for (Worker gone : stale) {
            assertThatThrownBy(() -> db.jobs().claim(gone, 1)).isInstanceOf(WorkerGoneException.class);
            assertThatThrownBy(() -> db.workers().heartbeat(gone, 0, 1, 0)).isInstanceOf(WorkerGoneException.class);
            assertThat(db.jobs().held(gone)).isEmpty();
            assertThat(db.workers().deregister(gone)).isZero();
        }
        other.jobs().complete(lease, null);
        assertThat(other.jobs().get(mine).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void a_lease_of_the_former_store_ends_no_attempt_of_the_new_one() {
        db.jobs().create(first());
        Lease stale = db.jobs().claim(worker(db, "first"), 1).get(0).lease();
        ReplacedStore.revertAndMigrate(database);
        UUID mine = other.jobs().create(job("t").queue("second")).id();
        Lease lease = other.jobs().claim(worker(other, "second"), 1).get(0).lease();
        assertThat(lease.seq()).isEqualTo(stale.seq());

        assertThatThrownBy(() -> db.jobs().complete(stale, null)).isInstanceOf(LeaseLostException.class);
        assertThat(other.jobs().get(mine).status()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void a_lease_of_after_the_backup_ends_no_attempt_of_the_store_that_was_put_back() {
        UUID mine = db.jobs().create(first()).id();
        Worker before = worker(db, "first");
        String backup = ReplacedStore.backup(database);
        Lease stale = db.jobs().claim(before, 1).get(0).lease();
        ReplacedStore.restore(database, backup);
        other.jobs().claim(worker(other, "first"), 1).get(0).lease();

        assertThatThrownBy(() -> db.jobs().complete(stale, null)).isInstanceOf(LeaseLostException.class);
        assertThat(other.jobs().get(mine).status()).isEqualTo(JobStatus.RUNNING);
    }

    @Test
    void limits_and_pauses_are_those_of_the_new_store() {
        db.jobs().limits().set(JobLimit.queue("first").maxRunning(1));
        db.jobs().limits().pause(JobLimit.Scope.QUEUE, "second");
        remember();
        assertThat(db.jobs().claim(worker(db, "first"), 10)).hasSize(1);
        ReplacedStore.revertAndMigrate(database);
        other.jobs().limits().set(JobLimit.queue("second").maxRunning(1));
        for (int i = 0; i < 3; i++) {
            other.jobs().create(job("t").queue("second"));
            db.jobs().create(first());
        }

        assertThat(db.jobs().claim(worker(db, "first"), 10)).hasSize(3);
        assertThat(db.jobs().claim(worker(db, "second"), 10)).hasSize(1);
    }

    @Test
    void a_runner_registers_again_and_runs_what_the_new_store_has() throws Exception {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        try (JobRunner runner = JobRunner.on(db)
                .worker("survivor")
                .handle("t", Json.class, context -> {
                    ran.add(context.job().queue());
                    return null;
                })
                .start()) {
            Worker former = runner.worker();
            db.jobs().create(job("t").queue("before"));
            assertThat(ran.poll(60, TimeUnit.SECONDS)).isEqualTo("before");
            ReplacedStore.revertAndMigrate(database);
            other.jobs().create(job("t").queue("after"));
            assertThat(ran.poll(60, TimeUnit.SECONDS)).isEqualTo("after");
            assertThat(runner.worker()).isNotEqualTo(former);
        }
    }
}
