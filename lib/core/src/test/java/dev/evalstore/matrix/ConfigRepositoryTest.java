package dev.evalstore.matrix;

import static dev.evalstore.matrix.MatrixFixture.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.TxOptions;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.NewJob;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConfigRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Duration LEASE = Duration.ofMinutes(10);

    private final Database db = database.db();
    private final ConfigRepository configs = db.matrix().configs();
    private final MatrixFixture fixture = new MatrixFixture(database);

    @BeforeEach
    void empty() {
        MatrixFixture.empty(database);
    }

    private Worker worker() {
        return db.workers().register(NewWorker.of("w"));
    }

    /** Two machines and one of everything else: two configurations. */
    private MatrixSpec two() {
        return MatrixSpec.of(
                fixture.version(),
                fixture.machines(2),
                List.of(fixture.framework()),
                List.of("chatbot"),
                List.of(1),
                List.of(1024));
    }

    private UUID populated() {
        MatrixSpec spec = two();
        configs.populate(spec);
        return spec.modelVersionId();
    }

    private List<ClaimedConfig> claim(Worker worker, int limit) {
        return configs.claim(worker, ConfigScope.ALL, limit, LEASE);
    }

    @Test
    void populating_makes_every_combination_once_with_the_ranks_of_the_rule() {
        MatrixSpec spec = MatrixSpec.of(
                fixture.version(),
                fixture.machines(2),
                fixture.frameworks(3),
                List.of("chatbot", "qa", "code", "creative", "summarization", "translation", "qa"),
                List.of(1, 8),
                List.of(1024, 2048, 4096, 8192, 512));

        PopulateResult dry = configs.dryRun(spec);
        assertThat(dry).isEqualTo(new PopulateResult(360, 0, List.of()));
        assertThat(configs.count(ConfigFilter.ALL)).isZero();
        assertThat(configs.populate(spec)).isEqualTo(dry);
        assertThat(configs.count(ConfigFilter.ALL)).isEqualTo(360);
        assertThat(database.query(
                        "select distinct workload_type || ' ' || batch_size || ' ' || sequence_length || ' ' ||"
                                + " priority_rank from evalstore.benchmark_configs"))
                .hasSize(60)
                .contains(
                        "chatbot 1 1024 100",
                        "chatbot 8 1024 170",
                        "qa 1 2048 220",
                        "code 1 4096 340",
                        "creative 1 8192 460",
                        "summarization 8 512 650",
                        "translation 1 1024 600");
        MatrixFixture.assertEachInOnePlace(database);
    }

    @Test
    void a_rank_of_the_callers_own_holds_for_all() {
        configs.populate(two().priorityRank(7).maxAttempts(2));
        assertThat(configs.list(ConfigFilter.ALL, 10, null).items())
                .allMatch(c -> c.priorityRank() == 7 && c.maxAttempts() == 2 && c.status() == ConfigStatus.PENDING);
    }

    /** Populating twice hit the unique key. */
    @Test
    void populating_again_leaves_alone_what_is_there_and_adds_what_is_missing() {
        UUID version = fixture.version();
        List<UUID> machines = fixture.machines(2);
        UUID framework = fixture.framework();
        MatrixSpec small = MatrixSpec.of(
                version, machines.subList(0, 1), List.of(framework), List.of("qa"), List.of(1, 2), List.of(1024));
        MatrixSpec large =
                MatrixSpec.of(version, machines, List.of(framework), List.of("qa"), List.of(1, 2, 4), List.of(1024));
        assertThat(configs.populate(small)).isEqualTo(new PopulateResult(2, 0, List.of()));
        ClaimedConfig claimed = claim(worker(), 1).get(0);
        configs.complete(claimed.lease(), result(100, 10));
        BenchmarkConfig completed = configs.get(claimed.config().id());

        assertThat(configs.dryRun(large)).isEqualTo(new PopulateResult(4, 2, List.of()));
        assertThat(configs.populate(large)).isEqualTo(new PopulateResult(4, 2, List.of()));
        assertThat(configs.populate(large)).isEqualTo(new PopulateResult(0, 6, List.of()));
        assertThat(configs.get(completed.id())).isEqualTo(completed);
        MatrixFixture.assertEachInOnePlace(database);
    }

    @Test
    void many_who_populate_at_once_make_each_once_and_their_counts_add_up() throws Exception {
        MatrixSpec spec = MatrixSpec.of(
                fixture.version(),
                fixture.machines(5),
                fixture.frameworks(4),
                List.of("chatbot", "qa", "code"),
                List.of(1, 2, 4, 8, 16),
                List.of(1024, 2048));
        List<UUID> backwards = new ArrayList<>(spec.hardwareConfigIds());
        Collections.reverse(backwards);
        MatrixSpec reversed = MatrixSpec.of(
                spec.modelVersionId(),
                backwards,
                spec.frameworkIds(),
                List.of("code", "qa", "chatbot"),
                List.of(16, 8, 4, 2, 1),
                spec.sequenceLengths());
        List<PopulateResult> all = Threads.together(8, i -> () -> configs.populate(i % 2 == 0 ? spec : reversed));
        assertThat(all.stream().mapToLong(PopulateResult::inserted).sum()).isEqualTo(600);
        assertThat(all).allMatch(p -> p.inserted() + p.existing() == 600);
        assertThat(configs.count(ConfigFilter.ALL)).isEqualTo(600);
        MatrixFixture.assertEachInOnePlace(database);
    }

    @Test
    void machines_that_are_too_small_are_left_out_and_where_none_is_left_nothing_is_made() {
        UUID version = fixture.version();
        UUID small = fixture.machine("16", "1");
        UUID exact = fixture.machine("16.8", "1");
        UUID framework = fixture.framework();
        MatrixSpec some = MatrixSpec.of(
                version, List.of(small, exact), List.of(framework), List.of("qa"), List.of(1), List.of(1024));
        assertThat(configs.dryRun(some)).isEqualTo(new PopulateResult(1, 0, List.of(small)));
        assertThat(configs.populate(some)).isEqualTo(new PopulateResult(1, 0, List.of(small)));
        assertThat(configs.list(ConfigFilter.ALL, 10, null).items())
                .extracting(BenchmarkConfig::hardwareConfigId)
                .containsExactly(exact);

        MatrixFixture.empty(database);
        UUID other = fixture.version();
        MatrixSpec none = MatrixSpec.of(
                other,
                List.of(fixture.machine("16", "1")),
                List.of(fixture.framework()),
                List.of("qa"),
                List.of(1),
                List.of(1024));
        for (ThrowingCallable call :
                List.<ThrowingCallable>of(() -> configs.populate(none), () -> configs.dryRun(none))) {
            assertThatThrownBy(call).isInstanceOf(ConflictException.class).hasMessageContaining("VRAM");
        }
        assertThat(configs.count(ConfigFilter.ALL)).isZero();
        assertThat(database.value("select count(*) from evalstore.config_lanes"))
                .isEqualTo("0");
    }

    @Test
    void what_the_catalogue_does_not_have_is_not_found_and_nothing_is_made() {
        UUID version = fixture.version();
        UUID machine = fixture.machine("80", "1");
        UUID framework = fixture.framework();
        UUID unknown = UUID.randomUUID();
        for (MatrixSpec spec : List.of(
                MatrixSpec.of(unknown, List.of(machine), List.of(framework), List.of("qa"), List.of(1), List.of(1)),
                MatrixSpec.of(
                        version, List.of(machine, unknown), List.of(framework), List.of("qa"), List.of(1), List.of(1)),
                MatrixSpec.of(
                        version,
                        List.of(machine),
                        List.of(framework, unknown),
                        List.of("qa"),
                        List.of(1),
                        List.of(1)))) {
            assertThatThrownBy(() -> configs.populate(spec))
                    .isInstanceOfSatisfying(
                            NotFoundException.class, e -> assertThat(e.id()).isEqualTo(unknown.toString()));
        }
        assertThat(configs.count(ConfigFilter.ALL)).isZero();
    }

    /** {@code update … returning} lost the order. */
    @Test
    void a_claim_takes_the_lowest_rank_first_then_the_oldest_in_that_order() {
        UUID version = fixture.version();
        List<UUID> machines = fixture.machines(3);
        UUID framework = fixture.framework();
        for (String workload : List.of("summarization", "chatbot", "code")) {
            configs.populate(MatrixSpec.of(
                    version, machines, List.of(framework), List.of(workload), List.of(4, 1), List.of(2048, 1024)));
        }
        Worker worker = worker();
        List<ClaimedConfig> first = claim(worker, 20);
        List<ClaimedConfig> rest = claim(worker, 500);
        assertThat(first).hasSize(20);
        assertThat(rest).hasSize(16);
        List<BenchmarkConfig> all = new ArrayList<>();
        first.forEach(c -> all.add(c.config()));
        rest.forEach(c -> all.add(c.config()));
        for (int i = 1; i < all.size(); i++) {
            BenchmarkConfig before = all.get(i - 1);
            BenchmarkConfig after = all.get(i);
            assertThat(before.priorityRank()).isLessThanOrEqualTo(after.priorityRank());
            if (before.priorityRank() == after.priorityRank()) {
                assertThat(before.seq()).isLessThan(after.seq());
            }
        }
        assertThat(claim(worker, 10)).isEmpty();
    }

    @Test
    void the_order_holds_across_model_versions() {
        UUID young = fixture.version();
        UUID old = fixture.version();
        List<UUID> machines = fixture.machines(4);
        UUID framework = fixture.framework();
        configs.populate(MatrixSpec.of(old, machines, List.of(framework), List.of("qa"), List.of(1), List.of(1024)));
        configs.populate(MatrixSpec.of(young, machines, List.of(framework), List.of("qa"), List.of(1), List.of(1024)));
        configs.populate(
                MatrixSpec.of(young, machines, List.of(framework), List.of("chatbot"), List.of(1), List.of(1024)));
        Worker worker = worker();
        assertThat(claim(worker, 6).stream()
                        .map(c -> c.config().modelVersionId().equals(old) + " "
                                + c.config().workloadType()))
                .containsExactly(
                        "false chatbot", "false chatbot", "false chatbot", "false chatbot", "true qa", "true qa");
        assertThat(claim(worker, 6).stream()
                        .map(c -> c.config().modelVersionId().equals(old)))
                .containsExactly(true, true, false, false, false, false);
    }

    @Test
    void a_scope_limits_a_claim_to_a_model_version_and_to_ranks() {
        UUID one = fixture.version();
        UUID other = fixture.version();
        List<UUID> machines = fixture.machines(2);
        UUID framework = fixture.framework();
        for (UUID version : List.of(one, other)) {
            configs.populate(MatrixSpec.of(
                    version, machines, List.of(framework), List.of("chatbot", "code"), List.of(1), List.of(1024)));
        }
        Worker worker = worker();
        List<ClaimedConfig> urgent =
                configs.claim(worker, ConfigScope.ALL.modelVersion(one).maxPriorityRank(100), 10, LEASE);
        assertThat(urgent)
                .hasSize(2)
                .allMatch(c -> c.config().modelVersionId().equals(one)
                        && c.config().workloadType().equals("chatbot"));
        assertThat(configs.claim(worker, ConfigScope.ALL.modelVersion(one).maxPriorityRank(299), 10, LEASE))
                .isEmpty();
        assertThat(configs.claim(worker, ConfigScope.ALL.modelVersion(one), 10, LEASE))
                .hasSize(2);
        assertThat(configs.claim(worker, ConfigScope.ALL.modelVersion(UUID.randomUUID()), 10, LEASE))
                .isEmpty();
        assertThat(claim(worker, 10)).hasSize(4);
    }

    @Test
    void a_claimed_configuration_is_running_under_a_lease_of_the_time_asked_for() {
        UUID version = populated();
        Worker worker = worker();
        ClaimedConfig claimed = claim(worker, 1).get(0);

        assertThat(claimed.config().status()).isEqualTo(ConfigStatus.RUNNING);
        assertThat(claimed.config().workerId()).isEqualTo("w");
        assertThat(claimed.config().attempt()).isZero();
        assertThat(claimed.lease().attempt()).isEqualTo(1);
        assertThat(Duration.between(claimed.lease().claimedAt(), claimed.lease().deadline()))
                .isEqualTo(LEASE);
        assertThat(configs.get(claimed.config().id())).isEqualTo(claimed.config());
        assertThat(configs.count(ConfigFilter.ALL.modelVersion(version).status(ConfigStatus.RUNNING)))
                .isEqualTo(1);
        assertThat(configs.count(ConfigFilter.ALL.status(ConfigStatus.PENDING))).isEqualTo(1);
    }

    /** Result and status were two calls. */
    @Test
    void completing_stores_the_result_and_the_status_together() {
        populated();
        ClaimedConfig claimed = claim(worker(), 1).get(0);
        configs.complete(
                claimed.lease(),
                result(250, 1_000).benchmarkDate(LocalDate.of(2031, 7, 4)).accuracyScore(0.9));

        BenchmarkConfig done = configs.get(claimed.config().id());
        assertThat(done.status()).isEqualTo(ConfigStatus.COMPLETED);
        assertThat(done.attempt()).isEqualTo(1);
        assertThat(done.startedAt()).isEqualTo(claimed.lease().claimedAt());
        assertThat(done.completedAt()).isNotNull();
        assertThat(done.resultDate()).isEqualTo(LocalDate.of(2031, 7, 4));
        BenchmarkResult result = db.matrix().results().get(done.resultId());
        assertThat(result.configId()).isEqualTo(done.id());
        assertThat(new Combination(
                        result.modelVersionId(),
                        result.hardwareConfigId(),
                        result.frameworkId(),
                        result.workloadType(),
                        result.batchSize(),
                        result.sequenceLength()))
                .isEqualTo(done.combination());
        assertThat(result.ttftP90Ms()).isEqualTo(250);
        assertThat(result.accuracyScore()).isEqualTo(0.9);
        lost(claimed, () -> configs.complete(claimed.lease(), result(1, 1)));
        assertThat(db.matrix().results().count(ResultFilter.ALL)).isEqualTo(1);
    }

    @Test
    void many_are_completed_in_one_statement_which_names_those_that_were_lost() {
        configs.populate(MatrixSpec.of(
                fixture.version(),
                fixture.machines(10),
                List.of(fixture.framework()),
                List.of("qa"),
                List.of(1),
                List.of(1024)));
        List<ClaimedConfig> claimed = claim(worker(), 10);
        configs.release(claimed.get(3).lease());
        List<ConfigCompletion> all = new ArrayList<>();
        for (int i = 9; i >= 0; i--) {
            NewBenchmarkResult result = result(i, i);
            all.add(new ConfigCompletion(
                    claimed.get(i).lease(), i % 2 == 0 ? result : result.benchmarkDate(LocalDate.of(2028, 1 + i, 1))));
        }
        all.add(all.get(0));
        assertThat(configs.completeAll(all)).containsExactly(claimed.get(3).lease());
        assertThat(configs.completeAll(List.of())).isEmpty();
        assertThat(db.matrix().results().count(ResultFilter.ALL)).isEqualTo(9);
        for (int i : new int[] {0, 1, 9}) {
            BenchmarkConfig done = configs.get(claimed.get(i).config().id());
            assertThat(db.matrix().results().get(done.resultId()).ttftP90Ms()).isEqualTo(i);
        }
        MatrixFixture.assertEachInOnePlace(database);
        MatrixFixture.assertEachCompletedHasItsResult(database);
    }

    @Test
    void inside_a_transaction_a_completion_is_undone_with_it() {
        populated();
        ClaimedConfig claimed = claim(worker(), 1).get(0);
        assertThatThrownBy(() -> db.useTransaction(tx -> {
                    tx.matrix().configs().complete(claimed.lease(), result(1, 1));
                    throw new IllegalStateException("the host's own part failed");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(configs.get(claimed.config().id()).status()).isEqualTo(ConfigStatus.RUNNING);
        assertThat(db.matrix().results().count(ResultFilter.ALL)).isZero();
        configs.complete(claimed.lease(), result(1, 1));
    }

    /** An error over 1,000 characters made "mark failed" fail; and there was no cap on attempts. */
    @Test
    void a_poison_configuration_stops_at_its_attempts_and_keeps_its_last_error() {
        configs.populate(two().maxAttempts(3));
        Worker worker = worker();
        String error = "cuda out of memory ".repeat(500);
        Set<Long> tokens = new HashSet<>();
        for (int attempt = 1; attempt <= 3; attempt++) {
            List<ClaimedConfig> claimed = claim(worker, 10);
            assertThat(claimed).hasSize(2);
            for (ClaimedConfig one : claimed) {
                assertThat(one.lease().attempt()).isEqualTo(attempt);
                assertThat(tokens.add(one.lease().token())).isTrue();
                configs.fail(one.lease(), error + attempt);
                BenchmarkConfig now = configs.get(one.config().id());
                assertThat(now.attempt()).isEqualTo(attempt);
                assertThat(now.error()).isEqualTo(error + attempt);
                assertThat(now.status()).isEqualTo(attempt == 3 ? ConfigStatus.FAILED : ConfigStatus.PENDING);
                lost(one, () -> configs.fail(one.lease(), "again"));
            }
        }
        assertThat(claim(worker, 10)).isEmpty();
        MatrixFixture.assertEachInOnePlace(database);

        UUID version = configs.list(ConfigFilter.ALL.status(ConfigStatus.FAILED), 10, null)
                .items()
                .get(0)
                .modelVersionId();
        assertThat(configs.requeueFailed(UUID.randomUUID())).isZero();
        assertThat(configs.requeueFailed(version)).isEqualTo(2);
        assertThat(configs.requeueFailed(version)).isZero();
        List<ClaimedConfig> again = claim(worker, 10);
        assertThat(again).hasSize(2).allMatch(c -> c.lease().attempt() == 1);
        again.forEach(c -> configs.complete(c.lease(), result(1, 1)));
        assertThat(configs.get(again.get(0).config().id()).error()).isNull();
        MatrixFixture.assertEachInOnePlace(database);
    }

    @Test
    void giving_back_spends_no_attempt() {
        populated();
        Worker worker = worker();
        Worker other = db.workers().register(NewWorker.of("other"));
        List<ClaimedConfig> claimed = claim(worker, 2);
        assertThat(configs.releaseAll(
                        List.of(claimed.get(0).lease(), claimed.get(0).lease())))
                .isEmpty();
        assertThat(configs.releaseAll(List.of(claimed.get(0).lease())))
                .containsExactly(claimed.get(0).lease());
        ClaimedConfig taken = claim(other, 1).get(0);
        assertThat(taken.config().id()).isEqualTo(claimed.get(0).config().id());
        assertThat(taken.lease().attempt()).isEqualTo(1);
        assertThat(taken.lease().token()).isGreaterThan(claimed.get(0).lease().token());

        assertThat(configs.releaseHeldBy(worker)).isEqualTo(1);
        assertThat(configs.releaseHeldBy(worker)).isZero();
        lost(claimed.get(1), () -> configs.complete(claimed.get(1).lease(), result(1, 1)));
        assertThat(configs.get(claimed.get(1).config().id()).attempt()).isZero();
        assertThat(configs.get(taken.config().id()).workerId()).isEqualTo("other");
        MatrixFixture.assertEachInOnePlace(database);
    }

    @Test
    void of_two_leases_of_one_configuration_in_a_batch_only_the_stale_one_is_reported() {
        populated();
        Worker worker = worker();
        List<Lease> stale = claim(worker, 2).stream().map(ClaimedConfig::lease).toList();
        configs.releaseAll(stale);
        List<Lease> held = claim(worker, 2).stream().map(ClaimedConfig::lease).toList();
        assertThat(held)
                .extracting(Lease::id)
                .isEqualTo(List.of(stale.get(0).id(), stale.get(1).id()));

        assertThat(configs.completeAll(List.of(
                        new ConfigCompletion(stale.get(0), result(1, 1)),
                        new ConfigCompletion(held.get(0), result(2, 2)))))
                .containsExactly(stale.get(0));
        BenchmarkConfig done = configs.get(held.get(0).id());
        assertThat(db.matrix().results().get(done.resultId()).ttftP90Ms()).isEqualTo(2);
        assertThat(configs.releaseAll(List.of(held.get(1), stale.get(1)))).containsExactly(stale.get(1));
        MatrixFixture.assertEachInOnePlace(database);
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void giving_back_everything_passes_over_what_is_being_completed_and_closes_no_gate() {
        populated();
        Worker worker = worker();
        List<ClaimedConfig> claimed = claim(worker, 2);
        db.useTransaction(tx -> {
            tx.matrix().configs().complete(claimed.get(0).lease(), result(1, 1));
            assertThat(configs.releaseHeldBy(worker)).isEqualTo(1);
            // Behind the same gate, which whoever waited for the completion's row would have kept.
            assertThat(tx.matrix().configs().claim(worker, ConfigScope.ALL, 2, LEASE))
                    .hasSize(1);
        });
        assertThat(configs.get(claimed.get(0).config().id()).status()).isEqualTo(ConfigStatus.COMPLETED);
        assertThat(configs.get(claimed.get(1).config().id()).status()).isEqualTo(ConfigStatus.RUNNING);
        MatrixFixture.assertEachInOnePlace(database);
    }

    @Test
    void a_claim_above_read_committed_is_refused_and_not_answered_with_nothing() {
        populated();
        Worker worker = worker();
        TxOptions above = TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ);
        assertThatThrownBy(() ->
                        db.inTransaction(above, tx -> tx.matrix().configs().claim(worker, ConfigScope.ALL, 1, LEASE)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("repeatable read");
        assertThat(claim(worker, 2)).hasSize(2);
    }

    /** A reset config was completed by the pod that had lost it. */
    @Test
    void a_worker_that_lost_its_lease_can_neither_complete_nor_fail_nor_extend() {
        populated();
        Worker worker = worker();
        List<ClaimedConfig> claimed = claim(worker, 2);
        MatrixFixture.expireLeases(database);
        for (boolean collected : new boolean[] {false, true}) {
            for (ClaimedConfig one : claimed) {
                lost(one, () -> configs.complete(one.lease(), result(1, 1)));
                lost(one, () -> configs.fail(one.lease(), "x"));
                lost(one, () -> configs.extend(one.lease(), LEASE));
                assertThat(configs.releaseAll(List.of(one.lease()))).containsExactly(one.lease());
            }
            assertThat(configs.releaseHeldBy(worker)).isZero();
            if (!collected) {
                assertThat(configs.requeueExpired(1_000)).isEqualTo(2);
            }
        }
        assertThat(db.matrix().results().count(ResultFilter.ALL)).isZero();
        List<ClaimedConfig> again = claim(worker, 10);
        assertThat(again).hasSize(2).allMatch(c -> c.lease().attempt() == 2);
        again.forEach(c -> configs.complete(c.lease(), result(2, 2)));
        claimed.forEach(one -> lost(one, () -> configs.complete(one.lease(), result(1, 1))));
        assertThat(db.matrix().results().listLatest(10)).hasSize(2).allMatch(r -> r.ttftP90Ms() == 2);
        MatrixFixture.assertEachCompletedHasItsResult(database);
    }

    @Test
    void requeueing_takes_what_dead_workers_own_and_leaves_the_living_alone() {
        configs.populate(two().maxAttempts(1));
        Worker dying = worker();
        Worker living = db.workers().register(NewWorker.of("living"));
        ClaimedConfig lost = claim(dying, 1).get(0);
        ClaimedConfig kept = claim(living, 1).get(0);
        assertThat(configs.requeueExpired(1_000)).isZero();
        MatrixFixture.silence(database, dying);
        assertThat(configs.requeueExpired(1_000)).isEqualTo(1);
        assertThat(configs.requeueExpired(1_000)).isZero();

        BenchmarkConfig failed = configs.get(lost.config().id());
        assertThat(failed.status()).isEqualTo(ConfigStatus.FAILED);
        assertThat(failed.error()).contains("worker");
        assertThatThrownBy(() -> claim(dying, 1)).isInstanceOf(WorkerGoneException.class);
        configs.complete(kept.lease(), result(1, 1));
        MatrixFixture.assertEachInOnePlace(database);
    }

    @Test
    void a_dead_worker_can_complete_nothing_also_before_its_leases_are_collected() {
        populated();
        Worker worker = worker();
        List<ClaimedConfig> claimed = claim(worker, 2);
        database.admin("update evalstore.workers set gone_at = statement_timestamp(), status = 'offline'");
        lost(claimed.get(0), () -> configs.complete(claimed.get(0).lease(), result(1, 1)));
        lost(claimed.get(0), () -> configs.extend(claimed.get(0).lease(), LEASE));
        lost(claimed.get(1), () -> configs.fail(claimed.get(1).lease(), "x"));
        assertThat(configs.requeueExpired(1_000)).isEqualTo(2);
        assertThat(db.matrix().results().count(ResultFilter.ALL)).isZero();
        MatrixFixture.assertEachInOnePlace(database);
    }

    @Test
    void a_worker_that_leaves_gives_back_its_jobs_and_its_configurations_at_once() {
        populated();
        Worker leaving = worker();
        Worker staying = db.workers().register(NewWorker.of("staying"));
        ClaimedConfig kept = claim(staying, 1).get(0);
        ClaimedConfig left = claim(leaving, 1).get(0);
        db.jobs().create(NewJob.of("t", Json.EMPTY));
        ClaimedJob job = db.jobs().claim(leaving, 1).get(0);

        assertThat(db.workers().deregister(leaving)).isEqualTo(2);
        assertThat(db.workers().deregister(leaving)).isZero();
        lost(left, () -> configs.complete(left.lease(), result(1, 1)));
        assertThatThrownBy(() -> db.jobs().complete(job.lease(), null)).isInstanceOf(LeaseLostException.class);
        assertThat(claim(staying, 2)).singleElement().satisfies(again -> {
            assertThat(again.config().id()).isEqualTo(left.config().id());
            assertThat(again.lease().attempt()).isEqualTo(1);
        });
        assertThat(db.jobs().claim(staying, 2))
                .singleElement()
                .satisfies(again -> assertThat(again.lease().attempt()).isEqualTo(1));
        configs.complete(kept.lease(), result(1, 1));
        MatrixFixture.assertEachInOnePlace(database);
        db.jobs().delete(job.job().id());
    }

    @Test
    void a_model_version_whose_need_is_not_known_is_populated_on_every_machine() {
        UUID model = db.catalog()
                .models()
                .create(NewModel.of("unknown", ModelKind.COMMERCIAL))
                .id();
        UUID version = db.catalog()
                .modelVersions()
                .create(NewModelVersion.of(model, Quantization.NONE, ModelFormat.API))
                .id();
        PopulateResult population = configs.populate(MatrixSpec.of(
                version,
                List.of(fixture.machine("1", "1")),
                List.of(fixture.framework()),
                List.of("qa"),
                List.of(1),
                List.of(1024)));
        assertThat(population).isEqualTo(new PopulateResult(1, 0, List.of()));
    }

    @Test
    void an_extended_lease_outlives_its_first_deadline() {
        populated();
        ClaimedConfig claimed = claim(worker(), 1).get(0);
        configs.extend(claimed.lease(), Duration.ofHours(2));
        configs.extend(claimed.lease(), Duration.ofSeconds(1));
        String deadline = database.value("select deadline > now() + interval '119 min' from evalstore.config_leases");
        assertThat(deadline).isEqualTo("t");
        configs.complete(claimed.lease(), result(1, 1));
    }

    @Test
    void a_draining_worker_is_given_nothing() {
        populated();
        Worker worker = worker();
        db.workers().drain(worker.id());
        assertThat(claim(worker, 10)).isEmpty();
        assertThat(claim(db.workers().register(NewWorker.of("x")), 10)).hasSize(2);
    }

    @Test
    void work_that_is_released_behind_the_cursor_is_found_again() {
        configs.populate(MatrixSpec.of(
                fixture.version(),
                fixture.machines(30),
                List.of(fixture.framework()),
                List.of("qa"),
                List.of(1),
                List.of(1024)));
        Worker worker = worker();
        List<ClaimedConfig> first = claim(worker, 10);
        claim(worker, 10);
        configs.releaseAll(first.stream().map(ClaimedConfig::lease).toList());
        assertThat(claim(worker, 20)).hasSize(20);
        assertThat(claim(worker, 20)).isEmpty();
    }

    @Test
    void progress_counts_and_estimates() {
        UUID version = fixture.version();
        configs.populate(MatrixSpec.of(
                        version,
                        fixture.machines(10),
                        List.of(fixture.framework()),
                        List.of("qa"),
                        List.of(1),
                        List.of(1024))
                .maxAttempts(1));
        assertThat(configs.progress(version, Duration.ofMinutes(5)))
                .isEqualTo(new ConfigProgress(10, 10, 0, 0, 0, 0, null));
        List<ClaimedConfig> claimed = claim(worker(), 6);
        claimed.subList(0, 4).forEach(c -> configs.complete(c.lease(), result(1, 1)));
        configs.fail(claimed.get(4).lease(), "x");
        database.admin(
                "update evalstore.benchmark_configs set started_at = now() - interval '10 min' where attempt > 0");

        ConfigProgress progress = configs.progress(version, Duration.ofMinutes(5));
        assertThat(progress.total()).isEqualTo(10);
        assertThat(progress.pending()).isEqualTo(4);
        assertThat(progress.running()).isEqualTo(1);
        assertThat(progress.completed()).isEqualTo(4);
        assertThat(progress.failed()).isEqualTo(1);
        assertThat(progress.percent()).isEqualTo(50);
        assertThat(progress.perMinute()).isCloseTo(1, within(0.01));
        Instant now = Instant.parse(
                database.value("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"));
        assertThat(Duration.between(now, progress.estimatedEnd()).toSeconds()).isBetween(295L, 305L);
        assertThat(configs.progress(UUID.randomUUID(), Duration.ofMinutes(5)).percent())
                .isZero();
    }

    @Test
    void a_failure_may_be_permanent_or_say_when_to_retry() {
        populated();
        populated();
        Worker worker = worker();
        List<ClaimedConfig> claimed = claim(worker, 3);
        ClaimedConfig permanent = claimed.get(0);
        configs.fail(ConfigFailure.of(permanent.lease(), "it does not fit").permanently());
        BenchmarkConfig failed = configs.get(permanent.config().id());
        assertThat(failed.status()).isEqualTo(ConfigStatus.FAILED);
        assertThat(failed.attempt()).isEqualTo(1);
        assertThat(failed.completedAt()).isNotNull();
        lost(permanent, () -> configs.fail(ConfigFailure.of(permanent.lease(), "again")));

        ClaimedConfig later = claimed.get(1);
        UUID id = later.config().id();
        assertThat(configs.failAll(
                        List.of(ConfigFailure.of(later.lease(), "throttled").retryAfter(Duration.ofHours(1)))))
                .isEmpty();
        ClaimedConfig now = claimed.get(2);
        configs.fail(ConfigFailure.of(now.lease(), "throttled").retryAfter(Duration.ZERO));
        assertThat(configs.get(id).status()).isEqualTo(ConfigStatus.PENDING);
        MatrixFixture.assertEachInOnePlace(database);
        Set<UUID> again = new HashSet<>();
        for (List<ClaimedConfig> batch = claim(worker, 100); !batch.isEmpty(); batch = claim(worker, 100)) {
            batch.forEach(one -> again.add(one.config().id()));
        }
        assertThat(again).contains(now.config().id()).doesNotContain(id, failed.id());
        assertThat(configs.held(worker)).hasSameSizeAs(again);
        database.admin("update evalstore.config_scheduled set run_at = statement_timestamp() - interval '1 second'");
        Worker next = worker();
        assertThat(claim(next, 100)).extracting(c -> c.config().id()).containsExactly(id);
        MatrixFixture.assertEachInOnePlace(database);
        bad("retryAfter", () -> ConfigFailure.of(later.lease(), "x").retryAfter(Duration.ofMillis(-1)));
        bad("retryAfter", () -> ConfigFailure.of(later.lease(), "x").retryAfter(Duration.ofSeconds(Long.MAX_VALUE)));
    }

    @Test
    void a_config_that_waits_for_its_next_attempt_can_be_deleted() {
        populated();
        ClaimedConfig claimed = claim(worker(), 1).get(0);
        configs.fail(ConfigFailure.of(claimed.lease(), "x").retryAfter(Duration.ofDays(1)));
        assertThat(configs.delete(claimed.config().id())).isTrue();
        assertThat(configs.find(claimed.config().id())).isEmpty();
        MatrixFixture.assertEachInOnePlace(database);
    }

    @Test
    void lists_filter_and_page() {
        UUID version = fixture.version();
        List<UUID> machines = fixture.machines(4);
        List<UUID> frameworks = fixture.frameworks(2);
        configs.populate(
                MatrixSpec.of(version, machines, frameworks, List.of("qa", "code"), List.of(1, 2), List.of(1024)));
        ConfigFilter all = ConfigFilter.ALL;
        assertThat(configs.count(all.hardware(machines.get(0)))).isEqualTo(8);
        assertThat(configs.count(all.framework(frameworks.get(0)))).isEqualTo(16);
        assertThat(configs.count(all.workload("code").modelVersion(version))).isEqualTo(16);
        assertThat(configs.count(all.modelVersion(UUID.randomUUID()))).isZero();
        Set<UUID> seen = new HashSet<>();
        Cursor next = null;
        do {
            Page<BenchmarkConfig> page = configs.list(all, 5, next);
            page.items().forEach(c -> assertThat(seen.add(c.id())).isTrue());
            next = page.next();
        } while (next != null);
        assertThat(seen).hasSize(32);
        assertThat(configs.find(UUID.randomUUID())).isEmpty();
        assertThatThrownBy(() -> configs.get(UUID.randomUUID())).isInstanceOf(NotFoundException.class);
    }

    @Test
    void only_what_nobody_is_at_can_be_deleted_and_the_catalogue_keeps_what_is_asked_for() {
        UUID version = populated();
        UUID model = db.catalog().modelVersions().get(version).modelId();
        assertThatThrownBy(() -> db.catalog().models().delete(model))
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo("benchmark_configs_model_version_fk"));
        List<ClaimedConfig> claimed = claim(worker(), 2);
        UUID first = claimed.get(0).config().id();
        UUID second = claimed.get(1).config().id();
        assertThatThrownBy(() -> configs.delete(first)).isInstanceOf(ConflictException.class);
        configs.complete(claimed.get(0).lease(), result(1, 1));
        configs.releaseAll(List.of(claimed.get(1).lease()));
        assertThat(configs.delete(first)).isTrue();
        assertThat(configs.delete(second)).isTrue();
        assertThat(configs.delete(second)).isFalse();
        assertThat(db.matrix().results().count(ResultFilter.ALL)).isEqualTo(1);
        MatrixFixture.assertEachInOnePlace(database);
        assertThat(db.catalog().models().delete(model)).isTrue();
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        UUID id = UUID.randomUUID();
        List<UUID> one = List.of(id);
        bad("hardwareConfigIds", () -> MatrixSpec.of(id, List.of(), one, List.of("a"), List.of(1), List.of(1)));
        bad("frameworkIds", () -> MatrixSpec.of(id, one, List.of(), List.of("a"), List.of(1), List.of(1)));
        bad("workloadTypes", () -> MatrixSpec.of(id, one, one, List.of(" "), List.of(1), List.of(1)));
        bad("batchSizes", () -> MatrixSpec.of(id, one, one, List.of("a"), List.of(0), List.of(1)));
        bad("sequenceLengths", () -> MatrixSpec.of(id, one, one, List.of("a"), List.of(1), List.of(-1)));
        bad(
                "maxAttempts",
                () -> MatrixSpec.of(id, one, one, List.of("a"), List.of(1), List.of(1))
                        .maxAttempts(0));
        List<Integer> many =
                java.util.stream.IntStream.rangeClosed(1, 1_001).boxed().toList();
        bad("1,000,000", () -> MatrixSpec.of(id, one, one, List.of("a"), many, many));
        Worker worker = worker();
        bad("limit", () -> claim(worker, 0));
        bad("limit", () -> claim(worker, 501));
        bad("lease", () -> configs.claim(worker, ConfigScope.ALL, 1, Duration.ZERO));
        bad("lease", () -> configs.claim(worker, ConfigScope.ALL, 1, Duration.ofMillis(1_500)));
        bad("lease", () -> configs.claim(worker, ConfigScope.ALL, 1, Duration.ofDays(31)));
        bad("limit", () -> configs.requeueExpired(0));
        bad("window", () -> configs.progress(id, Duration.ZERO));
        populated();
        Lease lease = claim(worker, 1).get(0).lease();
        bad("error", () -> configs.fail(lease, " "));
        bad("time", () -> configs.extend(lease, Duration.ofMillis(1)));
    }

    private static void bad(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }

    private static void lost(ClaimedConfig claimed, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LeaseLostException.class,
                        e -> assertThat(e.ids())
                                .containsExactly(claimed.config().id()));
    }
}
