package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.matrix.ConfigFailure;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The host's code may throw anything at any moment: its own job fails, and nothing else does. */
@Timeout(300)
class RunnerContainmentTest {
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

    private JobRunner.Builder runner() {
        return JobRunner.on(db)
                .worker("w-1")
                .poll(Duration.ofMillis(10), Duration.ofMillis(100))
                .handle("good", Json.class, c -> "done");
    }

    private void awaitStatus(UUID id, JobStatus status) {
        await().atMost(PATIENCE).until(() -> jobs.get(id).status() == status);
    }

    private static NewJob once(String type) {
        return job(type).maxRetries(0);
    }

    /** A payload whose class cannot be used. */
    record Unready(String type) {
        static final int VALUE = fail();

        private static int fail() {
            throw new IllegalStateException("no configuration");
        }
    }

    /** A payload that refuses what it is given. */
    record Refusing(String type) {
        Refusing {
            throw new AssertionError("not today");
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Unready.class, Refusing.class})
    void a_payload_that_cannot_be_read_fails_its_own_job_and_no_other(Class<?> payload) {
        List<UUID> good = jobs.createAll(Collections.nCopies(20, job("good")));
        UUID bad = jobs.create(once("bad").priority(9)).id();
        try (JobRunner runner =
                runner().concurrency(4).handle("bad", payload, c -> "never").start()) {
            awaitStatus(bad, JobStatus.FAILED);
            good.forEach(id -> awaitStatus(id, JobStatus.COMPLETED));
            await().atMost(PATIENCE).until(() -> runner.running() == 0);
        }
        assertThat(jobs.get(bad).error()).contains("payload");
        good.forEach(id -> assertThat(jobs.get(id).attempt()).isEqualTo(1));
    }

    /** The code of tomorrow may read what the code of today does not. */
    @Test
    void a_payload_that_does_not_fit_is_retried() {
        UUID bad = jobs.create(NewJob.of("bad", Json.of(List.of(1)))).id();
        try (JobRunner runner =
                runner().handle("bad", Refusing.class, c -> "never").start()) {
            await().atMost(PATIENCE)
                    .until(() -> jobs.get(bad).attempt() == 1 && jobs.get(bad).error() != null);
            assertThat(runner.worker().goneAt()).isNull();
        }
        assertThat(jobs.get(bad).error()).contains("payload does not fit");
        assertThat(jobs.get(bad).status()).isEqualTo(JobStatus.PENDING);
    }

    /** An exception that cannot say what it is. */
    private static final class Speechless extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    /** An error that does not end when it is asked what it is. */
    private static final class Endless extends Error {
        private static final long serialVersionUID = 1L;

        @Override
        public String toString() {
            return again() + "!";
        }

        private String again() {
            return toString();
        }
    }

    /** An exception that says nothing. */
    private static final class Empty extends Exception {
        private static final long serialVersionUID = 1L;

        @Override
        public String toString() {
            return null;
        }
    }

    /** A result that cannot be written. */
    public static final class Unwritable {
        /** Part of what is written. */
        public int getValue() {
            throw new AssertionError("no value");
        }
    }

    /** Something a handler does, and what its job's error says then. */
    private record Fault(String name, JobHandler<Json> handler, String error) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Fault> faults() {
        return Stream.of(
                new Fault(
                        "message throws",
                        c -> {
                            throw new Speechless();
                        },
                        Speechless.class.getName()),
                new Fault(
                        "toString has no end",
                        c -> {
                            throw new Endless();
                        },
                        Endless.class.getName()),
                new Fault(
                        "toString is null",
                        c -> {
                            throw new Empty();
                        },
                        Empty.class.getName()),
                new Fault(
                        "a blank failure",
                        c -> {
                            throw JobFailedException.permanently(" ");
                        },
                        JobFailedException.class.getName()),
                new Fault(
                        "a negative wait",
                        c -> {
                            throw JobFailedException.retryAfter(Duration.ofSeconds(-2), "slow down");
                        },
                        "retryAfter"),
                new Fault(
                        "a wait of 300,000 years",
                        c -> {
                            throw JobFailedException.retryAfter(Duration.ofDays(365L * 300_000), "slow down");
                        },
                        "retryAfter"),
                new Fault(
                        "no more memory",
                        c -> {
                            throw new OutOfMemoryError("as if");
                        },
                        "OutOfMemoryError"),
                new Fault(
                        "a class that is missing",
                        c -> {
                            throw new NoClassDefFoundError("dev/Missing");
                        },
                        "NoClassDefFoundError"),
                new Fault(
                        "a checked exception that is not declared",
                        c -> {
                            return RunnerContainmentTest.<RuntimeException>sneaky(new Throwable("plain"));
                        },
                        "plain"),
                new Fault("a result that cannot be written", c -> new Unwritable(), ""),
                new Fault("a result without an end", c -> endless(), ""),
                new Fault(
                        "a thread that was told to stop",
                        c -> {
                            Thread.currentThread().interrupt();
                            throw new Speechless();
                        },
                        Speechless.class.getName()));
    }

    private static List<Object> endless() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        return list;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> Object sneaky(Throwable e) throws E {
        throw (E) e;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void whatever_a_handler_does_ends_its_attempt_and_frees_its_slot(Fault fault) {
        UUID bad = jobs.create(once("bad").priority(9)).id();
        UUID good = jobs.create(job("good")).id();
        try (JobRunner runner =
                runner().handle("bad", Json.class, fault.handler()).start()) {
            awaitStatus(bad, JobStatus.FAILED);
            awaitStatus(good, JobStatus.COMPLETED);
            await().atMost(PATIENCE).until(() -> runner.running() == 0);
            assertThat(runner.worker().goneAt()).isNull();
        }
        assertThat(jobs.get(bad).error()).isNotBlank().contains(fault.error());
        assertThat(jobs.get(bad).attempt()).isEqualTo(1);
    }

    /** An exception whose text is not copied to be stored. */
    private static final class Huge extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Huge(String message) {
            super(message);
        }

        @Override
        public String toString() {
            throw new IllegalStateException("this would copy it");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_error_of_a_huge_exception_is_cut_and_says_how_much_was_cut(boolean own) {
        String message = "🦖".repeat(2_500_000);
        UUID id = jobs.create(once("bad")).id();
        try (JobRunner runner = runner().handle("bad", Json.class, c -> {
                    throw own ? JobFailedException.permanently(message) : new Huge(message);
                })
                .start()) {
            awaitStatus(id, JobStatus.FAILED);
            await().atMost(PATIENCE).until(() -> runner.running() == 0);
        }
        for (String error : List.of(
                String.valueOf(jobs.get(id).error()),
                String.valueOf(jobs.attempts(id).get(0).error()))) {
            String before = own ? "" : Huge.class.getName() + ": ";
            assertThat(error)
                    .hasSizeBetween(9_900, 10_000)
                    .startsWith(before + "🦖")
                    .matches("(?s).*🦖… \\(\\d+ more characters\\)");
            int kept = error.indexOf("…") - before.length();
            assertThat(error).endsWith("(" + (message.length() - kept) + " more characters)");
        }
    }

    @Test
    void an_error_that_a_caller_gives_is_cut_once_and_never_in_a_surrogate_pair() {
        Lease lease = new Lease(UUID.randomUUID(), 1, 1, 1, Instant.EPOCH, Instant.EPOCH);
        for (String start : List.of("", "x")) {
            String huge = start + "🦖".repeat(1_000_000);
            Failure failure = Failure.of(lease, huge);
            int kept = failure.error().indexOf("…");
            assertThat(failure.error())
                    .hasSizeLessThanOrEqualTo(10_000)
                    .isEqualTo(huge.substring(0, kept) + "… (" + (huge.length() - kept) + " more characters)");
            assertThat(failure.permanently().usage(Usage.NONE).error()).isEqualTo(failure.error());
            assertThat(ConfigFailure.of(lease, huge).permanently().error()).isEqualTo(failure.error());
        }
        String longest = "x".repeat(10_000);
        assertThat(Failure.of(lease, longest).error()).isEqualTo(longest);
    }

    @ParameterizedTest
    @ValueSource(longs = {-2, 365L * 300_000 * 86_400, Long.MAX_VALUE})
    void a_wait_that_cannot_be_is_refused_by_name(long seconds) {
        Duration wait = Duration.ofSeconds(seconds);
        Failure failure = Failure.of(new Lease(UUID.randomUUID(), 1, 1, 1, Instant.EPOCH, Instant.EPOCH), "no");
        assertThatThrownBy(() -> failure.retryAfter(wait))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retryAfter");
        assertThatThrownBy(() -> JobFailedException.retryAfter(wait, "no"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retryAfter");
    }

    @Test
    void a_time_that_is_too_long_is_refused_where_a_handler_names_it() throws Exception {
        UUID id = jobs.create(once("bad")).id();
        CountDownLatch refused = new CountDownLatch(2);
        try (JobRunner runner = runner().handle("bad", Json.class, c -> {
                    for (Duration time : List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofSeconds(-1))) {
                        assertThatThrownBy(() -> c.extend(time))
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessageContaining("time");
                        refused.countDown();
                    }
                    return "done";
                })
                .start()) {
            assertThat(refused.await(60, TimeUnit.SECONDS)).isTrue();
            awaitStatus(id, JobStatus.COMPLETED);
            assertThat(runner.worker()).isNotNull();
        }
    }

    /** What waits for a slot is released after a second, and claimed again. */
    @Test
    void an_executor_that_throws_loses_no_job_and_no_slot() {
        AtomicInteger failures = new AtomicInteger(3);
        ExecutorService threads = Executors.newCachedThreadPool();
        try (JobRunner runner = runner().executor(task -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new AssertionError("no threads");
                    }
                    threads.execute(task);
                })
                .start()) {
            List<UUID> ids = jobs.createAll(Collections.nCopies(5, job("good")));
            ids.forEach(id -> awaitStatus(id, JobStatus.COMPLETED));
            await().atMost(PATIENCE).until(() -> runner.running() == 0);
        } finally {
            threads.shutdownNow();
        }
    }
}
