package dev.evalstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.benchmark.BenchmarkFilter;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.benchmark.UpdateBenchmark;
import dev.evalstore.job.Backoff;
import dev.evalstore.job.JobFilter;
import dev.evalstore.job.JobRunner;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.NewJob;
import dev.evalstore.state.StateOptions;
import dev.evalstore.testkit.HostService;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A host that binds a transaction to the thread, as Spring does. */
class HostTransactionsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final NewBenchmark RUN = NewBenchmark.of("a", "p", "m", "d", 10);
    private static final NewJob JOB = NewJob.of("t", Json.of(1));

    private final HostService host = new HostService(database.pool());

    /** Knows of the host's transactions by the data source alone. */
    private final Database unaware = Database.using(host.dataSource());

    private final Database db =
            Database.using(database.pool(), DatabaseOptions.DEFAULT.hostTransactions(host.transactions()));

    /** A call of the library, and its name. */
    record Call(String name, Consumer<Database> call) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Call> writes() {
        return Stream.of(
                new Call("create", db -> db.benchmarks().create(RUN)),
                new Call("a job", db -> db.jobs().create(JOB)),
                new Call("a job with a unique key", db -> db.jobs().create(JOB.uniqueKey("k"))),
                new Call("jobs by arrays", db -> db.jobs().createAll(List.of(JOB, JOB))),
                new Call("jobs by a copy", db -> db.jobs().createAll(Collections.nCopies(6_000, JOB))),
                new Call(
                        "evaluations by a copy",
                        db -> db.evaluations()
                                .createAll(Collections.nCopies(10_000, NewEvaluation.of("p", "m", "i", "o")))),
                new Call(
                        "an audited write",
                        db -> db.actingAs(Actor.service("s")).benchmarks().create(RUN)),
                new Call("state", db -> db.state("n", StateOptions.DEFAULT).put(bytes("k"), bytes("v"))),
                new Call("a lock", db -> db.locks().tryAcquire("r", "h", Duration.ofMinutes(1))),
                new Call("a worker", db -> db.workers().register(NewWorker.of("w"))),
                new Call(
                        "a transaction",
                        db -> db.inTransaction(tx -> tx.benchmarks().create(RUN))),
                new Call(
                        "a transaction with a retry",
                        db -> db.inTransaction(
                                TxOptions.DEFAULT.retry(Retry.times(3)),
                                tx -> tx.benchmarks().create(RUN))),
                new Call(
                        "on another schema",
                        db -> db.withSchema("evalstore").benchmarks().create(RUN)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @BeforeEach
    void empty() {
        database.admin("create table if not exists public.orders (id int);"
                + " grant all on public.orders to evalstore_app; truncate public.orders;"
                + " truncate evalstore.benchmarks, evalstore.evaluations, evalstore.jobs, evalstore.job_ready,"
                + " evalstore.job_scheduled, evalstore.job_leases, evalstore.job_unique, evalstore.job_finished, evalstore.state_locks, evalstore.workers cascade;"
                + " delete from evalstore.state_entries");
    }

    /** All rows of the library and of the host. */
    private static long stored() {
        return Stream.of("public.orders", "evalstore.benchmarks", "evalstore.evaluations", "evalstore.jobs")
                        .mapToLong(HostTransactionsTest::count)
                        .sum()
                + Stream.of("evalstore.state_entries", "evalstore.state_locks", "evalstore.workers")
                        .mapToLong(HostTransactionsTest::count)
                        .sum();
    }

    private static long count(String table) {
        return Long.parseLong(database.value("select count(*) from " + table));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("writes")
    void without_being_told_it_refuses_the_connection_of_the_hosts_transaction_and_commits_nothing(Call write) {
        assertThatThrownBy(() -> host.inTransaction(() -> {
                    host.execute("insert into public.orders values (1)");
                    assertThatThrownBy(() -> write.call().accept(unaware))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("auto-commit off")
                            .hasMessageContaining("Database.join")
                            .hasMessageContaining("hostTransactions");
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThat(stored()).isZero();
        write.call().accept(unaware);
        assertThat(stored()).isPositive();
    }

    @Test
    void reads_and_the_work_of_the_store_itself_refuse_it_too() {
        host.inTransaction(() -> {
            host.execute("insert into public.orders values (1)");
            assertThatThrownBy(() -> unaware.benchmarks().list(BenchmarkFilter.ALL, 10, null))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> unaware.benchmarks().forEach(BenchmarkFilter.ALL, run -> {}))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(unaware::migrate).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> unaware.maintenance().runOnce()).isInstanceOf(IllegalStateException.class);
            host.rollBack();
        });
        assertThat(stored()).isZero();
    }

    @Test
    void it_refuses_a_connection_on_which_a_transaction_was_begun_by_sql() {
        HostService sql = new HostService(database.pool()).beginningBySql();
        sql.inTransaction(() -> {
            sql.execute("insert into public.orders values (1)");
            assertThatThrownBy(
                            () -> Database.using(sql.dataSource()).benchmarks().create(RUN))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("open transaction");
            sql.rollBack();
        });
        assertThat(stored()).isZero();
    }

    /** What is reserved inside a transaction of the host must not be the connection of that. */
    private void refusesToReserve(Database db, HostService host, String why) {
        assertThatThrownBy(() -> host.inTransaction(() -> {
                    host.execute("insert into public.orders values (1)");
                    assertThatThrownBy(() -> db.reserveConnection().close())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining(why)
                            .hasMessageContaining("Database.join")
                            .hasMessageContaining("hostTransactions")
                            .hasMessageContaining("poolAutoCommit");
                    host.execute("insert into public.orders values (2)");
                    assertThat(stored()).isZero();
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThat(stored()).isZero();
        try (Database reserved = db.reserveConnection()) {
            reserved.benchmarks().create(RUN);
        }
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void the_connection_of_the_hosts_transaction_is_not_reserved() {
        refusesToReserve(unaware, host, "auto-commit off");
    }

    @Test
    void a_connection_on_which_a_transaction_was_begun_by_sql_is_not_reserved() {
        HostService sql = new HostService(database.pool()).beginningBySql();
        refusesToReserve(Database.using(sql.dataSource()), sql, "open transaction");
    }

    @Test
    void beside_the_hosts_transactions_their_connection_is_not_reserved_either() {
        DatabaseOptions told = DatabaseOptions.DEFAULT.hostTransactions(host.transactions());
        refusesToReserve(Database.using(host.dataSource(), told), host, "auto-commit off");
        empty();
        refusesToReserve(Database.using(host.dataSource(), told).apart(), host, "auto-commit off");
    }

    @Test
    void of_a_pool_that_does_not_know_the_hosts_transactions_another_connection_is_reserved() {
        DatabaseOptions told = DatabaseOptions.DEFAULT.hostTransactions(host.transactions());
        Database plain = Database.using(new HostService(database.pool()).dataSource(), told);
        host.inTransaction(() -> {
            host.execute("insert into public.orders values (1)");
            try (Database reserved = plain.reserveConnection()) {
                reserved.benchmarks().create(RUN);
                assertThat(stored()).isEqualTo(1);
            }
            host.rollBack();
        });
        assertThat(stored()).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("writes")
    void every_call_joins_and_is_stored_exactly_if_the_host_commits(Call write) {
        assertThatThrownBy(() -> host.inTransaction(() -> {
                    write.call().accept(db);
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThat(stored()).isZero();
        host.inTransaction(() -> {
            write.call().accept(db);
            assertThat(stored()).isZero();
        });
        assertThat(stored()).isPositive();
    }

    @Test
    void a_repository_that_is_kept_joins_where_there_is_a_transaction_and_only_there() {
        var runs = db.benchmarks();
        var state = db.state("kept", StateOptions.DEFAULT);
        host.inTransaction(() -> {
            runs.create(RUN);
            state.put(bytes("k"), bytes("v"));
            assertThat(runs.count(BenchmarkFilter.ALL)).isEqualTo(1);
            assertThat(elsewhere(() -> runs.count(BenchmarkFilter.ALL))).isZero();
            host.rollBack();
        });
        assertThat(stored()).isZero();
        runs.create(RUN);
        state.put(bytes("k"), bytes("v"));
        assertThat(state.get(bytes("k"))).isPresent();
        assertThat(stored()).isEqualTo(2);
    }

    private static <T> T elsewhere(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call).join();
    }

    @Test
    void a_transaction_inside_the_hosts_is_a_savepoint_of_it() {
        host.inTransaction(() -> {
            db.benchmarks().create(RUN);
            assertThatThrownBy(() -> db.useTransaction(tx -> {
                        tx.benchmarks().create(RUN);
                        throw new IllegalStateException("mine");
                    }))
                    .hasMessage("mine");
            assertThatThrownBy(() -> db.inTransaction(TxOptions.DEFAULT.asReadOnly(), tx -> true))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> db.inTransaction(TxOptions.DEFAULT.isolation(Isolation.SERIALIZABLE), tx -> true))
                    .isInstanceOf(IllegalArgumentException.class);
        });
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void outside_of_the_hosts_transaction_it_works_as_usual() {
        UUID id = db.benchmarks().create(RUN).id();
        db.benchmarks().update(id, UpdateBenchmark.NOTHING.name("b"));
        assertThat(db.benchmarks().get(id).name()).isEqualTo("b");
        assertThat(host.taken()).isZero();
    }

    @Test
    void runners_are_woken_after_the_hosts_commit_and_not_after_a_rollback() {
        host.inTransaction(() -> {
            db.jobs().create(JOB);
            db.useTransaction(tx -> tx.jobs().create(JOB));
            assertThat(host.afterCommit()).isEqualTo(2);
            host.rollBack();
        });
        assertThat(host.woken()).isZero();
        host.inTransaction(() -> {
            db.jobs().create(JOB);
            assertThatThrownBy(() -> db.useTransaction(tx -> {
                        tx.jobs().create(JOB);
                        throw new IllegalStateException("mine");
                    }))
                    .hasMessage("mine");
            assertThat(host.woken()).isZero();
        });
        assertThat(host.woken()).isEqualTo(1);
        Awaitility.await()
                .until(() -> db.stats().operations().stream()
                        .anyMatch(operation -> operation.name().equals("jobs.wake")));
    }

    @Test
    void a_host_that_takes_no_wake_up_does_not_lose_the_job() {
        host.failing(new AssertionError("host's own"));
        host.inTransaction(() -> db.jobs().create(JOB));
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void nor_a_host_whose_failure_cannot_even_be_read() {
        host.failing(new AssertionError() {
            @Override
            public String getMessage() {
                throw new IllegalStateException("unreadable");
            }
        });
        host.inTransaction(() -> db.jobs().create(JOB));
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void a_swallowed_failure_does_not_let_the_hosts_commit_succeed_in_silence() {
        UUID taken = db.benchmarks().create(RUN).id();
        assertThatThrownBy(() -> host.inTransaction(() -> {
                    host.execute("insert into public.orders values (1)");
                    db.jobs().create(JOB);
                    assertThatThrownBy(() -> db.evaluations()
                                    .create(NewEvaluation.of("p", "m", "i", "o").benchmark(UUID.randomUUID())))
                            .isInstanceOf(ConstraintViolationException.class);
                }))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.sqlState()).isEqualTo("25P02"));
        assertThat(database.query("select id from evalstore.benchmarks")).containsExactly(taken.toString());
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void a_failure_that_the_hosts_savepoint_undid_does_not_keep_it_from_committing() {
        host.inTransaction(() -> {
            host.execute("insert into public.orders values (1)");
            host.execute("savepoint mine");
            assertThatThrownBy(() -> db.evaluations()
                            .create(NewEvaluation.of("p", "m", "i", "o").benchmark(UUID.randomUUID())))
                    .isInstanceOf(ConstraintViolationException.class);
            host.execute("rollback to savepoint mine");
            db.benchmarks().create(RUN);
        });
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void beside_the_hosts_transaction_a_call_is_its_own() {
        host.inTransaction(() -> {
            db.benchmarks().create(RUN);
            db.apart().jobs().create(JOB);
            assertThat(stored()).isEqualTo(1);
            host.rollBack();
        });
        assertThat(count("evalstore.jobs")).isEqualTo(1);
        assertThat(count("evalstore.benchmarks")).isZero();
    }

    @Test
    void what_concerns_the_whole_store_is_beside_the_hosts_transaction() {
        host.inTransaction(() -> {
            host.execute("insert into public.orders values (1)");
            assertThat(db.health().isReady()).isTrue();
            assertThat(db.stats().tables()).isNotEmpty();
            assertThat(db.migrationStatus().isCurrent()).isTrue();
            assertThat(db.maintenance().runOnce().ran()).isTrue();
            host.rollBack();
        });
        assertThat(stored()).isZero();
    }

    @Test
    void a_runner_that_is_started_inside_a_transaction_outlives_it() {
        AtomicInteger ran = new AtomicInteger();
        JobRunner[] runner = new JobRunner[1];
        host.inTransaction(() -> {
            runner[0] = JobRunner.on(db)
                    .handle("t", Json.class, context -> ran.incrementAndGet())
                    .start();
            host.rollBack();
        });
        try (JobRunner started = runner[0]) {
            assertThat(started).isNotNull();
            db.jobs().create(JOB);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> ran.get() == 1);
        }
    }

    @Test
    void a_handler_completes_its_job_in_the_hosts_transaction_and_fails_with_it() {
        AtomicInteger attempts = new AtomicInteger();
        UUID job = db.jobs().create(JOB.maxRetries(3).backoff(Backoff.NONE)).id();
        try (JobRunner runner = JobRunner.on(db)
                .handle("t", Json.class, context -> {
                    host.inTransaction(() -> {
                        context.complete(tx -> tx.benchmarks().create(RUN).id());
                        if (attempts.incrementAndGet() == 1) {
                            throw new IllegalStateException("the host rolls back");
                        }
                    });
                    return null;
                })
                .start()) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> db.jobs().get(job).status() == JobStatus.COMPLETED);
            assertThat(runner.worker()).isNotNull();
        }
        assertThat(attempts).hasValue(2);
        assertThat(count("evalstore.benchmarks")).isEqualTo(1);
        assertThat(db.jobs().count(JobFilter.ALL)).isEqualTo(1);
    }

    @Test
    void a_lost_connection_is_told_as_such() {
        assertThatThrownBy(() -> host.inTransaction(() -> {
                    db.benchmarks().create(RUN);
                    database.endSessions();
                    assertThatThrownBy(() -> db.jobs().create(JOB)).isInstanceOf(TransientDatabaseException.class);
                    assertThatThrownBy(() -> db.benchmarks().count(BenchmarkFilter.ALL))
                            .isInstanceOf(TransientDatabaseException.class);
                }))
                .isInstanceOf(Exception.class);
        assertThat(stored()).isZero();
        // A pool does not look at a connection that was in use a moment ago.
        database.pool().getHikariPoolMXBean().softEvictConnections();
    }

    /** A primary that became a replica says the same, and that passes. */
    @Test
    void a_write_in_what_the_host_began_as_read_only_is_not_worth_repeating() throws Exception {
        try (Connection connection = database.connection()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> db.join(connection).jobs().create(JOB))
                    .isExactlyInstanceOf(DatabaseException.class)
                    .hasMessageContaining("25006")
                    .hasMessageEndingWith("the transaction that this joins was begun as read-only");
        }
        try (Connection connection = database.connection();
                Statement asReplica = connection.createStatement()) {
            connection.setAutoCommit(false);
            asReplica.execute("set transaction read only");
            assertThatThrownBy(() -> db.join(connection).jobs().create(JOB))
                    .isInstanceOf(TransientDatabaseException.class);
        }
    }
}
