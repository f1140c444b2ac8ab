package dev.evalstore.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.evalstore.CommitToken;
import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.Json;
import dev.evalstore.Reading;
import dev.evalstore.ReadingStats;
import dev.evalstore.ReadingStats.State;
import dev.evalstore.TxOptions;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.tenant.Tenant;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.OwnServer;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.TestServer;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The library through PgBouncer in transaction mode, where one transaction of a connection meets another session than the last
 * did. Skipped where there is no {@code pgbouncer}; then nothing here is shown.
 */
@Tag("long")
class PoolerTest {
    private static final int ROUNDS = 25;

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** What is done about prepared statements. */
    enum Preparing {
        /** The pooler keeps them, from version 1.21 on. */
        BY_POOLER(200, ""),
        /** The driver makes none. */
        NEVER(0, "?prepareThreshold=0");

        private final int kept;
        private final String parameters;

        Preparing(int kept, String parameters) {
            this.kept = kept;
            this.parameters = parameters;
        }
    }

    private static PgBouncer pooler(Preparing how) {
        Path program = program(how);
        DatabaseConfig app = database.config().build();
        DatabaseConfig owner = database.owner().build();
        return PgBouncer.start(
                program,
                Map.of(
                        String.valueOf(app.user()),
                        String.valueOf(app.password()),
                        String.valueOf(owner.user()),
                        String.valueOf(owner.password())),
                how.kept);
    }

    private static Path program(Preparing how) {
        Path program = PgBouncer.program().orElse(null);
        if (program == null) {
            skip("no pgbouncer here: transaction pooling is NOT tested in this run");
        }
        if (how.kept > 0 && !PgBouncer.keepsPreparedStatements(program)) {
            skip("this pgbouncer is older than 1.21: its prepared statements are NOT tested in this run");
        }
        return program;
    }

    /** Said where it is seen also in a run whose report nobody opens. */
    private static void skip(String why) {
        System.err.println("SKIPPED " + PoolerTest.class.getSimpleName() + ": " + why);
        Assumptions.abort(why);
    }

    private static DatabaseConfig.Builder through(PgBouncer pooler, Preparing how) {
        return through(database.config(), pooler, how);
    }

    private static DatabaseConfig.Builder through(DatabaseConfig.Builder role, PgBouncer pooler, Preparing how) {
        return role.url("jdbc:postgresql://127.0.0.1:" + pooler.port() + "/" + database.name() + how.parameters)
                .passwordHasher(new CheapHasher())
                .poolSize(4 * PgBouncer.SERVER_CONNECTIONS);
    }

    /** The application's pool and the owner's, on one way to the server. */
    private record Pools(HikariDataSource app, HikariDataSource owner, DatabaseOptions options)
            implements AutoCloseable {
        static Pools of(DatabaseConfig app, DatabaseConfig owner) {
            return new Pools(open(app), open(owner), app.options());
        }

        private static HikariDataSource open(DatabaseConfig config) {
            return dev.evalstore.internal.config.Pools.open(dev.evalstore.internal.config.Pools.hikari(config));
        }

        /** Remembers nothing of what was cleared away between two writes. */
        Database fresh(Write<?> write) {
            return Database.using(write.is(Write.Trait.OWNER) ? owner : app, options);
        }

        @Override
        public void close() {
            app.close();
            owner.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void every_write_does_what_it_does_without_a_pooler(Preparing how) throws Exception {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        try (PgBouncer pooler = pooler(how);
                Pools pooled = Pools.of(
                        through(pooler, how).build(),
                        through(database.owner(), pooler, how).build());
                Pools direct = Pools.of(
                        database.config().passwordHasher(new CheapHasher()).build(),
                        database.owner().passwordHasher(new CheapHasher()).build());
                Connection admin = TestServer.get().admin(database.name());
                Shuffler shuffler = new Shuffler(Database.using(pooled.app(), pooled.options()))) {
            Picture picture = new Picture(admin);
            for (Write<?> write : Writes.todays(Writes.all(), 6).toList()) {
                List<String> expected = result(write, direct, direct, picture, admin, false);
                // Often enough for the driver to prepare what it may prepare.
                for (int i = 0; i < 6; i++) {
                    assertThat(result(write, pooled, direct, picture, admin, false))
                            .as(write.toString())
                            .isEqualTo(expected);
                }
                if (!write.is(Write.Trait.ALONE)) {
                    List<String> inTransaction = result(write, direct, direct, picture, admin, true);
                    assertThat(result(write, pooled, direct, picture, admin, true))
                            .as(write + " in a transaction")
                            .isEqualTo(inTransaction);
                }
            }
            assertThat(shuffler.rounds()).isPositive();
        }
    }

    private static <C> List<String> result(
            Write<C> write, Pools pools, Pools direct, Picture picture, Connection admin, boolean inTransaction)
            throws Exception {
        picture.clear();
        Database db = pools.fresh(write);
        C found = write.before().apply(new Lab(Database.using(direct.app(), direct.options()), admin));
        write.warm().accept(db, found);
        if (inTransaction) {
            db.inTransaction(tx -> write.call().on(tx, found));
        } else {
            write.call().on(db, found);
        }
        return picture.take();
    }

    @ParameterizedTest
    @EnumSource
    void a_runner_works_through_it_and_is_woken_by_a_direct_connection(Preparing how) throws SQLException {
        try (PgBouncer pooler = pooler(how);
                Connection admin = TestServer.get().admin(database.name());
                Database pooled = Database.open(through(pooler, how).build())) {
            new Picture(admin).clear();
            AtomicInteger handled = new AtomicInteger();
            try (JobRunner runner = JobRunner.on(pooled)
                    .worker("pooled")
                    .concurrency(8)
                    .notifications(database.config().build())
                    .poll(Duration.ofSeconds(20), Duration.ofSeconds(20))
                    .handle("t", Object.class, context -> handled.incrementAndGet())
                    .start()) {
                await().until(() -> database.value("select count(*) from pg_stat_activity where query like 'listen %'")
                        .equals("1"));
                pooled.jobs().createAll(Collections.nCopies(500, NewJob.of("t", Json.EMPTY)));
                // Sooner than it would have looked by itself.
                await().atMost(Duration.ofSeconds(19))
                        .until(() -> pooled.jobs().count(JobFilter.ALL.status(JobStatus.COMPLETED)) == 500);
                assertThat(handled).hasValue(500);
                assertThat(runner.worker().workerId()).isEqualTo("pooled");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void tenants_share_its_few_sessions_and_see_nothing_of_each_other(Preparing how) throws Exception {
        database.admin("grant create on database " + database.name() + " to evalstore_owner");
        List<String> names = Stream.of("a", "b", "c")
                .map(name -> "pooled_" + name + "_" + how.name().toLowerCase(Locale.ROOT))
                .toList();
        try (Database owner = Database.open(database.owner().build())) {
            names.forEach(owner.tenants()::create);
        }
        ExecutorService threads = Executors.newFixedThreadPool(4 * names.size());
        try (PgBouncer pooler = pooler(how);
                Database pooled = Database.open(through(pooler, how).build())) {
            List<Future<Integer>> running = new ArrayList<>();
            for (String name : names) {
                for (int thread = 0; thread < 4; thread++) {
                    running.add(threads.submit(() -> work(pooled.tenants().tenant(name), name)));
                }
            }
            for (Future<Integer> one : running) {
                assertThat(one.get()).isEqualTo(ROUNDS);
            }
            assertThat(pooled.tenants().list(10).items())
                    .extracting(Tenant::name)
                    .containsAll(names);
            for (String name : names) {
                Database tenant = pooled.tenants().tenant(name);
                assertThat(tenant.benchmarks().count(BenchmarkFilter.ALL)).isEqualTo(4 * ROUNDS);
                assertThat(tenant.jobs().count(JobFilter.ALL.status(JobStatus.COMPLETED)))
                        .isEqualTo(4 * ROUNDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Writes, reads, and a job that is claimed and completed, of which nothing may be another tenant's. */
    private static int work(Database tenant, String name) {
        Worker worker = tenant.workers().register(NewWorker.of(name));
        int completed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            UUID id = tenant.inTransaction(tx -> {
                tx.jobs().create(NewJob.of(name, Json.EMPTY));
                return tx.benchmarks()
                        .create(NewBenchmark.of(name, "p", "m", "d", 0))
                        .id();
            });
            assertThat(tenant.benchmarks().get(id).name()).isEqualTo(name);
            assertThat(tenant.benchmarks().list(BenchmarkFilter.ALL, 10).items())
                    .extracting(Benchmark::name)
                    .containsOnly(name);
            for (ClaimedJob job : tenant.jobs().claim(worker, 1)) {
                assertThat(job.job().jobType()).isEqualTo(name);
                tenant.jobs().complete(job.lease(), null);
                completed++;
            }
        }
        return completed;
    }

    @ParameterizedTest
    @EnumSource
    void reads_go_to_a_replica_behind_a_pooler_and_see_their_own_writes(Preparing how) throws Exception {
        Path program = program(how);
        try (OwnServer primary = OwnServer.startPrimary()) {
            if (!primary.canReplicate()) {
                skip("this server's files have no walreceiver: reading through a pooler is NOT tested in this run");
            }
            String name = primary.createMigrated();
            DatabaseConfig app = primary.as("evalstore_app", name).build();
            Map<String, String> password = Map.of(String.valueOf(app.user()), String.valueOf(app.password()));
            try (OwnServer replica = primary.replica("replica");
                    PgBouncer writes = PgBouncer.start(program, primary.asTestServer(), password, how.kept);
                    PgBouncer reads = PgBouncer.start(program, replica.asTestServer(), password, how.kept);
                    Database db = Database.open(primary.as("evalstore_app", name)
                            .url("jdbc:postgresql://127.0.0.1:" + writes.port() + "/" + name + how.parameters)
                            .replicas("jdbc:postgresql://127.0.0.1:" + reads.port() + "/" + name + how.parameters)
                            .poolSize(2 * PgBouncer.SERVER_CONNECTIONS)
                            .build())) {
                Duration patience = Duration.ofMinutes(1);
                await().atMost(patience)
                        .untilAsserted(() -> assertThat(db.readingStats().replicas())
                                .as(replica::state)
                                .allMatch(seen -> seen.state() == State.FOLLOWING));
                readOwnWrites(db, 2 * PgBouncer.SERVER_CONNECTIONS, patience);
                ReadingStats stats = db.readingStats();
                assertThat(stats.onReplicas()).isPositive();
                assertThat(stats.replicas()).as(stats.toString()).allMatch(seen -> seen.failures() == 0);
            }
        }
    }

    /** More threads than sessions behind the pooler, so that these change hands all the time. */
    private static void readOwnWrites(Database db, int threads, Duration patience) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                all.add(pool.submit(() -> {
                    AtomicReference<CommitToken> token = new AtomicReference<>();
                    for (int i = 0; i < 20; i++) {
                        UUID run = db.inTransaction(
                                TxOptions.DEFAULT.token(token::set),
                                tx -> tx.benchmarks()
                                        .create(NewBenchmark.of("a", "p", "m", "d", 10))
                                        .id());
                        Reading own = db.reading(token.get(), patience);
                        assertThat(own.benchmarks().find(run)).isPresent();
                        own.evaluations().stream(EvaluationFilter.ALL, evaluation -> {});
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Keeps other connections busy, so that the sessions behind the pooler change hands all the time. */
    private static final class Shuffler implements AutoCloseable {
        private static final long PAUSE_NANOS = 2_000_000;

        private final AtomicBoolean stopping = new AtomicBoolean();
        private final AtomicInteger rounds = new AtomicInteger();
        private final List<Thread> threads;

        Shuffler(Database db) {
            Runnable read = () -> {
                while (!stopping.get()) {
                    db.inTransaction(tx -> tx.benchmarks().count(BenchmarkFilter.ALL));
                    rounds.incrementAndGet();
                    // A picture waits for a moment in which no transaction is open.
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            };
            threads = List.of(new Thread(read), new Thread(read), new Thread(read));
            threads.forEach(Thread::start);
        }

        int rounds() {
            return rounds.get();
        }

        @Override
        public void close() {
            stopping.set(true);
            await().until(() -> threads.stream().noneMatch(Thread::isAlive));
        }
    }
}
