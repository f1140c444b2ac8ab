package dev.evalstore.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.Tx;
import dev.evalstore.job.JobTestKit;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.TestDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WorkerRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final WorkerRepository workers = db.workers();

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
    }

    @Test
    void a_registration_reads_back_the_same_and_each_is_a_new_generation() {
        Worker first = workers.register(NewWorker.of("gpu-1")
                .address("10.0.0.1")
                .capacity(4)
                .tags("gpu", "a100", "gpu")
                .queues("q")
                .timeToLive(Duration.ofSeconds(9))
                .metadata(Json.of(Map.of("zone", "b"))));
        Worker second = workers.register(NewWorker.of("gpu-1"));

        assertThat(workers.find(first.id())).contains(first);
        assertThat(first.status()).isEqualTo(WorkerStatus.STARTING);
        assertThat(first.tags()).containsExactly("a100", "gpu");
        assertThat(first.queues()).containsExactly("q");
        assertThat(first.timeToLive()).isEqualTo(Duration.ofSeconds(9));
        assertThat(first.capacity()).isEqualTo(4);
        assertThat(second.generation()).isGreaterThan(first.generation());
        assertThat(workers.list(10)).containsExactly(second, first);
        assertThat(workers.find(UUID.randomUUID())).isEmpty();
    }

    @Test
    void registrations_are_found_by_name_generation_and_id_and_listed_page_by_page() {
        Worker first = workers.register(NewWorker.of("gpu-1").tags("gpu"));
        Worker second = workers.register(NewWorker.of("gpu-1"));
        Worker other = workers.register(NewWorker.of("cpu-1").tags("gpu"));
        workers.deregister(other);

        assertThat(workers.get(first.id())).isEqualTo(first);
        assertThatThrownBy(() -> workers.get(UUID.randomUUID())).isInstanceOf(NotFoundException.class);
        assertThat(workers.findByGeneration(second.generation())).contains(second);
        assertThat(workers.findByGeneration(-1)).isEmpty();
        assertThat(workers.listByName("gpu-1", 10)).containsExactly(second, first);
        assertThat(workers.listByName("gpu-1", 1)).containsExactly(second);
        assertThat(workers.listByName("nobody", 10)).isEmpty();

        WorkerFilter all = WorkerFilter.ALL;
        Page<Worker> page = workers.list(all, 2);
        assertThat(page.items()).extracting(Worker::id).containsExactly(other.id(), second.id());
        assertThat(workers.list(all, 2, page.next()).items()).containsExactly(first);
        List<UUID> walked = new ArrayList<>();
        workers.forEach(all.workerId("gpu-1"), one -> walked.add(one.id()));
        assertThat(walked).containsExactly(second.id(), first.id());
        assertThat(workers.count(all.notGone())).isEqualTo(2);
        assertThat(workers.list(all.tag("gpu").notGone()).items()).containsExactly(first);
        assertThat(workers.list(all.status(WorkerStatus.OFFLINE)).items())
                .extracting(Worker::id)
                .containsExactly(other.id());
        assertThat(workers.list(all.active(Duration.ofHours(1)).tag("gpu")).items())
                .containsExactly(first);
    }

    @Test
    void a_heartbeat_says_what_the_worker_does_and_adds_what_it_did() {
        Worker worker = workers.register(NewWorker.of("w"));
        assertThat(workers.heartbeat(worker, 2, 5, 1).draining()).isFalse();
        workers.heartbeat(worker, 0, 3, 0);
        Worker now = workers.find(worker.id()).orElseThrow();
        assertThat(now.status()).isEqualTo(WorkerStatus.IDLE);
        assertThat(now.completedTasks()).isEqualTo(8);
        assertThat(now.failedTasks()).isEqualTo(1);
        assertThat(now.lastHeartbeatAt()).isAfter(worker.lastHeartbeatAt());
    }

    /** Without a limit it waited as long as TCP does, and no heartbeat was sent meanwhile. */
    @Test
    void a_heartbeat_that_a_silent_server_does_not_answer_is_given_up_when_the_next_is_due() throws Exception {
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy).build())) {
            Worker worker = far.workers().register(NewWorker.of("w").timeToLive(Duration.ofSeconds(1)));
            proxy.stall(TcpProxy.Way.TO_CLIENT);
            CompletableFuture<HeartbeatReply> reply =
                    CompletableFuture.supplyAsync(() -> far.workers().heartbeat(worker, 0, 0, 0));
            assertThatThrownBy(() -> reply.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(TransientDatabaseException.class);
            proxy.resume();
            assertThat(far.workers().heartbeat(worker, 0, 0, 0).cancelled()).isEmpty();
        }
    }

    @Test
    void lists_tell_who_is_there_freshest_first() {
        Worker gpu = workers.register(NewWorker.of("gpu").tags("gpu"));
        Worker cpu = workers.register(NewWorker.of("cpu"));
        Worker silent = workers.register(NewWorker.of("silent").tags("gpu"));
        Worker gone = workers.register(NewWorker.of("gone").tags("gpu"));
        workers.deregister(gone);
        JobTestKit.silence(database, silent);
        workers.heartbeat(gpu, 1, 0, 0);

        assertThat(names(workers.listActive(Duration.ofMinutes(5), 10))).containsExactly("gpu", "cpu");
        assertThat(names(workers.listByTag("gpu", 10))).containsExactly("gpu", "silent");
        assertThat(names(workers.listByStatus(WorkerStatus.BUSY, 10))).containsExactly("gpu");
        assertThat(names(workers.listByStatus(WorkerStatus.OFFLINE, 10))).containsExactly("gone");
        assertThat(names(workers.list(2))).containsExactly("gone", "silent");
        assertThat(workers.find(cpu.id())).isPresent();
    }

    private static List<String> names(List<Worker> found) {
        return found.stream().map(Worker::workerId).toList();
    }

    @Test
    void a_draining_worker_learns_it_and_given_nothing_more() {
        Worker worker = workers.register(NewWorker.of("w"));
        db.jobs().create(JobTestKit.job("a"));
        assertThat(workers.drain(worker.id()).status()).isEqualTo(WorkerStatus.DRAINING);
        assertThat(workers.heartbeat(worker, 0, 0, 0).draining()).isTrue();
        assertThat(db.jobs().claim(worker, 1)).isEmpty();
        workers.deregister(worker);
        assertThatThrownBy(() -> workers.drain(worker.id())).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> workers.drain(UUID.randomUUID())).isInstanceOf(NotFoundException.class);
    }

    @Test
    void registrations_that_are_long_dead_are_deleted_and_no_others() {
        Worker gone = workers.register(NewWorker.of("gone"));
        Worker there = workers.register(NewWorker.of("there"));
        workers.deregister(gone);
        assertThat(workers.cleanup(Duration.ofDays(1))).isEqualTo(Cleanup.NOTHING);
        database.admin("update evalstore.workers set gone_at = gone_at - interval '2 days' where gone_at is not null");
        assertThat(workers.cleanup(Duration.ofDays(1)).removed()).isEqualTo(1);
        assertThat(workers.list(10)).containsExactly(there);
    }

    /** Each write by a worker asks for those that are there, however many were. */
    @Test
    void the_living_are_found_by_an_index_in_which_a_heartbeat_changes_nothing() throws Exception {
        Worker worker = workers.register(NewWorker.of("w"));
        database.admin("insert into evalstore.workers (worker_id, status, gone_at)"
                + " select 'gone', 'offline', now() from generate_series(1, 5000); analyze evalstore.workers");
        assertThat(database.query("explain select generation from evalstore.workers where gone_at is null"))
                .anyMatch(line -> line.contains("idx_workers_generation"));
        long inPlace = db.inTransaction(tx -> {
            long before = updatedInPlace(tx);
            tx.workers().heartbeat(worker, 1, 1, 1);
            return updatedInPlace(tx) - before;
        });
        assertThat(inPlace).isEqualTo(1);
    }

    private static long updatedInPlace(Tx tx) throws SQLException {
        try (Statement statement = tx.connection().createStatement();
                ResultSet found = statement.executeQuery(
                        "select pg_stat_get_xact_tuples_hot_updated('evalstore.workers'::regclass)")) {
            found.next();
            return found.getLong(1);
        }
    }

    @Test
    void bad_input_is_refused_by_name() {
        Worker worker = workers.register(NewWorker.of("w"));
        bad("workerId", () -> NewWorker.of(" "));
        bad("capacity", () -> NewWorker.of("w").capacity(0));
        bad("tags", () -> NewWorker.of("w").tags(""));
        bad("timeToLive", () -> NewWorker.of("w").timeToLive(Duration.ofMillis(1)));
        bad("currentTasks", () -> workers.heartbeat(worker, -1, 0, 0));
        bad("within", () -> workers.listActive(Duration.ZERO, 1));
        bad("olderThan", () -> workers.removeStale(Duration.ZERO));
        bad("limit", () -> workers.list(0));
    }

    private static void bad(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }
}
