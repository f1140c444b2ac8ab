package dev.evalstore.matrix;

import static dev.evalstore.job.JobTestKit.job;
import static dev.evalstore.matrix.MatrixFixture.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Repositories;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.Completion;
import dev.evalstore.job.JobRepository;
import dev.evalstore.job.JobStatus;
import dev.evalstore.job.JobTestKit;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that own work of both kinds: to leave, and to be declared dead, is one act over all of it. */
class ConfigsAndJobsTest {
    private static final Duration LEASE = Duration.ofHours(1);

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final JobRepository jobs = db.jobs();
    private final ConfigRepository configs = db.matrix().configs();
    private Worker worker;

    @BeforeEach
    void begin() {
        JobTestKit.empty(database);
        MatrixFixture.empty(database);
        worker = db.workers().register(NewWorker.of("w"));
        MatrixFixture fixture = new MatrixFixture(database);
        configs.populate(MatrixSpec.of(
                fixture.version(),
                fixture.machines(1),
                fixture.frameworks(5),
                List.of("chatbot"),
                List.of(1),
                List.of(1024)));
        jobs.createAll(Collections.nCopies(5, job("a")));
    }

    @AfterEach
    void eachIsInOnePlace() {
        JobTestKit.assertEachJobInOnePlace(database);
        MatrixFixture.assertEachInOnePlace(database);
    }

    private void claim(int each) {
        assertThat(jobs.claim(worker, each)).hasSize(each);
        assertThat(configs.claim(worker, ConfigScope.ALL, each, LEASE)).hasSize(each);
    }

    private static String running() {
        return database.value("select (select count(*) from evalstore.job_leases) || ' jobs, '"
                + " || (select count(*) from evalstore.config_leases) || ' configs'");
    }

    /** Who may find a worker silent. */
    enum Finder {
        JOBS(db -> db.jobs().requeueExpired(10), 2),
        CONFIGS(db -> db.matrix().configs().requeueExpired(10), 2),
        WORKERS(db -> db.workers().removeStale(Duration.ofHours(2)), 4);

        private final ToIntFunction<Repositories> find;
        private final int found;

        Finder(ToIntFunction<Repositories> find, int found) {
            this.find = find;
            this.found = found;
        }
    }

    @ParameterizedTest
    @EnumSource(Finder.class)
    void whoever_finds_a_worker_silent_requeues_its_work_of_every_kind_in_one_commit(Finder finder) {
        claim(2);
        assertThat(finder.find.applyAsInt(db)).isZero();
        MatrixFixture.silence(database, worker);
        assertThat(finder.find.applyAsInt(db)).isEqualTo(finder.found);
        assertThat(running()).isEqualTo("0 jobs, 0 configs");
        assertThat(database.query("select distinct xmin::text from evalstore.job_ready where attempt > 0"
                        + " union select xmin::text from evalstore.config_ready where attempt > 0"
                        + " union select xmin::text from evalstore.workers"))
                .hasSize(1);
        assertThatThrownBy(() -> jobs.claim(worker, 1)).isInstanceOf(WorkerGoneException.class);
        assertThatThrownBy(() -> configs.claim(worker, ConfigScope.ALL, 1, LEASE))
                .isInstanceOf(WorkerGoneException.class);
        assertThat(finder.find.applyAsInt(db)).isZero();
    }

    @Test
    void a_worker_that_leaves_releases_its_work_of_every_kind() {
        claim(2);
        assertThat(db.workers().deregister(worker)).isEqualTo(4);
        assertThat(running()).isEqualTo("0 jobs, 0 configs");
        assertThat(database.query("select attempt::text from evalstore.job_ready"
                        + " union select attempt::text from evalstore.config_ready"))
                .containsExactly("0");
        assertThat(db.workers().deregister(worker)).isZero();
    }

    /** Does the first in a transaction, starts the second, and commits once that waits. */
    private int meanwhile(Consumer<Repositories> first, ToIntFunction<Repositories> second) throws Exception {
        CompletableFuture<Integer> result = db.inTransaction(tx -> {
            first.accept(tx);
            CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> second.applyAsInt(db));
            database.awaitBlocked();
            return waiting;
        });
        return result.get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(Finder.class)
    void what_a_claim_under_way_is_given_is_requeued_with_the_rest(Finder finder) throws Exception {
        MatrixFixture.silence(database, worker);
        int found = meanwhile(
                tx -> {
                    assertThat(tx.jobs().claim(worker, 2)).hasSize(2);
                    assertThat(tx.matrix().configs().claim(worker, ConfigScope.ALL, 2, LEASE))
                            .hasSize(2);
                },
                finder.find);
        assertThat(found).isEqualTo(finder.found);
        assertThat(running()).isEqualTo("0 jobs, 0 configs");
    }

    @Test
    void what_a_claim_under_way_is_given_is_released_by_a_worker_that_leaves() throws Exception {
        int released = meanwhile(
                tx -> assertThat(tx.matrix().configs().claim(worker, ConfigScope.ALL, 2, LEASE))
                        .hasSize(2),
                on -> on.workers().deregister(worker));
        assertThat(released).isEqualTo(2);
        assertThat(running()).isEqualTo("0 jobs, 0 configs");
    }

    @Test
    void what_is_being_completed_of_either_kind_holds_up_no_rescue_and_is_accepted() {
        List<ClaimedJob> claimedJobs = jobs.claim(worker, 2);
        List<ClaimedConfig> claimedConfigs = configs.claim(worker, ConfigScope.ALL, 2, LEASE);
        db.useTransaction(tx -> {
            tx.jobs().complete(claimedJobs.get(0).lease(), null);
            tx.matrix().configs().complete(claimedConfigs.get(0).lease(), result(1, 1));
            MatrixFixture.silence(database, worker);
            assertThat(db.workers().removeStale(Duration.ofHours(2))).isEqualTo(2);
            assertThat(jobs.requeueExpired(10)).isZero();
            assertThat(configs.requeueExpired(10)).isZero();
        });
        assertThat(running()).isEqualTo("0 jobs, 0 configs");
        assertThat(jobs.stats().of("default").completed()).isEqualTo(1);
        assertThat(configs.count(ConfigFilter.ALL.status(ConfigStatus.COMPLETED)))
                .isEqualTo(1);
    }

    @Test
    void what_an_open_completion_keeps_is_requeued_when_that_is_rolled_back() {
        List<ClaimedJob> claimed = jobs.claim(worker, 1);
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.jobs().complete(claimed.get(0).lease(), null);
                    assertThat(db.workers().deregister(worker)).isZero();
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(running()).isEqualTo("1 jobs, 0 configs");
        assertThat(jobs.requeueExpired(10)).isEqualTo(1);
        assertThat(jobs.attempts(claimed.get(0).job().id())).hasSize(1);
    }

    /** Only to declare a worker dead closes the gates. */
    @Test
    void expired_leases_are_requeued_while_a_claim_is_open() {
        claim(1);
        JobTestKit.expireLeases(database);
        MatrixFixture.expireLeases(database);
        Worker other = db.workers().register(NewWorker.of("other"));
        db.useTransaction(tx -> {
            assertThat(tx.jobs().claim(other, 1)).hasSize(1);
            assertThat(tx.matrix().configs().claim(other, ConfigScope.ALL, 1, LEASE))
                    .hasSize(1);
            assertThat(jobs.requeueExpired(10)).isEqualTo(1);
            assertThat(configs.requeueExpired(10)).isEqualTo(1);
        });
        assertThat(running()).isEqualTo("1 jobs, 1 configs");
    }

    @Test
    void a_dead_workers_many_jobs_come_back_in_batches() {
        jobs.createAll(Collections.nCopies(2_600, job("a")));
        claim(2);
        for (int i = 0; i < 3; i++) {
            jobs.claim(worker, 1_000);
        }
        MatrixFixture.silence(database, worker);
        assertThat(db.workers().removeStale(Duration.ofHours(2))).isEqualTo(2 + 2_605);
        assertThat(running()).isEqualTo("0 jobs, 0 configs");
    }

    @Test
    void a_worker_may_release_what_it_holds_of_one_kind_and_go_on() {
        claim(2);
        UUID cancelled = jobs.listByWorker(worker, 1).get(0).id();
        jobs.cancel(cancelled);
        assertThat(jobs.releaseHeldBy(worker)).isEqualTo(2);
        assertThat(running()).isEqualTo("0 jobs, 2 configs");
        assertThat(jobs.get(cancelled).status()).isEqualTo(JobStatus.CANCELLED);
        assertThat(configs.releaseHeldBy(worker)).isEqualTo(2);
        assertThat(jobs.releaseHeldBy(worker)).isZero();
        claim(1);
    }

    @Test
    void a_worker_is_told_what_it_holds_of_each_kind() throws Exception {
        assertThat(configs.held(worker)).isEmpty();
        List<ClaimedConfig> claimed = new ArrayList<>(configs.claim(worker, ConfigScope.ALL, 2, LEASE));
        assertThat(configs.held(worker)).isEqualTo(claimed);
        assertThat(configs.held(worker))
                .extracting(ClaimedConfig::config)
                .containsExactlyElementsOf(claimed.stream()
                        .map(one -> configs.get(one.config().id()))
                        .toList());
        int held = meanwhile(
                tx -> claimed.addAll(tx.matrix().configs().claim(worker, ConfigScope.ALL, 1, LEASE)),
                on -> on.matrix().configs().held(worker).size());
        assertThat(held).isEqualTo(3);
        configs.failAll(
                claimed.stream().map(one -> ConfigFailure.of(one.lease(), "no")).toList());
        assertThat(configs.held(worker)).isEmpty();
    }

    @Test
    void a_transaction_may_end_and_claim_of_both_kinds() {
        List<ClaimedJob> claimedJobs = jobs.claim(worker, 1);
        List<ClaimedConfig> claimedConfigs = configs.claim(worker, ConfigScope.ALL, 1, LEASE);
        db.useTransaction(tx -> {
            List<Completion> done = List.of(Completion.of(claimedJobs.get(0).lease(), null));
            assertThat(tx.jobs().next(worker, done, 2).claimed()).hasSize(2);
            tx.matrix().configs().complete(claimedConfigs.get(0).lease(), result(1, 1));
            assertThat(tx.matrix().configs().claim(worker, ConfigScope.ALL, 2, LEASE))
                    .hasSize(2);
        });
        assertThat(running()).isEqualTo("2 jobs, 2 configs");
        assertThat(database.value("show enable_seqscan")).isEqualTo("on");
    }
}
