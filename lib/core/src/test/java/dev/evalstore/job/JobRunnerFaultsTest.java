package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.OperationStats;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.internal.jdbc.NotificationListener;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.queue.Gates;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import dev.evalstore.worker.WorkerStatus;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

/** What goes wrong around a runner: answers that are lost or late, threads that fail or hang, servers that are not there. */
@Timeout(300)
class JobRunnerFaultsTest {
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

    /** What a pool does with a thread that asks. */
    private interface OnAsked {
        void accept(String name) throws SQLException;
    }

    /** A pool that does something to a thread that asks for a connection or a statement, by its name. */
    private static final class OddPool extends HikariDataSource {
        private volatile OnAsked onAsked = name -> {};

        OddPool() {
            super(Pools.hikari(database.config().build()));
        }

        @Override
        public Connection getConnection() throws SQLException {
            onAsked.accept(Thread.currentThread().getName());
            Connection connection = super.getConnection();
            // The heart keeps its connection.
            return (Connection) Proxy.newProxyInstance(
                    Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                        if (method.getName().equals("prepareStatement")) {
                            onAsked.accept(Thread.currentThread().getName());
                        }
                        try {
                            return method.invoke(connection, args);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    private static JobRunner.Builder runner(Database on) {
        return JobRunner.on(on).worker("w-1").poll(Duration.ofMillis(10), Duration.ofMillis(100));
    }

    private void awaitStatus(UUID id, JobStatus status) {
        await().atMost(PATIENCE).until(() -> jobs.get(id).status() == status);
    }

    private static long calls(Database on, String operation) {
        return on.stats().operations().stream()
                .filter(one -> one.name().equals(operation))
                .mapToLong(OperationStats::calls)
                .sum();
    }

    private static void awaitMore(int calls, String operation, Database on) {
        long before = calls(on, operation);
        await().atMost(PATIENCE).until(() -> calls(on, operation) >= before + calls);
    }

    /** As one that declares workers dead does, but without its limit on the time. */
    private static void shutGates(Connection holder) throws SQLException {
        Sql gates = Gates.all("evalstore");
        try (var statement =
                holder.prepareStatement(gates.text() + "set local idle_in_transaction_session_timeout = 0")) {
            for (int i = 0; i < gates.args().size(); i++) {
                statement.setObject(i + 1, gates.args().get(i));
            }
            statement.execute();
        }
    }

    /** Runs so many quick jobs that the runner stores their outcomes by themselves; while its handlers are slow the claimer does. */
    private int makeFast() {
        int many = 100;
        jobs.createAll(Collections.nCopies(many, job("a")));
        await().atMost(PATIENCE).until(() -> jobs.stats().of("default").completed() == many);
        return many;
    }

    private static void awaitUnbroken(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The server notices that a client is gone when it speaks to it: a claim that waits at its gate is done for nobody. */
    @Test
    void what_is_given_to_a_claim_that_was_lost_while_it_waited_at_its_gate_is_taken_up() throws Exception {
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy).build());
                Connection holder = database.connection();
                JobRunner runner =
                        runner(far).handle("a", Json.class, c -> "done").start()) {
            awaitStatus(jobs.create(job("a")).id(), JobStatus.COMPLETED);
            // By then the driver sends a claim in one piece, which the server commits by itself.
            awaitMore(10, "jobs.claim", far);
            holder.setAutoCommit(false);
            shutGates(holder);
            database.awaitBlocked();
            UUID id = jobs.create(job("a")).id();
            proxy.reset();
            await().atMost(PATIENCE)
                    .until(() -> database.value("select count(*) from pg_stat_activity"
                                    + " where datname = current_database() and wait_event = 'advisory'")
                            .equals("2"));
            holder.rollback();
            awaitStatus(id, JobStatus.COMPLETED);
            assertThat(jobs.get(id).attempt()).isEqualTo(1);
            assertThat(runner.worker().goneAt()).isNull();
        }
    }

    @Test
    void what_a_lost_claim_is_given_after_it_was_looked_for_is_found_by_the_next_look() throws Exception {
        CompletableFuture<JobRunner> runner = new CompletableFuture<>();
        AtomicReference<UUID> late = new AtomicReference<>();
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy)
                        .listener((name, time, failure) -> {
                            if (name.equals("jobs.held") && late.get() == null) {
                                // As if the network had held the claim back until now.
                                late.set(jobs.create(job("a")).id());
                                assertThat(jobs.claim(runner.join().worker(), 1))
                                        .hasSize(1);
                            }
                        })
                        .build())) {
            proxy.loseAnswerTo("/* jobs.claim */");
            try (JobRunner it = runner(far)
                    .timeToLive(Duration.ofSeconds(6))
                    .handle("a", Json.class, c -> "done")
                    .start()) {
                runner.complete(it);
                await().atMost(PATIENCE).until(() -> late.get() != null);
                awaitStatus(late.get(), JobStatus.COMPLETED);
            }
        }
    }

    @Test
    void what_has_ended_here_and_is_not_stored_yet_is_not_taken_up_again() throws Exception {
        CountDownLatch maySend = new CountDownLatch(1);
        AtomicBoolean holding = new AtomicBoolean();
        AtomicBoolean failing = new AtomicBoolean();
        AtomicInteger runs = new AtomicInteger();
        try (OddPool pool = new OddPool();
                Database odd = Database.using(pool)) {
            pool.onAsked = name -> {
                if (name.equals("w-1-outcomes") && holding.get()) {
                    awaitUnbroken(maySend);
                }
                if (name.equals("w-1-claimer") && failing.compareAndSet(true, false)) {
                    throw new IllegalStateException("as if its answer were lost");
                }
            };
            try (JobRunner runner = runner(odd)
                    .handle("a", Json.class, c -> runs.incrementAndGet())
                    .start()) {
                int before = makeFast();
                holding.set(true);
                UUID id = jobs.create(job("a")).id();
                await().atMost(PATIENCE).until(() -> runs.get() == before + 1 && runner.running() == 0);
                failing.set(true);
                awaitMore(1, "jobs.held", odd);
                UUID next = jobs.create(job("a")).id();
                await().atMost(PATIENCE).until(() -> runs.get() == before + 2 && runner.running() == 0);
                maySend.countDown();
                awaitStatus(id, JobStatus.COMPLETED);
                awaitStatus(next, JobStatus.COMPLETED);
                assertThat(runs).hasValue(before + 2);
            }
        }
    }

    @Test
    void the_end_of_a_slow_handler_and_the_next_claim_are_one_commit() {
        try (Database own = Database.open(database.config().build());
                JobRunner runner =
                        runner(own).handle("a", Json.class, c -> slow()).start()) {
            // How many ends meet an idle claimer depends on the machine; that they do, does not.
            await().atMost(PATIENCE).until(() -> {
                jobs.createAll(Collections.nCopies(5, job("a")));
                return calls(own, "jobs.next") > 0;
            });
            await().atMost(PATIENCE)
                    .until(() -> jobs.count(JobFilter.ALL.statuses(List.of(JobStatus.PENDING, JobStatus.RUNNING))) == 0
                            && runner.running() == 0);
        }
    }

    /** Takes longer than handlers for which a runner claims jobs ahead. */
    private static String slow() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(60);
        return "done";
    }

    @ParameterizedTest(name = "answer lost {0}")
    @ValueSource(booleans = {true, false})
    void what_is_lost_of_an_end_with_its_claim_is_found_and_runs_once(boolean answer) {
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger created = new AtomicInteger(30);
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy).build())) {
            jobs.createAll(Collections.nCopies(created.get(), job("a")));
            try (JobRunner runner = runner(far)
                    .timeToLive(Duration.ofSeconds(6))
                    .handle("a", Json.class, c -> {
                        if (runs.incrementAndGet() == 3) {
                            if (answer) {
                                proxy.loseAnswerTo("/* jobs.next */");
                            } else {
                                proxy.loseRequest("/* jobs.next */");
                            }
                        }
                        return slow();
                    })
                    .start()) {
                await().atMost(PATIENCE).until(() -> {
                    if (!proxy.hasLost()) {
                        created.incrementAndGet();
                        jobs.create(job("a"));
                        return false;
                    }
                    return jobs.stats().of("default").completed() == created.get() && runner.running() == 0;
                });
            }
        }
        assertThat(runs).hasValue(created.get());
        assertThat(database.value("select max(attempt) from evalstore.job_attempts"))
                .isEqualTo("1");
    }

    @Test
    void an_answer_that_comes_late_to_a_lost_registration_does_no_harm_to_the_next() throws Exception {
        AtomicReference<CountDownLatch> holdsClaim = new AtomicReference<>();
        AtomicReference<CountDownLatch> holdsHeartbeat = new AtomicReference<>();
        CountDownLatch claimIsHeld = new CountDownLatch(1);
        CountDownLatch heartbeatIsHeld = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        BlockingQueue<JobContext<Json>> contexts = new LinkedBlockingQueue<>();
        try (Database own = Database.open(database.config()
                        .listener((name, time, failure) -> {
                            if (name.equals("jobs.claim")) {
                                hold(holdsClaim, claimIsHeld);
                            } else if (name.equals("workers.heartbeat")) {
                                hold(holdsHeartbeat, heartbeatIsHeld);
                            }
                        })
                        .build());
                JobRunner runner = runner(own)
                        .timeToLive(Duration.ofSeconds(6))
                        .handle("long", Json.class, c -> {
                            contexts.add(c);
                            return end.await(5, TimeUnit.MINUTES);
                        })
                        .start()) {
            CountDownLatch mayClaim = new CountDownLatch(1);
            CountDownLatch maySend = new CountDownLatch(1);
            holdsClaim.set(mayClaim);
            awaitUnbroken(claimIsHeld);
            try (Connection connection = database.connection();
                    var statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("update evalstore.workers set gone_at = now(), status = 'offline'");
                database.awaitBlocked();
                holdsHeartbeat.set(maySend);
                connection.commit();
            }
            awaitUnbroken(heartbeatIsHeld);
            UUID id = jobs.create(job("long")).id();
            mayClaim.countDown();
            JobContext<Json> context = contexts.poll(60, TimeUnit.SECONDS);
            long generation = runner.worker().generation();
            // No heartbeat is sent until that thread goes on.
            database.admin("update evalstore.workers set last_heartbeat_at = now() + interval '1 day'"
                    + " where gone_at is null");
            maySend.countDown();
            awaitMore(1, "workers.heartbeat", own);
            assertThat(runner.worker().generation()).isEqualTo(generation);
            assertThat(context.isCancelled()).isFalse();
            end.countDown();
            awaitStatus(id, JobStatus.COMPLETED);
        } finally {
            end.countDown();
        }
    }

    /** As a pool does with a thread that is interrupted while it waits for a connection. */
    private static void waitInVain(CountDownLatch waiting) throws SQLException {
        waiting.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new SQLException("Interrupted during connection acquisition", e);
        }
    }

    private static void awaitNoThread(String name) {
        await().atMost(PATIENCE).until(() -> names(name).isEmpty());
    }

    @Test
    void what_the_end_of_a_runner_interrupts_is_left_to_its_lease_and_does_not_fail() {
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicBoolean holding = new AtomicBoolean();
        AtomicInteger runs = new AtomicInteger();
        try (OddPool pool = new OddPool();
                Database odd = Database.using(pool);
                LogCapture log = LogCapture.of(JobRunner.class.getName(), Level.WARN)) {
            pool.onAsked = name -> {
                if (name.equals("w-1-outcomes") && holding.get()) {
                    waitInVain(waiting);
                }
            };
            JobRunner runner = runner(odd)
                    .drainTimeout(Duration.ofSeconds(1))
                    .concurrency(3)
                    .handle("a", Json.class, c -> runs.incrementAndGet())
                    .start();
            int before = makeFast();
            holding.set(true);
            List<UUID> ids = jobs.createAll(Collections.nCopies(3, job("a")));
            await().atMost(PATIENCE).until(() -> runs.get() == before + 3 && runner.running() == 0);
            awaitUnbroken(waiting);

            runner.close();

            awaitNoThread("w-1-outcomes");
            assertThat(log.text())
                    .contains("the ends of 3 jobs could not be stored")
                    .doesNotContain("the job fails");
            assertThat(log.text().lines())
                    .filteredOn(line -> line.contains(" stored"))
                    .hasSize(1);
            ids.forEach(id -> assertThat(jobs.get(id).status()).isEqualTo(JobStatus.PENDING));
        }
    }

    @Test
    void a_completed_job_whose_outcome_waits_when_something_interrupts_is_completed() {
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicBoolean holding = new AtomicBoolean();
        try (OddPool pool = new OddPool();
                Database odd = Database.using(pool);
                JobRunner runner =
                        runner(odd).handle("a", Json.class, c -> "done").start()) {
            pool.onAsked = name -> {
                if (name.equals("w-1-outcomes") && holding.compareAndSet(true, false)) {
                    waitInVain(waiting);
                }
            };
            makeFast();
            holding.set(true);
            UUID id = jobs.create(job("a").maxRetries(0)).id();
            awaitUnbroken(waiting);
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("w-1-outcomes"))
                    .forEach(Thread::interrupt);
            awaitStatus(id, JobStatus.COMPLETED);
            assertThat(runner.worker().goneAt()).isNull();
        }
    }

    @Test
    @SuppressWarnings("try") // The pool is closed under the runner, and in the end again.
    void what_a_closed_pool_keeps_from_being_stored_is_counted_and_left_to_its_lease() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean holding = new AtomicBoolean();
        try (OddPool pool = new OddPool();
                Database odd = Database.using(pool);
                LogCapture log = LogCapture.of(JobRunner.class.getName(), Level.WARN)) {
            pool.onAsked = name -> {
                if (name.equals("w-1-outcomes") && holding.get()) {
                    waiting.countDown();
                    awaitUnbroken(go);
                }
            };
            JobRunner runner = runner(odd).handle("a", Json.class, c -> "done").start();
            makeFast();
            holding.set(true);
            UUID id = jobs.create(job("a")).id();
            awaitUnbroken(waiting);
            CompletableFuture<Void> closed = CompletableFuture.runAsync(runner::close);
            await().atMost(PATIENCE)
                    .until(() -> !db.workers()
                            .listByStatus(WorkerStatus.DRAINING, 10)
                            .isEmpty());
            pool.close();
            go.countDown();
            closed.get(60, TimeUnit.SECONDS);
            awaitNoThread("w-1-outcomes");
            assertThat(log.text())
                    .contains("the ends of 1 jobs could not be stored")
                    .doesNotContain("the job fails");
            assertThat(jobs.get(id).status()).isEqualTo(JobStatus.RUNNING);
        }
    }

    /** Holds the caller once, if that was asked for. */
    private static void hold(AtomicReference<CountDownLatch> until, CountDownLatch held) {
        CountDownLatch latch = until.getAndSet(null);
        if (latch != null) {
            held.countDown();
            awaitUnbroken(latch);
        }
    }

    @Test
    void a_handlers_time_ends_although_the_heartbeat_waits_for_a_connection() throws Exception {
        CountDownLatch maySend = new CountDownLatch(1);
        CountDownLatch sending = new CountDownLatch(1);
        BlockingQueue<JobContext<Json>> contexts = new LinkedBlockingQueue<>();
        try (OddPool pool = new OddPool();
                Database odd = Database.using(pool)) {
            pool.onAsked = name -> {
                if (name.equals("w-1-heartbeat")) {
                    sending.countDown();
                    awaitUnbroken(maySend);
                }
            };
            try (JobRunner runner = runner(odd)
                    .timeToLive(Duration.ofSeconds(1))
                    .handle("long", Json.class, c -> {
                        contexts.add(c);
                        new CountDownLatch(1).await();
                        return null;
                    })
                    .start()) {
                // Otherwise it would be declared dead, which ends its handlers too.
                database.admin("update evalstore.workers set last_heartbeat_at = now() + interval '1 day'");
                awaitUnbroken(sending);
                UUID id = jobs.create(job("long").timeout(Duration.ofSeconds(1)).maxRetries(0))
                        .id();
                JobContext<Json> context = contexts.poll(60, TimeUnit.SECONDS);
                await().atMost(Duration.ofSeconds(30)).until(context::isCancelled);
                awaitStatus(id, JobStatus.FAILED);
                assertThat(runner.worker().goneAt()).isNull();
            } finally {
                maySend.countDown();
            }
        }
    }

    @Test
    void a_runner_starts_and_works_without_the_server_of_its_notifications_and_listens_when_that_is_there() {
        try (TcpProxy proxy = database.proxy();
                LogCapture log = LogCapture.of(NotificationListener.class.getName(), Level.WARN)) {
            proxy.refuse(true);
            try (JobRunner runner = runner(db)
                    .notifications(database.through(proxy)
                            .connectTimeout(Duration.ofSeconds(1))
                            .build())
                    .handle("a", Json.class, c -> null)
                    .start()) {
                awaitStatus(jobs.create(job("a")).id(), JobStatus.COMPLETED);
                await().atMost(PATIENCE).until(() -> log.text().contains("no notifications until"));
                assertThat(log.text())
                        .doesNotContain(String.valueOf(database.config().build().password()));
                assertThat(runner.worker().goneAt()).isNull();
                proxy.refuse(false);
                await().atMost(PATIENCE)
                        .until(() -> database.value("select count(*) from pg_stat_activity where query like 'listen%'"
                                        + " and datname = current_database()")
                                .equals("1"));
            }
            assertThat(names("evalstore-listener")).isEmpty();
        }
    }

    /** It registers, then takes the heart's connection, then looks whether the pool has one more. */
    @ParameterizedTest
    @ValueSource(ints = {3, 6})
    void nothing_is_left_of_a_runner_that_could_not_start(int nth) {
        AtomicInteger asked = new AtomicInteger();
        try (OddPool pool = new OddPool();
                Database odd = Database.using(pool)) {
            pool.onAsked = name -> {
                if (asked.incrementAndGet() == nth) {
                    throw new IllegalStateException("no more connections");
                }
            };
            JobRunner.Builder builder = runner(odd).handle("a", Json.class, c -> null);
            assertThatThrownBy(builder::start).isInstanceOf(RuntimeException.class);
            assertThat(db.workers().list(10)).extracting(Worker::status).containsExactly(WorkerStatus.OFFLINE);
            assertThat(names("w-1-")).isEmpty();
            await().atMost(PATIENCE).until(() -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
        }
    }

    private static Set<String> names(String beginning) {
        Set<String> names = ConcurrentHashMap.newKeySet();
        Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(beginning))
                .forEach(names::add);
        return names;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void each_of_its_threads_goes_on_after_what_nobody_expected(boolean error) throws Exception {
        Supplier<RuntimeException> failure = () -> {
            if (error) {
                throw new StackOverflowError("too deep");
            }
            return new UnsupportedOperationException("not so");
        };
        Set<String> failing = ConcurrentHashMap.newKeySet();
        try (OddPool pool = new OddPool();
                Database odd = Database.using(pool)) {
            pool.onAsked = name -> {
                if (failing.remove(name)) {
                    throw failure.get();
                }
            };
            try (JobRunner runner = runner(odd)
                    .timeToLive(Duration.ofSeconds(3))
                    .handle("a", Json.class, c -> "done")
                    .start()) {
                makeFast();
                failing.addAll(Set.of("w-1-claimer", "w-1-rescuer", "w-1-heartbeat", "w-1-outcomes"));
                UUID own = jobs.create(job("a")).id();
                await().atMost(PATIENCE).until(failing::isEmpty);
                awaitStatus(own, JobStatus.COMPLETED);
                assertThat(jobs.get(own).attempt()).isEqualTo(1);

                Worker other = db.workers().register(NewWorker.of("other").tags("other"));
                UUID lost = jobs.create(job("a").requiredTags("other")).id();
                assertThat(jobs.claim(other, 1)).hasSize(1);
                JobTestKit.silence(database, other);
                awaitStatus(lost, JobStatus.PENDING);
                awaitMore(2, "workers.heartbeat", odd);
                assertThat(db.workers().find(runner.worker().id()).orElseThrow().goneAt())
                        .isNull();
            }
        }
    }

    @Test
    void a_runner_that_is_asked_to_drain_claims_nothing_until_that_is_revoked() {
        try (Database own = Database.open(database.config().build());
                JobRunner runner = runner(own)
                        .timeToLive(Duration.ofSeconds(1))
                        .handle("a", Json.class, c -> null)
                        .start()) {
            db.workers().drain(runner.worker().id());
            // One that began before tells nothing of it; and a claim may be under way when it is told.
            awaitMore(2, "workers.heartbeat", own);
            UUID id = jobs.create(job("a")).id();
            awaitMore(1, "workers.heartbeat", own);
            long claims = calls(own, "jobs.claim");
            awaitMore(3, "workers.heartbeat", own);
            assertThat(calls(own, "jobs.claim")).isLessThanOrEqualTo(claims + 1);
            assertThat(jobs.get(id).status()).isEqualTo(JobStatus.PENDING);

            database.admin("update evalstore.workers set status = 'idle' where gone_at is null");
            awaitStatus(id, JobStatus.COMPLETED);
        }
    }

    @Test
    void a_job_that_its_handler_snoozed_is_not_counted_as_completed() {
        UUID off = jobs.create(job("off")).id();
        UUID own = jobs.create(job("own")).id();
        try (Database mine = Database.open(database.config().build());
                JobRunner runner = runner(mine)
                        .timeToLive(Duration.ofSeconds(1))
                        .handle("off", Json.class, c -> {
                            c.snooze(Duration.ofHours(1));
                            return null;
                        })
                        .handle("own", Json.class, c -> {
                            c.complete(tx -> null);
                            return null;
                        })
                        .start()) {
            await().atMost(PATIENCE).until(() -> jobs.get(off).runAt() != null);
            awaitStatus(own, JobStatus.COMPLETED);
            await().atMost(PATIENCE).until(() -> runner.running() == 0);
            awaitMore(2, "workers.heartbeat", mine);
            assertThat(db.workers().find(runner.worker().id()).orElseThrow().completedTasks())
                    .isEqualTo(1);
        }
    }
}
