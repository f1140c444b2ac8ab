package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.Worker;
import dev.evalstore.worker.WorkerStatus;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.event.Level;

/** How a runner ends. */
@Timeout(300)
class RunnerClosingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(10));

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
    }

    @AfterEach
    void everyJobIsInOnePlace() {
        assertEachJobInOnePlace(database);
    }

    private static JobRunner.Builder runner(Database on) {
        return JobRunner.on(on).worker("w-1").poll(Duration.ofMillis(10), Duration.ofMillis(100));
    }

    private void awaitDraining() {
        await().atMost(PATIENCE)
                .until(() ->
                        !db.workers().listByStatus(WorkerStatus.DRAINING, 10).isEmpty());
    }

    @Test
    void a_thread_that_was_interrupted_drains_and_stays_interrupted() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        UUID id = jobs.create(job("a")).id();
        JobRunner runner = runner(db)
                .handle("a", Json.class, c -> {
                    started.countDown();
                    end.await();
                    return "in time";
                })
                .start();
        assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread closing = new Thread(() -> {
            Thread.currentThread().interrupt();
            runner.close();
            interrupted.complete(Thread.interrupted());
        });
        closing.start();
        awaitDraining();
        // The second one arrives while it waits.
        closing.interrupt();
        end.countDown();
        assertThat(interrupted.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(db.workers().list(10)).extracting(Worker::status).containsExactly(WorkerStatus.OFFLINE);
    }

    @Test
    void a_runner_may_wait_for_its_handlers_for_ever() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        UUID id = jobs.create(job("a")).id();
        JobRunner runner = runner(db)
                .drainTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                .handle("a", Json.class, c -> {
                    started.countDown();
                    end.await();
                    return "in time";
                })
                .start();
        assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(runner::close);
        awaitDraining();
        assertThat(closed).isNotDone();
        end.countDown();
        closed.get(60, TimeUnit.SECONDS);
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(db.workers().list(10)).extracting(Worker::status).containsExactly(WorkerStatus.OFFLINE);
    }

    /** In which way the database is away. */
    enum Away {
        REFUSING,
        SILENT
    }

    /** A pool waits a minute for a connection; closing does not. */
    @ParameterizedTest
    @EnumSource
    void closing_without_a_database_takes_no_longer_than_it_may(Away away) throws Exception {
        AtomicReference<Thread> handler = new AtomicReference<>();
        CountDownLatch started = new CountDownLatch(1);
        UUID id = jobs.create(job("a")).id();
        try (TcpProxy proxy = database.proxy()) {
            Database far = Database.open(database.through(proxy)
                    .connectTimeout(Duration.ofMinutes(1))
                    .build());
            JobRunner runner = runner(far)
                    .drainTimeout(Duration.ofSeconds(1))
                    .notifications(database.through(proxy)
                            .connectTimeout(Duration.ofMinutes(1))
                            .build())
                    .handle("a", Json.class, c -> {
                        handler.set(Thread.currentThread());
                        started.countDown();
                        new CountDownLatch(1).await();
                        return null;
                    })
                    .start();
            assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
            if (away == Away.REFUSING) {
                proxy.refuse(true);
                proxy.reset();
            } else {
                proxy.stall(TcpProxy.Way.TO_CLIENT);
            }
            CompletableFuture.runAsync(runner::close).get(30, TimeUnit.SECONDS);
            handler.get().join(TimeUnit.SECONDS.toMillis(30));
            assertThat(handler.get().isAlive()).isFalse();
            proxy.refuse(false);
            proxy.resume();
            CompletableFuture.runAsync(far::close);
        }
        // What a process leaves behind without a word comes back with the worker's time to live.
        assertThat(jobs.get(id).status()).isIn(JobStatus.RUNNING, JobStatus.PENDING);
    }

    @Test
    void the_log_counts_the_handlers_that_were_interrupted() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        UUID id = jobs.create(job("a")).id();
        try (LogCapture log = LogCapture.of(JobRunner.class.getName(), Level.INFO)) {
            JobRunner runner = runner(db)
                    .drainTimeout(Duration.ZERO)
                    .handle("a", Json.class, c -> {
                        started.countDown();
                        new CountDownLatch(1).await();
                        return null;
                    })
                    .start();
            assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
            runner.close();
            assertThat(log.text()).contains("; 1 jobs were unfinished");
        }
        assertThat(jobs.get(id).status()).isEqualTo(JobStatus.PENDING);
    }

    @Test
    void an_interrupt_of_its_threads_ends_none_of_them() {
        try (JobRunner runner = runner(db).handle("a", Json.class, c -> "done").start()) {
            for (int round = 0; round < 5; round++) {
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("w-1-"))
                        .forEach(Thread::interrupt);
                UUID id = jobs.create(job("a")).id();
                await().atMost(PATIENCE).until(() -> jobs.get(id).status() == JobStatus.COMPLETED);
            }
            assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                    .contains("w-1-outcomes", "w-1-heartbeat", "w-1-watch", "w-1-rescuer", "w-1-claimer");
            assertThat(runner.worker().goneAt()).isNull();
        }
    }

    @Test
    void a_listener_that_was_interrupted_listens_again_when_its_connection_is_lost() {
        try (JobRunner runner = runner(db)
                .handle("a", Json.class, c -> "done")
                .notifications(database.config().build())
                .start()) {
            String first = listening("0");
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("evalstore-listener"))
                    .forEach(Thread::interrupt);
            database.query("select pg_terminate_backend(" + first + ", 30000)");
            listening(first);
            assertThat(runner.worker().goneAt()).isNull();
        }
    }

    /** Waits for a session that listens, other than the given one. */
    private static String listening(String but) {
        return await().atMost(PATIENCE)
                .until(
                        () -> database.query("select pid::text from pg_stat_activity where query like 'listen%'"
                                + " and datname = current_database() and pid <> " + but),
                        pids -> pids.size() == 1)
                .get(0);
    }
}
