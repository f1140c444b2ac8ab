package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.UpdateBenchmark;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RetryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final TxOptions RETRIED = TxOptions.DEFAULT.retry(Retry.times(5));

    private final Database db = database.db();

    private UUID run() {
        Benchmark run = db.benchmarks().create(NewBenchmark.of("0", "p", "m", "d", 0));
        return run.id();
    }

    /** Reads the number in the run's name and writes it back plus one, after everybody has read. */
    private static void increment(Tx tx, UUID id, CyclicBarrier read, int attempt) throws Exception {
        int n = Integer.parseInt(tx.benchmarks().get(id).name());
        if (attempt == 1) {
            read.await(1, TimeUnit.MINUTES);
        }
        tx.benchmarks().update(id, UpdateBenchmark.NOTHING.name(Integer.toString(n + 1)));
    }

    @Test
    void a_serialization_failure_runs_the_whole_work_again() throws Exception {
        for (Isolation level : List.of(Isolation.REPEATABLE_READ, Isolation.SERIALIZABLE)) {
            UUID id = run();
            CyclicBarrier read = new CyclicBarrier(2);
            AtomicInteger attempts = new AtomicInteger();
            Threads.together(2, i -> () -> {
                AtomicInteger mine = new AtomicInteger();
                return db.<Boolean, Exception>inTransaction(RETRIED.isolation(level), tx -> {
                    attempts.incrementAndGet();
                    increment(tx, id, read, mine.incrementAndGet());
                    return true;
                });
            });
            assertThat(db.benchmarks().get(id).name()).isEqualTo("2");
            assertThat(attempts.get()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void without_retry_a_serialization_failure_comes_out_and_nothing_of_it_is_stored() {
        UUID id = run();
        var e = catchThrowableOfType(
                TransientDatabaseException.class,
                () -> db.inTransaction(TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ), tx -> {
                    tx.benchmarks().get(id);
                    db.benchmarks().update(id, UpdateBenchmark.NOTHING.name("other"));
                    return tx.benchmarks().update(id, UpdateBenchmark.NOTHING.name("mine"));
                }));
        assertThat(e.sqlState()).isEqualTo("40001");
        assertThat(e.outcomeUnknown()).isFalse();
        assertThat(db.benchmarks().get(id).name()).isEqualTo("other");
    }

    @Test
    void a_deadlock_runs_the_victims_work_again() throws Exception {
        UUID a = run();
        UUID b = run();
        CyclicBarrier locked = new CyclicBarrier(2);
        CountDownLatch otherIsDone = new CountDownLatch(1);
        AtomicInteger attempts = new AtomicInteger();
        Threads.together(2, i -> () -> {
            UUID first = i == 0 ? a : b;
            UUID second = i == 0 ? b : a;
            AtomicInteger mine = new AtomicInteger();
            boolean done = db.<Boolean, Exception>inTransaction(RETRIED, tx -> {
                attempts.incrementAndGet();
                if (mine.incrementAndGet() > 1) {
                    // The victim could lock its first row again before the other one wakes up.
                    otherIsDone.await(1, TimeUnit.MINUTES);
                }
                tx.benchmarks().update(first, UpdateBenchmark.NOTHING.name("first"));
                if (mine.get() == 1) {
                    locked.await(1, TimeUnit.MINUTES);
                }
                tx.benchmarks().update(second, UpdateBenchmark.NOTHING.name("second"));
                return true;
            });
            otherIsDone.countDown();
            return done;
        });
        assertThat(attempts).hasValue(3);
    }

    @Test
    void attempts_end() {
        AtomicInteger attempts = new AtomicInteger();
        assertThatThrownBy(() ->
                        db.inTransaction(TxOptions.DEFAULT.retry(new Retry(4, Duration.ZERO, Duration.ZERO)), tx -> {
                            attempts.incrementAndGet();
                            throw new TransientDatabaseException("again", "40001", false, null);
                        }))
                .isInstanceOf(TransientDatabaseException.class);
        assertThat(attempts).hasValue(4);
    }

    @Test
    void what_will_not_pass_is_not_tried_again() {
        AtomicInteger attempts = new AtomicInteger();
        for (RuntimeException failure : List.of(
                new IllegalStateException("mine"),
                new ConflictException("no"),
                new DatabaseException("x", "42601", null),
                new TransientDatabaseException("maybe stored", "08006", true, null),
                new PoolExhaustedException("full", null))) {
            attempts.set(0);
            assertThatThrownBy(() -> db.inTransaction(RETRIED, tx -> {
                        attempts.incrementAndGet();
                        throw failure;
                    }))
                    .isSameAs(failure);
            assertThat(attempts).hasValue(1);
        }
    }

    @Test
    void a_single_statement_that_the_server_undid_is_sent_again() throws Exception {
        UUID id = run();
        try (Database hasty = Database.open(database.config()
                .lockTimeout(Duration.ofMillis(50))
                .retry(new Retry(100, Duration.ofMillis(50), Duration.ofMillis(50)))
                .build())) {
            Thread writer = db.inTransaction(tx -> {
                tx.benchmarks().update(id, UpdateBenchmark.NOTHING.name("first"));
                Thread thread = new Thread(() -> hasty.benchmarks().update(id, UpdateBenchmark.NOTHING.name("second")));
                thread.start();
                Awaitility.await()
                        .until(() -> hasty.stats().operations().stream()
                                .anyMatch(o -> o.name().equals("benchmarks.update") && o.failures() > 0));
                return thread;
            });
            writer.join();
        }
        assertThat(db.benchmarks().get(id).name()).isEqualTo("second");
    }

    @Test
    void an_interrupt_ends_the_waiting_for_the_next_attempt() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> db.inTransaction(
                        TxOptions.DEFAULT.retry(new Retry(3, Duration.ofHours(1), Duration.ofHours(1))), tx -> {
                            throw new TransientDatabaseException("again", "40001", false, null);
                        }))
                .isInstanceOf(DatabaseException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void pauses_grow_to_the_cap_and_not_beyond() {
        Retry retry = new Retry(100, Duration.ofMillis(50), Duration.ofSeconds(2));
        for (int attempt = 1; attempt <= 100; attempt++) {
            Duration most = attempt > 6 ? Duration.ofSeconds(2) : Duration.ofMillis(50L << (attempt - 1));
            for (int i = 0; i < 50; i++) {
                assertThat(retry.pauseAfter(attempt)).isBetween(Duration.ZERO, most);
            }
        }
        Retry hours = new Retry(100, Duration.ofHours(1), Duration.ofDays(1));
        assertThat(java.util.stream.IntStream.range(0, 1_000)
                        .mapToObj(i -> hours.pauseAfter(25))
                        .max(Duration::compareTo)
                        .orElseThrow())
                .isGreaterThan(Duration.ofHours(20));
        assertThat(Retry.times(3).backoff(Duration.ZERO, Duration.ZERO).pauseAfter(2))
                .isZero();
    }

    @Test
    void a_retry_that_makes_no_sense_is_refused() {
        assertThatThrownBy(() -> Retry.times(0)).hasMessageContaining("attempts");
        assertThatThrownBy(() -> Retry.times(101)).hasMessageContaining("attempts");
        assertThatThrownBy(() -> Retry.times(3).backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cap");
        assertThatThrownBy(() -> Retry.times(3).backoff(Duration.ofSeconds(-2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("base");
    }
}
