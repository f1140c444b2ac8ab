package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.job.RunnerListener.End;
import dev.evalstore.testkit.LogCapture;
import dev.evalstore.testkit.TestDatabase;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;

/** What a runner tells: its listener, its log, and the loggers of its handlers. */
@Timeout(300)
class RunnerListenerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();
    private final Heard heard = new Heard();

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
    }

    @AfterEach
    void everyJobIsInOnePlace() {
        assertEachJobInOnePlace(database);
    }

    /** One call of a listener. */
    private record Call(
            String what,
            UUID job,
            @Nullable End end,
            @Nullable Throwable failure,
            Thread thread) {}

    /** Keeps all that it is told. */
    private static final class Heard implements RunnerListener {
        private final List<Call> calls = new CopyOnWriteArrayList<>();

        @Override
        public void claimed(ClaimedJob job) {
            calls.add(new Call("claimed", job.job().id(), null, null, Thread.currentThread()));
        }

        @Override
        public void started(ClaimedJob job) {
            calls.add(new Call("started", job.job().id(), null, null, Thread.currentThread()));
        }

        @Override
        public void ended(ClaimedJob job, End end, Duration time, @Nullable Throwable failure) {
            assertThat(time.isNegative()).isFalse();
            calls.add(new Call("ended", job.job().id(), end, failure, Thread.currentThread()));
        }

        @Override
        public void lost(Lease lease) {
            calls.add(new Call("lost", lease.id(), null, null, Thread.currentThread()));
        }

        List<Call> of(UUID job) {
            return calls.stream().filter(call -> call.job().equals(job)).toList();
        }

        End endOf(UUID job) {
            await().atMost(PATIENCE)
                    .until(() -> of(job).stream().anyMatch(call -> call.what().equals("ended")));
            List<Call> all = of(job);
            Call end = all.stream()
                    .filter(call -> call.what().equals("ended"))
                    .findFirst()
                    .orElseThrow();
            Call start = all.stream()
                    .filter(call -> call.what().equals("started"))
                    .findFirst()
                    .orElseThrow();
            assertThat(end.thread()).isSameAs(start.thread());
            return end.end();
        }
    }

    private JobRunner.Builder runner() {
        return JobRunner.on(db)
                .worker("w-1")
                .poll(Duration.ofMillis(10), Duration.ofMillis(100))
                .listener(heard);
    }

    @Test
    void each_job_is_claimed_started_and_ended_with_its_outcome() {
        UUID done = jobs.create(job("done")).id();
        UUID own = jobs.create(job("own")).id();
        UUID failed = jobs.create(job("failed").maxRetries(0)).id();
        UUID off = jobs.create(job("off")).id();
        try (JobRunner runner = runner().concurrency(4)
                .handle("done", Json.class, c -> "done")
                .handle("own", Json.class, c -> c.complete(tx -> "own"))
                .handle("failed", Json.class, c -> {
                    throw new IllegalStateException("no");
                })
                .handle("off", Json.class, c -> c.snooze(Duration.ofHours(1)))
                .start()) {
            assertThat(heard.endOf(done)).isEqualTo(End.COMPLETED);
            assertThat(heard.endOf(own)).isEqualTo(End.COMPLETED);
            assertThat(heard.endOf(failed)).isEqualTo(End.FAILED);
            assertThat(heard.endOf(off)).isEqualTo(End.SNOOZED);
            await().atMost(PATIENCE).until(() -> runner.running() == 0);
        }
        for (UUID id : List.of(done, own, failed, off)) {
            assertThat(heard.of(id)).extracting(Call::what).containsExactly("claimed", "started", "ended");
        }
        assertThat(heard.of(failed).get(2).failure()).hasMessage("no");
        assertThat(jobs.get(own).result().text()).isEqualTo("\"own\"");
    }

    @Test
    void what_is_taken_from_a_handler_is_told() throws Exception {
        BlockingQueue<UUID> started = new LinkedBlockingQueue<>();
        UUID late = jobs.create(job("long").timeout(Duration.ofSeconds(1)).maxRetries(0))
                .id();
        JobHandler<Json> handler = c -> {
            started.add(c.job().id());
            new CountDownLatch(1).await();
            return null;
        };
        JobRunner.Builder builder = runner().timeToLive(Duration.ofSeconds(1))
                .drainTimeout(Duration.ZERO)
                .handle("long", Json.class, handler);
        UUID left;
        try (JobRunner runner = builder.start()) {
            assertThat(started.poll(60, TimeUnit.SECONDS)).isEqualTo(late);
            assertThat(heard.endOf(late)).isEqualTo(End.TIMED_OUT);
            UUID cancelled = jobs.create(job("long")).id();
            assertThat(started.poll(60, TimeUnit.SECONDS)).isEqualTo(cancelled);
            jobs.cancel(cancelled);
            assertThat(heard.endOf(cancelled)).isEqualTo(End.CANCELLED);
            UUID lost = jobs.create(job("long").maxRetries(0)).id();
            assertThat(started.poll(60, TimeUnit.SECONDS)).isEqualTo(lost);
            database.admin("update evalstore.workers set gone_at = now(), status = 'offline'");
            assertThat(heard.endOf(lost)).isEqualTo(End.LOST);
            left = jobs.create(job("long").priority(9)).id();
            assertThat(started.poll(60, TimeUnit.SECONDS)).isEqualTo(left);
            assertThat(heard.of(late)).extracting(Call::what).contains("lost");
            assertThat(heard.of(lost)).extracting(Call::what).contains("lost");
            assertThat(runner.running()).isEqualTo(1);
        }
        assertThat(heard.endOf(left)).isEqualTo(End.RELEASED);
        assertThat(heard.of(left)).extracting(Call::what).doesNotContain("lost");
    }

    @Test
    void a_listener_that_throws_changes_nothing() {
        List<UUID> ids = jobs.createAll(Collections.nCopies(5, job("a")));
        RunnerListener failing = new RunnerListener() {
            @Override
            public void claimed(ClaimedJob job) {
                throw new StackOverflowError("deep");
            }

            @Override
            public void started(ClaimedJob job) {
                throw new IllegalStateException() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public String getMessage() {
                        throw new IllegalStateException("no message");
                    }
                };
            }

            @Override
            public void ended(ClaimedJob job, End end, Duration time, @Nullable Throwable failure) {
                throw new NoClassDefFoundError("metrics");
            }

            @Override
            public void lost(Lease lease) {
                throw new AssertionError("lost");
            }
        };
        try (LogCapture log = LogCapture.of(JobRunner.class.getName(), Level.WARN);
                JobRunner runner = runner().listener(failing)
                        .handle("a", Json.class, c -> "done")
                        .start()) {
            ids.forEach(id -> await().atMost(PATIENCE).until(() -> jobs.get(id).status() == JobStatus.COMPLETED));
            await().atMost(PATIENCE).until(() -> runner.running() == 0);
            assertThat(log.text())
                    .contains("listener at a claim failed", "listener at a start failed", "listener at an end failed");
        }
        ids.forEach(id -> assertThat(jobs.get(id).attempt()).isEqualTo(1));
    }

    @Test
    void start_drain_and_stop_are_logged() {
        try (LogCapture log = LogCapture.of(JobRunner.class.getName(), Level.INFO)) {
            runner().queue("q").handle("a", Json.class, c -> "done").start().close();
            assertThat(log.text())
                    .contains("w-1 (generation", "has started", "[a]", "[q]", "w-1 drains", "w-1 has stopped");
        }
    }

    /** slf4j-simple has no MDC of its own. */
    @Test
    void the_jobs_id_is_in_the_mdc_of_its_handlers_thread() throws Exception {
        Field adapter = MDC.class.getDeclaredField("MDC_ADAPTER");
        adapter.setAccessible(true);
        Object before = adapter.get(null);
        adapter.set(null, new BasicMDCAdapter());
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (JobRunner runner = runner().executor(task -> {
                    MDC.put(JobRunner.MDC_JOB, "the host's");
                    task.run();
                    seen.add(String.valueOf(MDC.get(JobRunner.MDC_JOB)));
                    MDC.remove(JobRunner.MDC_JOB);
                })
                .handle("a", Json.class, c -> seen.add(MDC.get(JobRunner.MDC_JOB)))
                .start()) {
            UUID id = jobs.create(job("a")).id();
            assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo(id.toString());
            assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo("the host's");
            assertThat(runner.worker()).isNotNull();
        } finally {
            adapter.set(null, before);
        }
    }
}
