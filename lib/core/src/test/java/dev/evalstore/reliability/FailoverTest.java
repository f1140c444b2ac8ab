package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseException;
import dev.evalstore.Health;
import dev.evalstore.Json;
import dev.evalstore.Retry;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.UpdateBenchmark;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.NewJob;
import dev.evalstore.testkit.OwnServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The primary dies, or is told to only read, and its replica takes over. */
class FailoverTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final NewBenchmark RUN = NewBenchmark.of("a", "p", "m", "d", 10);

    private OwnServer primary;
    private OwnServer replica;
    private String name;

    /** Two servers, where a commit is acknowledged when both have it. */
    @BeforeEach
    void start() {
        primary = OwnServer.startPrimary();
        name = primary.createMigrated();
        try {
            replica = primary.replica("replica");
        } catch (IllegalStateException e) {
            Assumptions.abort(
                    "no replica can be made from this server's files, so failover is NOT tested: " + e.getCause());
        }
        primary.asTestServer().execute("postgres", "alter system set synchronous_standby_names = 'replica'");
        primary.asTestServer().execute("postgres", "select pg_reload_conf()");
        await().atMost(PATIENCE)
                .until(() -> primary.asTestServer()
                        .query("postgres", "select sync_state from pg_stat_replication")
                        .equals(List.of("sync")));
    }

    @AfterEach
    void stop() {
        if (replica != null) {
            replica.close();
        }
        primary.close();
    }

    /** Both servers, the old primary first. */
    private DatabaseConfig.Builder both() {
        return primary.as("evalstore_app", name)
                .url("jdbc:postgresql://localhost:" + primary.port() + ",localhost:" + replica.port() + "/" + name)
                .connectTimeout(Duration.ofSeconds(5));
    }

    private void promote() {
        assertThat(replica.asTestServer().query("postgres", "select pg_promote()::text"))
                .containsExactly("true");
    }

    private List<String> onReplica(String sql) {
        return replica.asTestServer().query(name, sql);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Does one write after the other until it is told to stop, and remembers those that were acknowledged. */
    private static final class Writer implements Runnable {
        private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        private final AtomicBoolean stopping = new AtomicBoolean();
        private final List<Throwable> wrong = new ArrayList<>();
        private final Write write;
        private final Thread thread;

        /** Gives what identifies it. */
        private interface Write {
            String number(int n);
        }

        Writer(Write write) {
            this.write = write;
            this.thread = new Thread(this);
            thread.start();
        }

        @Override
        public void run() {
            for (int n = 0; !stopping.get(); n++) {
                try {
                    acknowledged.add(write.number(n));
                } catch (DatabaseException e) {
                    // Whether or not it is stored, nobody was told so.
                } catch (RuntimeException e) {
                    wrong.add(e);
                }
            }
        }

        void awaitMore(int count) {
            int before = acknowledged.size();
            await().atMost(PATIENCE).until(() -> acknowledged.size() >= before + count);
        }

        void stop() throws InterruptedException {
            stopping.set(true);
            thread.join();
            assertThat(wrong).isEmpty();
        }
    }

    /** What a handler was given, as the job's payload. */
    record Payload(String name) {}

    @Test
    void writers_go_on_at_the_promoted_replica_which_has_all_that_was_acknowledged() throws Exception {
        try (Database db = Database.open(both().build());
                JobRunner runner = JobRunner.on(db)
                        .worker("w")
                        .concurrency(4)
                        .timeToLive(Duration.ofSeconds(3))
                        .notifications(both().applicationName("listening").build())
                        .handle("effect", Payload.class, context -> {
                            context.complete(tx -> tx.benchmarks()
                                    .create(NewBenchmark.of(context.payload().name(), "effect", "m", "d", 1))
                                    .id());
                            return null;
                        })
                        .start()) {
            Writer runs = new Writer(n -> db.benchmarks().create(RUN).id().toString());
            Writer jobs = new Writer(n -> db.jobs()
                    .create(NewJob.of("effect", Json.of(new Payload("job " + n))))
                    .id()
                    .toString());
            Writer state = new Writer(n -> {
                db.state().put(bytes("key " + n), bytes("value"));
                return "key " + n;
            });
            List<Writer> writers = List.of(runs, jobs, state);
            writers.forEach(writer -> writer.awaitMore(50));

            primary.kill();
            promote();
            writers.forEach(writer -> writer.awaitMore(50));
            for (Writer writer : writers) {
                writer.stop();
            }

            assertThat(onReplica("select id::text from evalstore.benchmarks")).containsAll(runs.acknowledged);
            assertThat(onReplica("select id::text from evalstore.jobs")).containsAll(jobs.acknowledged);
            assertThat(onReplica("select convert_from(key, 'UTF8') from evalstore.state_entries"))
                    .containsAll(state.acknowledged);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(onReplica(
                                    "select j.id::text from evalstore.jobs j left join evalstore.job_finished f"
                                            + " on f.seq = j.seq where f.outcome is distinct from 'completed'"))
                            .isEmpty());
            assertThat(onReplica("select j.payload ->> 'name' from evalstore.jobs j left join evalstore.benchmarks b"
                            + " on b.provider = 'effect' and b.name = j.payload ->> 'name'"
                            + " group by 1 having count(b.id) <> 1"))
                    .as("jobs whose effect is not there once")
                    .isEmpty();
            assertThat(onReplica("select worker_id from evalstore.workers where gone_at is null"))
                    .contains(runner.worker().workerId());
            Health health = db.health();
            assertThat(health.isReady()).isTrue();
            assertThat(onReplica("select count(*)::text from pg_stat_activity where application_name = 'evalstore'"))
                    .as("the pool's connections and the one of the runner's heartbeats, all at the new primary")
                    .containsExactly(Integer.toString(health.pool().total() + 1));
        }
    }

    @Test
    void an_old_primary_that_comes_back_as_a_replica_is_passed_over() {
        try (Database db = Database.open(both().build())) {
            UUID before = db.benchmarks().create(RUN).id();
            primary.kill();
            promote();
            primary.restartAsStandby();
            await().atMost(PATIENCE).ignoreException(DatabaseException.class).until(() -> {
                db.benchmarks().update(before, UpdateBenchmark.NOTHING.name("b"));
                return true;
            });
            assertThat(onReplica("select name from evalstore.benchmarks")).containsExactly("b");
        }
        try (Database afresh = Database.open(both().build())) {
            assertThat(afresh.benchmarks().create(RUN).name()).isEqualTo("a");
            assertThat(afresh.health().primary()).isTrue();
        }
    }

    /** Its sessions live on: nothing is lost but the right to write. */
    @Test
    void a_primary_that_only_reads_from_now_on_is_left_for_the_new_one() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        try (Database db = Database.open(both().poolSize(4).build());
                Database once = Database.open(both().retry(Retry.NONE).build())) {
            UUID run = db.benchmarks().create(RUN).id();
            once.benchmarks().count(BenchmarkFilter.ALL);
            Thread reader = new Thread(() -> db.inTransaction(tx -> {
                tx.benchmarks().count(BenchmarkFilter.ALL);
                reading.countDown();
                return waited(held);
            }));
            reader.start();
            reading.await();
            // On a second connection, which is idle then.
            db.benchmarks().count(BenchmarkFilter.ALL);
            primary.asTestServer().execute("postgres", "alter system set default_transaction_read_only = on");
            primary.asTestServer().execute("postgres", "select pg_reload_conf()");
            await().atMost(PATIENCE)
                    .until(() -> primary.asTestServer()
                            .query("postgres", "show default_transaction_read_only")
                            .equals(List.of("on")));
            promote();

            assertThat(db.benchmarks()
                            .update(run, UpdateBenchmark.NOTHING.name("b"))
                            .name())
                    .isEqualTo("b");
            assertThatThrownBy(() -> once.benchmarks().update(run, UpdateBenchmark.NOTHING.name("c")))
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("25006"));
            assertThat(once.benchmarks()
                            .update(run, UpdateBenchmark.NOTHING.name("c"))
                            .name())
                    .isEqualTo("c");
            assertThat(onReplica("select name from evalstore.benchmarks")).containsExactly("c");
            held.countDown();
            reader.join();
            await().atMost(PATIENCE)
                    .until(() -> primary.asTestServer()
                            .query(
                                    "postgres",
                                    "select count(*)::text from pg_stat_activity where application_name = 'evalstore'")
                            .equals(List.of("0")));
        }
    }

    private static boolean waited(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
