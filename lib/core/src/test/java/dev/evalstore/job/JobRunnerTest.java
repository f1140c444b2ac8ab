package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.LeaseLostException;
import dev.evalstore.OperationStats;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.internal.StoredJson;
import dev.evalstore.testing.faults.TcpProxy;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.Worker;
import dev.evalstore.worker.WorkerStatus;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobRunnerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(20));

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();

    /** A payload. */
    record Numbers(int from, int to) {}

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
    }

    @AfterEach
    void everyJobIsInOnePlace() {
        assertEachJobInOnePlace(database);
    }

    private JobRunner.Builder runner() {
        return JobRunner.on(db).worker("w-1").poll(Duration.ofMillis(10), Duration.ofMillis(100));
    }

    private void awaitStatus(UUID id, JobStatus status) {
        await().atMost(PATIENCE).until(() -> jobs.get(id).status() == status);
    }

    @Test
    void handlers_get_their_payload_and_their_result_is_stored() {
        UUID id = jobs.create(NewJob.of("sum", Json.of(new Numbers(1, 10)))).id();
        try (JobRunner runner = runner().handle("sum", Numbers.class, c -> {
                    c.recordUsage(10, 2, new BigDecimal("0.01"));
                    c.recordUsage(5, 1, new BigDecimal("0.02"));
                    return Map.of("sum", (c.payload().from() + c.payload().to()) * 5);
                })
                .start()) {
            awaitStatus(id, JobStatus.COMPLETED);
            assertThat(runner.worker().workerId()).isEqualTo("w-1");
        }
        assertThat(jobs.get(id).result().asMap()).isEqualTo(Map.of("sum", 55));
        assertThat(jobs.attempts(id).get(0).usage().inputTokens()).isEqualTo(15);
        assertThat(jobs.attempts(id).get(0).usage().costUsd()).isEqualByComparingTo("0.03");
        assertThat(db.workers().listByStatus(WorkerStatus.OFFLINE, 10)).hasSize(1);
    }

    @Test
    void two_thousand_jobs_run_once_each_on_two_runners() {
        List<NewJob> many = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            many.add(NewJob.of("n", Json.of(Map.of("n", i))));
        }
        jobs.createAll(many);
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        AtomicInteger runs = new AtomicInteger();
        JobHandler<Json> handler = c -> {
            seen.add(c.job().payload().asMap().get("n"));
            runs.incrementAndGet();
            return null;
        };
        try (JobRunner a =
                        runner().concurrency(8).handle("n", Json.class, handler).start();
                JobRunner b =
                        runner().concurrency(8).handle("n", Json.class, handler).start()) {
            await().atMost(PATIENCE).until(() -> jobs.stats().of("default").completed() == 2_000);
            assertThat(a.worker().generation()).isNotEqualTo(b.worker().generation());
        }
        assertThat(seen).hasSize(2_000);
        assertThat(runs).hasValue(2_000);
    }

    /** Outcomes are sent in batches, and the server refuses a batch as a whole. */
    @Test
    void a_result_that_cannot_be_stored_fails_its_own_job_and_no_other() {
        UUID bad = jobs.create(job("bad").maxRetries(0)).id();
        List<UUID> good = jobs.createAll(java.util.Collections.nCopies(20, job("good")));
        CountDownLatch together = new CountDownLatch(21);
        try (JobRunner runner = runner().concurrency(21)
                .handle("bad", Json.class, c -> {
                    together.countDown();
                    together.await();
                    return StoredJson.of("{\"more than a number in the database can be\": 1e200000}");
                })
                .handle("good", Json.class, c -> {
                    together.countDown();
                    together.await();
                    return null;
                })
                .start()) {
            good.forEach(id -> awaitStatus(id, JobStatus.COMPLETED));
            awaitStatus(bad, JobStatus.FAILED);
            await().atMost(PATIENCE).until(() -> runner.running() == 0);
        }
        assertThat(jobs.get(bad).error()).startsWith("its outcome could not be stored: jobs.complete");
    }

    @Test
    void outcomes_that_the_server_cancelled_are_sent_again() throws Exception {
        try (Database hurried = Database.open(
                database.config().statementTimeout(Duration.ofMillis(300)).build())) {
            List<UUID> ids = jobs.createAll(java.util.Collections.nCopies(3, job("n")));
            CountDownLatch claimed = new CountDownLatch(3);
            CountDownLatch locked = new CountDownLatch(1);
            try (JobRunner runner = JobRunner.on(hurried)
                    .concurrency(3)
                    .handle("n", Json.class, c -> {
                        claimed.countDown();
                        locked.await();
                        return null;
                    })
                    .start()) {
                claimed.await();
                try (var connection = database.connection();
                        var statement = connection.createStatement()) {
                    connection.setAutoCommit(false);
                    statement.execute("select from evalstore.job_leases order by seq limit 1 for update");
                    locked.countDown();
                    await().atMost(PATIENCE).until(() -> cancelled(hurried, "jobs.complete") > 1);
                    connection.rollback();
                }
                ids.forEach(id -> awaitStatus(id, JobStatus.COMPLETED));
                await().atMost(PATIENCE).until(() -> runner.running() == 0);
            }
            ids.forEach(id -> assertThat(jobs.get(id).attempt()).isEqualTo(1));
        }
    }

    private static long cancelled(Database on, String operation) {
        return on.stats().operations().stream()
                .filter(one -> one.name().equals(operation))
                .mapToLong(OperationStats::failures)
                .sum();
    }

    @Test
    void whatever_a_handler_throws_is_an_ordinary_failure_with_its_message() {
        Map<String, String> expected = Map.of(
                "exception", "java.lang.IllegalStateException: no model",
                "error", "java.lang.StackOverflowError: deep",
                "interrupt", "java.lang.InterruptedException: own",
                "no-json", "IllegalArgumentException: json: ",
                "permanent", "no such model",
                "odd", "java.lang.RuntimeException: cut \uFFFD and \uFFFD");
        Map<String, UUID> ids = new java.util.HashMap<>();
        expected.keySet()
                .forEach(type ->
                        ids.put(type, jobs.create(job(type).maxRetries(0)).id()));
        try (JobRunner runner = runner().concurrency(3)
                .handle("exception", Json.class, c -> {
                    throw new IllegalStateException("no model");
                })
                .handle("error", Json.class, c -> {
                    throw new StackOverflowError("deep");
                })
                .handle("interrupt", Json.class, c -> {
                    Thread.currentThread().interrupt();
                    throw new InterruptedException("own");
                })
                .handle("no-json", Json.class, c -> Double.NaN)
                .handle("permanent", Json.class, c -> {
                    throw JobFailedException.permanently("no such model");
                })
                .handle("odd", Json.class, c -> {
                    throw new RuntimeException("cut \uD83D and \0");
                })
                .start()) {
            ids.values().forEach(id -> awaitStatus(id, JobStatus.FAILED));
            UUID after = jobs.create(job("exception").maxRetries(0)).id();
            awaitStatus(after, JobStatus.FAILED);
            assertThat(runner.running()).isLessThanOrEqualTo(3);
        }
        expected.forEach((type, error) ->
                assertThat(jobs.get(ids.get(type)).error()).as(type).contains(error));
    }

    @Test
    void a_handler_may_say_when_to_try_again_or_snooze_the_job() {
        UUID told = jobs.create(job("told")).id();
        UUID off = jobs.create(job("off")).id();
        try (JobRunner runner = runner().handle("told", Json.class, c -> {
                    throw JobFailedException.retryAfter(Duration.ofHours(1), "slow down");
                })
                .handle("off", Json.class, c -> {
                    c.snooze(Duration.ofHours(2));
                    assertThatThrownBy(() -> c.saveProgress(1)).isInstanceOf(LeaseLostException.class);
                    return null;
                })
                .start()) {
            await().atMost(PATIENCE)
                    .until(() ->
                            jobs.get(told).runAt() != null && jobs.get(off).runAt() != null && runner.running() == 0);
        }
        assertThat(jobs.get(told).attempt()).isEqualTo(1);
        assertThat(jobs.get(off).attempt()).isZero();
        assertThat(Duration.between(jobs.get(told).runAt(), jobs.get(off).runAt()))
                .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(61));
    }

    @Test
    void a_handler_that_never_returns_loses_its_job_and_not_the_runners_slot() throws Exception {
        UUID stuck = jobs.create(job("stuck").timeout(Duration.ofSeconds(1)).maxRetries(0))
                .id();
        CountDownLatch end = new CountDownLatch(1);
        BlockingQueue<JobContext<Json>> contexts = new LinkedBlockingQueue<>();
        try (JobRunner runner = runner().concurrency(1)
                .handle("stuck", Json.class, c -> {
                    contexts.add(c);
                    boolean interrupted = false;
                    while (end.getCount() > 0) {
                        try {
                            end.await();
                        } catch (InterruptedException e) {
                            interrupted = true;
                        }
                    }
                    return interrupted;
                })
                .handle("next", Json.class, c -> "done")
                .start()) {
            JobContext<Json> context = contexts.poll(60, TimeUnit.SECONDS);
            UUID next = jobs.create(job("next")).id();
            awaitStatus(next, JobStatus.COMPLETED);
            awaitStatus(stuck, JobStatus.FAILED);
            assertThat(context.isCancelled()).isTrue();
            assertThatThrownBy(() -> context.saveProgress(1)).isInstanceOf(LeaseLostException.class);
            assertThat(runner.running()).isZero();
            end.countDown();
        }
        assertThat(jobs.get(stuck).result()).isNull();
        assertThat(jobs.attempts(stuck)).extracting(JobAttempt::outcome).containsExactly(JobAttempt.Outcome.TIMED_OUT);
    }

    @Test
    void rows_and_completion_are_one_commit() {
        UUID good = jobs.create(job("good")).id();
        UUID bad = jobs.create(job("bad").maxRetries(0)).id();
        try (JobRunner runner = runner().handle("good", Json.class, c -> {
                    c.complete(tx -> {
                        tx.evaluations().create(NewEvaluation.of("p", "good", "i", "o"));
                        return Map.of("stored", true);
                    });
                    return null;
                })
                .handle("bad", Json.class, c -> {
                    c.complete(tx -> {
                        tx.evaluations().create(NewEvaluation.of("p", "bad", "i", "o"));
                        throw new IllegalStateException("after the row");
                    });
                    return null;
                })
                .start()) {
            awaitStatus(good, JobStatus.COMPLETED);
            awaitStatus(bad, JobStatus.FAILED);
            assertThat(runner.worker().goneAt()).isNull();
        }
        assertThat(jobs.get(good).result().asMap()).isEqualTo(Map.of("stored", true));
        assertThat(db.evaluations().count(EvaluationFilter.ALL.model("good"))).isEqualTo(1);
        assertThat(db.evaluations().count(EvaluationFilter.ALL.model("bad"))).isZero();
    }

    @Test
    void progress_of_one_attempt_is_found_by_the_next() {
        UUID id = jobs.create(job("steps").backoff(Backoff.NONE)).id();
        try (JobRunner runner = runner().handle("steps", Json.class, c -> {
                    int done = c.lastProgress().map(p -> p.as(Integer.class)).orElse(0);
                    if (done < 3) {
                        c.saveProgress(done + 1);
                        throw new IllegalStateException("crash at " + done);
                    }
                    return done;
                })
                .start()) {
            awaitStatus(id, JobStatus.COMPLETED);
            assertThat(runner.worker()).isNotNull();
        }
        assertThat(jobs.get(id).attempt()).isEqualTo(4);
    }

    @Test
    void a_cancelled_job_is_told_and_ends_cancelled() throws Exception {
        UUID id = jobs.create(job("long")).id();
        CountDownLatch started = new CountDownLatch(1);
        try (JobRunner runner = runner().timeToLive(Duration.ofSeconds(1))
                .handle("long", Json.class, c -> {
                    started.countDown();
                    new CountDownLatch(1).await();
                    return null;
                })
                .start()) {
            assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
            jobs.cancel(id);
            awaitStatus(id, JobStatus.CANCELLED);
            await().atMost(PATIENCE).until(() -> runner.running() == 0);
        }
    }

    @Test
    void a_runner_that_was_declared_dead_stops_its_handlers_and_registers_again() throws Exception {
        jobs.create(job("long"));
        BlockingQueue<JobContext<Json>> contexts = new LinkedBlockingQueue<>();
        try (JobRunner runner = runner().timeToLive(Duration.ofSeconds(3))
                .handle("long", Json.class, c -> {
                    contexts.add(c);
                    if (c.attempt() == 1) {
                        new CountDownLatch(1).await();
                    }
                    return c.attempt();
                })
                .start()) {
            JobContext<Json> first = contexts.poll(60, TimeUnit.SECONDS);
            Worker before = runner.worker();
            database.admin("update evalstore.workers set gone_at = now(), status = 'offline'");
            JobContext<Json> second = contexts.poll(60, TimeUnit.SECONDS);
            assertThat(second.attempt()).isEqualTo(2);
            assertThat(first.isCancelled()).isTrue();
            assertThat(runner.worker().generation()).isNotEqualTo(before.generation());
            awaitStatus(second.job().id(), JobStatus.COMPLETED);
        }
    }

    @Test
    void closing_waits_for_handlers_and_releases_what_is_unfinished() throws Exception {
        UUID quick = jobs.create(job("quick")).id();
        UUID slow = jobs.create(job("slow")).id();
        UUID unbegun = jobs.create(job("slow")).id();
        CountDownLatch started = new CountDownLatch(2);
        JobRunner.Builder builder = runner().concurrency(2)
                .drainTimeout(Duration.ofSeconds(2))
                .handle("quick", Json.class, c -> {
                    started.countDown();
                    started.await();
                    Thread.sleep(200);
                    return "in time";
                })
                .handle("slow", Json.class, c -> {
                    started.countDown();
                    new CountDownLatch(1).await();
                    return null;
                });
        try (JobRunner runner = builder.start()) {
            assertThat(started.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(runner.running()).isEqualTo(2);
        }
        assertThat(jobs.get(quick).status()).isEqualTo(JobStatus.COMPLETED);
        for (UUID id : List.of(slow, unbegun)) {
            assertThat(jobs.get(id).status()).isEqualTo(JobStatus.PENDING);
            assertThat(jobs.get(id).attempt()).as("no attempt is spent").isZero();
        }
    }

    @Test
    void a_job_without_a_handler_or_with_a_payload_that_does_not_fit_does_not_stop_the_others() {
        UUID unknown = jobs.create(job("unknown").priority(9)).id();
        UUID unfit =
                jobs.create(NewJob.of("sum", Json.of(List.of(1))).priority(8)).id();
        UUID good = jobs.create(NewJob.of("sum", Json.of(new Numbers(1, 2)))).id();
        try (JobRunner runner =
                runner().handle("sum", Numbers.class, c -> c.payload().to()).start()) {
            awaitStatus(good, JobStatus.COMPLETED);
            await().atMost(PATIENCE).until(() -> jobs.get(unfit).error() != null);
            assertThat(runner.worker().capacity()).isEqualTo(1);
        }
        assertThat(jobs.get(unknown).attempt()).isZero();
        assertThat(jobs.get(unknown).runAt()).isNotNull();
        assertThat(jobs.get(unfit).status())
                .as("another version may know its form")
                .isEqualTo(JobStatus.PENDING);
        assertThat(jobs.get(unfit).error())
                .contains("payload does not fit", "JobRunnerTest$Numbers", "at $")
                .doesNotContain("777");
    }

    /** As while a new version is rolled out: the old one does not know the new payload. */
    @Test
    void a_payload_that_the_old_version_does_not_know_is_done_by_the_new_one() {
        UUID id = jobs.create(NewJob.of("sum", Json.parse("{\"from\": [777], \"to\": 1}"))
                        .backoff(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1)))
                        .maxRetries(1_000))
                .id();
        try (JobRunner old =
                runner().handle("sum", Numbers.class, c -> c.payload().to()).start()) {
            assertThat(old.worker()).isNotNull();
            await().atMost(PATIENCE).until(() -> jobs.get(id).error() != null);
            assertThat(jobs.get(id).error()).contains("at $.from; int expected").doesNotContain("777");
        }
        try (JobRunner renewed =
                runner().handle("sum", Json.class, c -> Map.of("done", true)).start()) {
            assertThat(renewed.worker()).isNotNull();
            awaitStatus(id, JobStatus.COMPLETED);
        }
    }

    /** Numbers as {@code 3-4}. */
    private static final class Dashed implements JsonMapping {
        @Override
        public String write(Object value) {
            return value instanceof Numbers n
                    ? "\"" + n.from() + "-" + n.to() + "\""
                    : JsonMapping.builtIn().write(value);
        }

        @Override
        public Object read(String json, Type type) {
            if (type != Numbers.class) {
                return JsonMapping.builtIn().read(json, type);
            }
            String[] parts = json.substring(1, json.length() - 1).split("-", -1);
            return new Numbers(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        }
    }

    @Test
    void payloads_results_and_checkpoints_go_through_the_mapping_that_is_set() {
        try (Database mapped =
                Database.open(database.config().jsonMapping(new Dashed()).build())) {
            UUID id = jobs.create(NewJob.of("swap", Json.parse("\"3-4\""))).id();
            UUID inside =
                    jobs.create(NewJob.of("complete", Json.parse("\"5-6\""))).id();
            UUID unread =
                    jobs.create(NewJob.of("swap", Json.parse("\"777-x\""))).id();
            try (JobRunner runner = JobRunner.on(mapped)
                    .worker("w-1")
                    .handle("swap", Numbers.class, c -> {
                        c.saveProgress(c.payload());
                        return new Numbers(c.payload().to(), c.payload().from());
                    })
                    .handle("complete", Numbers.class, c -> {
                        c.complete(tx -> c.payload());
                        return null;
                    })
                    .start()) {
                assertThat(runner.worker()).isNotNull();
                awaitStatus(id, JobStatus.COMPLETED);
                awaitStatus(inside, JobStatus.COMPLETED);
                await().atMost(PATIENCE).until(() -> jobs.get(unread).error() != null);
            }
            assertThat(jobs.get(id).result().text()).isEqualTo("\"4-3\"");
            assertThat(jobs.get(id).progress().text()).isEqualTo("\"3-4\"");
            assertThat(jobs.get(inside).result().text()).isEqualTo("\"5-6\"");
            assertThat(jobs.get(unread).error()).contains("Dashed", "Numbers").doesNotContain("777");
        }
    }

    record Pair<A>(A first, A second) {}

    record Wanted(List<Pair<Numbers>> pairs) {}

    @Test
    void a_payload_s_type_arguments_are_read_where_they_are_given() throws Exception {
        Type pairs = Wanted.class.getRecordComponents()[0].getGenericType();
        Pair<Numbers> pair = new Pair<>(new Numbers(1, 2), new Numbers(3, 4));
        UUID good = jobs.create(NewJob.of("pairs", Json.of(List.of(pair)))).id();
        UUID bad = jobs.create(NewJob.of("pairs", Json.of(List.of(1))).maxRetries(0))
                .id();
        List<Object> received = new ArrayList<>();
        JobHandler<List<Pair<Numbers>>> handler = context -> received.addAll(context.payload());
        runner().handleGeneric("pairs", pairs, handler).runDue(10);
        assertThat(received).containsExactly(pair);
        assertThat(jobs.get(good).status()).isEqualTo(JobStatus.COMPLETED);
        assertThat(jobs.get(bad).error()).contains("java.util.List<", "Pair", "$[0]");
    }

    @Test
    void what_waits_behind_handlers_that_became_slow_is_released() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(2);
        JobHandler<Json> fast = c -> null;
        jobs.createAll(Collections.nCopies(2_000, job("fast")));
        try (JobRunner slowed = runner().concurrency(2)
                .handle("fast", Json.class, fast)
                .handle("slow", Json.class, c -> {
                    stuck.countDown();
                    return end.await(5, TimeUnit.MINUTES);
                })
                .start()) {
            await().atMost(PATIENCE).until(() -> jobs.stats().of("default").completed() == 2_000);
            List<NewJob> mixed =
                    new ArrayList<>(List.of(job("slow").priority(1), job("slow").priority(1)));
            mixed.addAll(Collections.nCopies(100, job("fast")));
            jobs.createAll(mixed);
            assertThat(stuck.await(60, TimeUnit.SECONDS)).isTrue();
            try (JobRunner other =
                    runner().worker("w-2").handle("fast", Json.class, fast).start()) {
                await().atMost(PATIENCE).until(() -> jobs.stats().of("default").completed() == 2_100);
                assertThat(slowed.running()).isEqualTo(2);
                assertThat(other.worker()).isNotNull();
            } finally {
                end.countDown();
            }
        }
        assertThat(database.value("select count(*) from evalstore.job_attempts where outcome <> 'completed'"))
                .isEqualTo("0");
    }

    /** A worker that lives keeps what it forgot to release until its time is up. */
    @Test
    void what_is_released_or_snoozed_is_so_although_the_connection_is_lost() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(2);
        JobHandler<Json> fast = c -> null;
        jobs.createAll(Collections.nCopies(2_000, job("fast")));
        try (TcpProxy proxy = database.proxy();
                Database far = Database.open(database.through(proxy).build());
                JobRunner slowed = JobRunner.on(far)
                        .worker("w-1")
                        .concurrency(2)
                        .handle("fast", Json.class, fast)
                        .handle("slow", Json.class, c -> {
                            stuck.countDown();
                            return end.await(5, TimeUnit.MINUTES);
                        })
                        .start()) {
            await().atMost(PATIENCE).until(() -> jobs.stats().of("default").completed() == 2_000);
            proxy.loseRequest("/* jobs.snooze */");
            UUID unknown = jobs.create(job("unknown")).id();
            await().atMost(PATIENCE)
                    .until(() -> proxy.hasLost() && jobs.get(unknown).runAt() != null);

            proxy.loseRequest("/* jobs.release */");
            List<NewJob> mixed =
                    new ArrayList<>(List.of(job("slow").priority(1), job("slow").priority(1)));
            mixed.addAll(Collections.nCopies(100, job("fast")));
            jobs.createAll(mixed);
            assertThat(stuck.await(60, TimeUnit.SECONDS)).isTrue();
            await().atMost(PATIENCE).until(proxy::hasLost);
            try (JobRunner other =
                    runner().worker("w-2").handle("fast", Json.class, fast).start()) {
                await().atMost(PATIENCE).until(() -> jobs.stats().of("default").completed() == 2_100);
                assertThat(slowed.running()).isEqualTo(2);
                assertThat(other.worker()).isNotNull();
            } finally {
                end.countDown();
            }
        }
    }

    @Test
    void outcomes_are_kept_while_the_database_is_away() {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(jobs.create(job("a")).id());
        }
        AtomicInteger runs = new AtomicInteger();
        try (JobRunner runner = runner().concurrency(4)
                .handle("a", Json.class, c -> {
                    if (runs.incrementAndGet() == 5) {
                        database.query("select pg_terminate_backend(pid) from pg_stat_activity"
                                + " where usename = 'evalstore_app' and datname = current_database()");
                    }
                    return "done";
                })
                .start()) {
            ids.forEach(id -> awaitStatus(id, JobStatus.COMPLETED));
            assertThat(runner.worker()).isNotNull();
        }
        assertThat(database.value("select count(*) from evalstore.job_attempts where outcome = 'completed'"))
                .isEqualTo("20");
    }

    @Test
    void a_notification_wakes_an_idle_runner() throws Exception {
        BlockingQueue<UUID> seen = new LinkedBlockingQueue<>();
        try (JobRunner runner = JobRunner.on(db)
                .poll(Duration.ofMinutes(10), Duration.ofMinutes(10))
                .notifications(database.config().build())
                .handle("a", Json.class, c -> seen.add(c.job().id()))
                .start()) {
            await().atMost(PATIENCE)
                    .until(() -> database.value("select count(*) from pg_stat_activity where query like 'listen%'"
                                    + " and datname = current_database()")
                            .equals("1"));
            for (int i = 0; i < 3; i++) {
                UUID id = i == 0
                        ? jobs.create(job("a")).id()
                        : db.inTransaction(tx -> tx.jobs().create(job("a")).id());
                assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo(id);
                await().atMost(PATIENCE).until(() -> runner.running() == 0);
            }
        }
    }

    @Test
    void bad_settings_are_refused_by_name() {
        assertThatThrownBy(() -> runner().start()).hasMessageContaining("handle");
        assertThatThrownBy(() -> runner().concurrency(0)).hasMessageContaining("concurrency");
        assertThatThrownBy(() -> runner().poll(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("maximum");
        assertThatThrownBy(() -> runner().drainTimeout(Duration.ofSeconds(-1))).hasMessageContaining("drainTimeout");
        assertThatThrownBy(() -> runner().handle("a", Json.class, c -> 1).handle("a", Json.class, c -> 2))
                .hasMessageContaining("type");
    }
}
