package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Cleanup;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import dev.evalstore.benchmark.EvaluationRepository;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A deleted experiment is gone at once for readers, and its rows go in steps that nobody notices. */
class ExperimentPurgeTest {
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");
    private static final String ROWS = """
            select (select count(*) from evalstore.experiments) + (select count(*) from evalstore.metric_points)
                + (select count(*) from evalstore.experiment_metrics) + (select count(*) from evalstore.experiment_params)
                + (select count(*) from evalstore.evaluations) + (select count(*) from evalstore.evaluation_feedback)""";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Tracking tracking = database.db().tracking();
    private final ExperimentRepository experiments = tracking.experiments();
    private final RatedAnswers answers = new RatedAnswers(database);

    @BeforeEach
    void empty() {
        database.admin("truncate evalstore.metric_points, evalstore.experiment_metrics, evalstore.experiment_params,"
                + " evalstore.experiments, evalstore.evaluations cascade;"
                + " alter table evalstore.domain_events disable trigger user;"
                + " delete from evalstore.domain_events; alter table evalstore.domain_events enable trigger user");
    }

    private Experiment created(NewExperiment experiment) {
        return experiments.create(
                experiment.param("lr", 0.1).param("model", "gpt-4").tag("team"));
    }

    private UUID logged(NewExperiment experiment) {
        UUID id = created(experiment).id();
        experiments.log(
                id,
                LogBatch.of()
                        .metric("loss", 1, 1, AT)
                        .metric("loss", 0.5, 2, AT)
                        .metric("acc", 1, 1, AT));
        tracking.feedback()
                .give(NewFeedback.of(answers.evaluation(id))
                        .user(answers.user())
                        .rating(5));
        return id;
    }

    private static NewExperiment tuning(String name) {
        return NewExperiment.of(name, ExperimentKind.FINE_TUNING);
    }

    private static List<String> events(UUID id) {
        return database.query(
                "select event_type from evalstore.domain_events where aggregate_id = '" + id + "' order by position");
    }

    /** Points that the server makes, spread over ten metrics. */
    private void points(UUID id, int count) {
        database.admin("""
                insert into evalstore.metric_names (name) select 'm' || i from generate_series(0, 9) i on conflict do nothing;
                insert into evalstore.metric_points (experiment, name_id, step, at, value)
                select e.number, n.id, i, '2026-01-02Z', i
                from evalstore.experiments e, generate_series(1, %d) i join evalstore.metric_names n on n.name = 'm' || i %% 10
                where e.id = '%s';
                analyze evalstore.metric_points""".formatted(count, id));
    }

    /** A deletion failed on the experiment's own children once. */
    @Test
    void an_experiment_goes_with_all_that_hangs_on_it_and_nothing_else() {
        UUID other = logged(tuning("other"));
        long kept = Long.parseLong(database.value(ROWS));
        UUID root = logged(tuning("root"));
        UUID child = logged(tuning("child").parent(root));
        UUID grandchild = logged(tuning("grandchild").parent(child).project("another"));
        tracking.costs().append(NewCostEntry.of("p", "m", BigDecimal.ONE).experiment(root));

        assertThat(experiments.delete(root)).isTrue();

        for (UUID id : List.of(root, child, grandchild)) {
            assertThat(experiments.find(id)).isEmpty();
            assertThat(events(id)).containsExactly("experiment.created", "experiment.deleted");
        }
        assertThat(Long.parseLong(database.value(ROWS))).isEqualTo(kept);
        assertThat(experiments.get(other).params()).hasSize(2);
        assertThat(database.value("select count(*) from evalstore.cost_entries where experiment_id = '" + root + "'"))
                .isEqualTo("1");
        assertThat(experiments.delete(root)).isFalse();
    }

    @Test
    void an_evaluation_that_somebody_has_locked_holds_up_neither_a_deletion_nor_maintenance() throws SQLException {
        UUID locked = logged(tuning("locked"));
        UUID free = logged(tuning("free"));
        String rows = "select count(*) from evalstore.experiments";
        database.db().<SQLException>useTransaction(tx -> {
            try (Statement statement = tx.connection().createStatement()) {
                statement.execute(
                        "select from evalstore.evaluations where experiment_id = '" + locked + "' for update");
            }
            assertThat(experiments.delete(locked)).isTrue();
            assertThat(experiments.delete(free)).isTrue();
            experiments.purge();
            assertThat(experiments.find(locked)).isEmpty();
            assertThat(database.value(rows)).isEqualTo("1");
        });
        experiments.purge();
        assertThat(database.value(rows)).isEqualTo("0");
        assertThat(database.value("select count(*) from evalstore.evaluations")).isEqualTo("0");
    }

    @Test
    void it_goes_in_many_steps() {
        UUID id = logged(tuning("large"));
        points(id, 3 * ExperimentPurge.CHUNK + 1);
        assertThat(experiments.delete(id)).isTrue();
        assertThat(database.value(ROWS)).isEqualTo("0");
    }

    /** In a transaction it is marked, and its rows go after the commit; where that is the host's, maintenance does it. */
    @Test
    void in_a_transaction_it_goes_after_the_commit() {
        UUID id = logged(tuning("a"));
        assertThatThrownBy(() -> database.db().inTransaction(tx -> {
                    assertThat(tx.tracking().experiments().delete(id)).isTrue();
                    assertThat(tx.tracking().experiments().find(id)).isEmpty();
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        assertThat(experiments.get(id).name()).isEqualTo("a");
        database.db().inTransaction(tx -> tx.tracking().experiments().delete(id));
        assertThat(database.value(ROWS)).isEqualTo("0");
    }

    @Test
    void maintenance_goes_on_where_a_deletion_was_broken_off() throws Exception {
        UUID root = logged(tuning("root"));
        UUID child = logged(tuning("child").parent(root));
        points(child, 5_000);
        try (var connection = database.connection()) {
            connection.setAutoCommit(false);
            assertThat(database.db().join(connection).tracking().experiments().delete(root))
                    .isTrue();
            connection.commit();
        }
        assertThat(experiments.find(root)).isEmpty();
        assertThat(experiments.find(child)).isEmpty();
        assertThat(experiments.list(ExperimentFilter.ALL, 10).items()).isEmpty();
        assertThat(experiments.count(ExperimentFilter.ALL)).isZero();
        assertThat(Long.parseLong(database.value(ROWS))).isGreaterThan(5_000);

        assertThat(database.db().maintenance().runOnce().failures()).isEmpty();

        assertThat(database.value(ROWS)).isEqualTo("0");
        assertThat(experiments.purge()).isEqualTo(Cleanup.NOTHING);
    }

    /** What is deleted and not gone yet is not there for any verb. */
    @Test
    void a_deleted_one_takes_nothing_any_more() {
        UUID id = logged(tuning("a"));
        database.admin("update evalstore.experiments set deleted_at = now() where id = '" + id + "'");
        List<Runnable> verbs = List.of(
                () -> experiments.get(id),
                () -> experiments.update(id, UpdateExperiment.NOTHING.name("b")),
                () -> experiments.update(id, UpdateExperiment.NOTHING),
                () -> experiments.start(id),
                () -> experiments.cancel(id),
                () -> experiments.archive(id),
                () -> experiments.restore(id),
                () -> experiments.log(id, LogBatch.of().metric("loss", 1, 3, AT)),
                () -> experiments.create(tuning("part").parent(id)));
        for (Runnable verb : verbs) {
            assertThatThrownBy(verb::run).isInstanceOf(NotFoundException.class);
        }
        assertThat(experiments.delete(id)).isFalse();
    }

    /** What is stored now would go with the purge, and its caller would believe that it is kept. */
    @Test
    void a_deleted_one_takes_no_evaluations_any_more() {
        UUID id = logged(tuning("a"));
        database.admin("update evalstore.experiments set deleted_at = now() where id = '" + id + "'");
        EvaluationRepository evaluations = database.db().evaluations();
        NewEvaluation late = NewEvaluation.of("p", "m", "i", "o").experiment(id);
        NewEvaluation ofNone = NewEvaluation.of("p", "m", "i", "o");
        String before = database.value(ROWS);
        List<Runnable> writes = List.of(
                () -> evaluations.create(late),
                () -> evaluations.createAll(List.of(ofNone, late)),
                () -> evaluations.createAll(Collections.nCopies(10_000, late)));
        for (Runnable write : writes) {
            assertThatThrownBy(write::run)
                    .isInstanceOfSatisfying(
                            ConstraintViolationException.class,
                            e -> assertThat(e.constraint()).isEqualTo("evaluations_experiment_fk"));
        }
        assertThat(database.value(ROWS)).isEqualTo(before);
    }

    /** Eight delete one tree, and others log to it and add parts to it, until it is gone. */
    @Test
    void writers_at_the_same_time_leave_nothing_behind() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 5; round++) {
                UUID root = logged(tuning("root"));
                List<Future<Boolean>> deletions = new ArrayList<>();
                List<Future<?>> writers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    int n = i;
                    writers.add(threads.submit(() -> {
                        try {
                            for (int step = 0; step < 1_000; step++) {
                                if (n % 2 == 0) {
                                    experiments.log(root, LogBatch.of().metric("loss", step, step, AT));
                                } else {
                                    experiments.log(
                                            created(tuning("part").parent(root)).id(),
                                            LogBatch.of().metric("loss", step, step, AT));
                                }
                            }
                        } catch (NotFoundException e) {
                            return;
                        }
                        throw new AssertionError("it was never deleted");
                    }));
                }
                for (int i = 0; i < 4; i++) {
                    deletions.add(threads.submit(() -> experiments.delete(root)));
                }
                int deleted = 0;
                for (Future<Boolean> deletion : deletions) {
                    deleted += deletion.get(60, TimeUnit.SECONDS) ? 1 : 0;
                }
                assertThat(deleted).isOne();
                for (Future<?> writer : writers) {
                    writer.get(60, TimeUnit.SECONDS);
                }
                experiments.purge();
                assertThat(database.value(ROWS)).isEqualTo("0");
                assertThat(events(root)).containsExactly("experiment.created", "experiment.deleted");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** The short form of the measurement below: nobody waits for a deletion, whatever its size. */
    @Test
    void nobody_who_logs_waits_for_a_deletion() throws Exception {
        int points = 50_000;
        UUID large = created(tuning("large")).id();
        points(large, points);
        List<Long> during = whileLogging(() -> experiments.delete(large));
        assertThat(database.value("select count(*) from evalstore.metric_points p join evalstore.experiments e"
                        + " on e.number = p.experiment where e.name = 'large'"))
                .isEqualTo("0");
        assertThat(during).isNotEmpty();
    }

    @Test
    @Tag("long")
    void the_slowest_hundredth_of_those_who_log_is_at_most_twice_as_slow_while_a_million_points_go() throws Exception {
        int points = Integer.getInteger("tracking.points", 1_000_000);
        UUID large = created(tuning("large")).id();
        points(large, points);
        whileLogging(() -> TimeUnit.SECONDS.sleep(3));
        long before = p99(whileLogging(() -> TimeUnit.SECONDS.sleep(20)));
        long start = System.nanoTime();
        List<Long> during = whileLogging(() -> experiments.delete(large));
        long took = System.nanoTime() - start;
        long p99 = p99(during);
        System.out.printf(
                "purge of %d points: %d ms; p99 of logging %d us without, %d us during (%d batches)%n",
                points, took / 1_000_000, before / 1_000, p99 / 1_000, during.size());
        assertThat(database.value("select count(*) from evalstore.experiments where name = 'large'"))
                .isEqualTo("0");
        assertThat(p99).isLessThanOrEqualTo(2 * before);
    }

    private static long p99(List<Long> times) {
        List<Long> sorted = new ArrayList<>(times);
        Collections.sort(sorted);
        return sorted.get((int) (sorted.size() * 0.99));
    }

    private interface Work {
        void run() throws Exception;
    }

    /** How long each of the batches took that two threads log to experiments of their own until the work is done. */
    private List<Long> whileLogging(Work work) throws Exception {
        AtomicBoolean isDone = new AtomicBoolean();
        List<CompletableFuture<List<Long>>> loggers = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 2; i++) {
                UUID id = created(tuning("logger")).id();
                loggers.add(CompletableFuture.supplyAsync(() -> log(id, isDone), threads));
            }
            work.run();
            isDone.set(true);
            List<Long> times = new ArrayList<>();
            for (CompletableFuture<List<Long>> logger : loggers) {
                times.addAll(logger.get(60, TimeUnit.SECONDS));
            }
            return times;
        } finally {
            isDone.set(true);
            threads.shutdownNow();
        }
    }

    private List<Long> log(UUID id, AtomicBoolean isDone) {
        List<Long> times = new ArrayList<>();
        for (int step = 0; !isDone.get() || step < 10; step++) {
            LogBatch batch = LogBatch.of();
            for (int i = 0; i < 10; i++) {
                batch = batch.metric("m" + i, step * 0.5, step, AT);
            }
            long start = System.nanoTime();
            experiments.log(id, batch);
            times.add(System.nanoTime() - start);
        }
        return times;
    }
}
