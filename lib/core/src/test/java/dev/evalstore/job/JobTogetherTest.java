package dev.evalstore.job;

import static dev.evalstore.job.JobTestKit.assertEachJobInOnePlace;
import static dev.evalstore.job.JobTestKit.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.Database;
import dev.evalstore.DatabaseException;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.internal.StoredJson;
import dev.evalstore.internal.config.Pools;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Threads that claim and end single jobs at the same time, and share round trips without noticing. */
class JobTogetherTest {
    private static final int THREADS = 8;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.poolSize(20));

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();
    private Worker worker;

    @BeforeEach
    void empty() {
        JobTestKit.empty(database);
        worker = db.workers().register(NewWorker.of("w"));
    }

    @Test
    void threads_of_one_worker_that_take_jobs_singly_do_each_once() throws Exception {
        jobs.createAll(Collections.nCopies(1_000, job("a")));
        List<Set<Long>> done = Threads.together(THREADS, thread -> () -> {
            Set<Long> own = new HashSet<>();
            for (List<ClaimedJob> got = jobs.claim(worker, 1); !got.isEmpty(); got = jobs.claim(worker, 1)) {
                assertThat(got).hasSize(1);
                own.add(got.get(0).job().seq());
                jobs.complete(got.get(0).lease(), null);
            }
            return own;
        });
        assertThat(done.stream().mapToInt(Set::size).sum()).isEqualTo(1_000);
        assertThat(jobs.stats().of("default").completed()).isEqualTo(1_000);
        assertThat(database.value("select count(*) from evalstore.job_attempts"))
                .isEqualTo("1000");
        assertEachJobInOnePlace(database);
    }

    @Test
    void of_many_who_complete_under_one_lease_one_is_accepted() throws Exception {
        for (int round = 0; round < 20; round++) {
            jobs.create(job("a"));
            Lease lease = jobs.claim(worker, 1).get(0).lease();
            List<Boolean> accepted = Threads.together(THREADS, thread -> () -> {
                try {
                    jobs.complete(lease, null);
                    return true;
                } catch (LeaseLostException e) {
                    return false;
                }
            });
            assertThat(accepted).containsOnlyOnce(true);
        }
    }

    /** PostgreSQL has no number as large as that. {@code Json.parse} refuses it, and what came from a server is not looked at. */
    @Test
    void an_outcome_that_cannot_be_stored_spoils_no_other() throws Exception {
        Json tooLarge = StoredJson.of("1e999999");
        for (int round = 0; round < 20; round++) {
            jobs.createAll(Collections.nCopies(THREADS, job("a")));
            List<ClaimedJob> claimed = jobs.claim(worker, THREADS);
            List<Boolean> stored = Threads.together(THREADS, thread -> () -> {
                try {
                    jobs.complete(claimed.get(thread).lease(), thread == 3 ? tooLarge : null);
                    return true;
                } catch (DatabaseException e) {
                    assertThat(e.sqlState()).startsWith("22");
                    return false;
                }
            });
            assertThat(stored).containsExactly(true, true, true, false, true, true, true, true);
            jobs.fail(claimed.get(3).lease(), "its result cannot be stored");
        }
        assertEachJobInOnePlace(database);
    }

    @Test
    void a_completion_that_waits_for_a_lock_holds_up_no_other() throws Exception {
        jobs.createAll(Collections.nCopies(THREADS, job("a")));
        List<ClaimedJob> claimed = jobs.claim(worker, THREADS);
        CountDownLatch locked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Lease held = claimed.get(0).lease();
        List<Boolean> ended = Threads.together(3, thread -> () -> switch (thread) {
            case 0 ->
                db.inTransaction(tx -> {
                    tx.jobs().extend(held, Duration.ofMinutes(9));
                    locked.countDown();
                    return go.await(60, TimeUnit.SECONDS);
                });
            case 1 -> {
                locked.await();
                jobs.complete(held, null);
                yield true;
            }
            default -> {
                locked.await();
                database.awaitBlocked();
                claimed.subList(1, THREADS).forEach(one -> jobs.complete(one.lease(), null));
                go.countDown();
                yield true;
            }
        });
        assertThat(ended).containsExactly(true, true, true);
        assertThat(jobs.stats().of("default").completed()).isEqualTo(THREADS);
    }

    @Test
    void an_interrupt_while_a_connection_is_waited_for_is_its_threads_own() throws Exception {
        jobs.createAll(Collections.nCopies(3, job("a")));
        List<Lease> leases =
                jobs.claim(worker, 3).stream().map(ClaimedJob::lease).toList();
        Map<Integer, Throwable> failures = new ConcurrentHashMap<>();
        try (HikariDataSource pool =
                Pools.open(Pools.hikari(database.config().poolSize(1).build()))) {
            JobRepository narrow = Database.using(pool).jobs();
            List<Thread> threads = IntStream.range(0, 3)
                    .mapToObj(i -> new Thread(() -> {
                        try {
                            narrow.complete(leases.get(i), null);
                        } catch (Throwable e) {
                            failures.put(i, e);
                        }
                    }))
                    .toList();
            try (Connection taken = pool.getConnection()) {
                assertThat(taken.isValid(1)).isTrue();
                threads.get(0).start();
                awaitWaiting(pool, 1);
                threads.get(1).start();
                while (threads.get(1).getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
                threads.get(2).start();
                awaitWaiting(pool, 2);
                threads.get(1).interrupt();
            }
            for (Thread thread : threads) {
                thread.join(60_000);
            }
        }
        // The second fails only if it was alone in its round.
        failures.remove(1);
        assertThat(failures).isEmpty();
        assertThat(jobs.stats().of("default").completed()).isBetween(2L, 3L);
    }

    private static void awaitWaiting(HikariDataSource pool, int threads) {
        await().until(() -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() >= threads);
    }
}
