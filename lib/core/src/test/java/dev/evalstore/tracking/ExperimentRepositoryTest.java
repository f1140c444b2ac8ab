package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.Cleanup;
import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Json;
import dev.evalstore.MaintenanceOptions;
import dev.evalstore.NotFoundException;
import dev.evalstore.Page;
import dev.evalstore.Patch;
import dev.evalstore.account.NewUser;
import dev.evalstore.catalog.DatasetFormat;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewDataset;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.job.Usage;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ExperimentRepositoryTest {
    private static final Json RESULTS = Json.parse("{\"accuracy\": 0.9}");
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.000006Z");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final ExperimentRepository experiments = database.db().tracking().experiments();

    @BeforeEach
    void empty() {
        database.admin("delete from evalstore.metric_points; delete from evalstore.experiment_metrics;"
                + " delete from evalstore.experiment_params; delete from evalstore.experiments; delete from evalstore.datasets;"
                + " delete from evalstore.models; alter table evalstore.domain_events disable trigger user;"
                + " delete from evalstore.domain_events; alter table evalstore.domain_events enable trigger user");
    }

    private static NewExperiment tuning(String name) {
        return NewExperiment.of(name, ExperimentKind.FINE_TUNING);
    }

    private Experiment created() {
        return experiments.create(tuning("tune"));
    }

    private Experiment in(ExperimentStatus status) {
        UUID id = created().id();
        return switch (status) {
            case CREATED -> experiments.get(id);
            case RUNNING -> experiments.start(id);
            case CANCELLED -> experiments.cancel(id);
            case COMPLETED -> {
                experiments.start(id);
                yield experiments.complete(id, RESULTS, LogBatch.of(), Usage.NONE);
            }
            case FAILED -> {
                experiments.start(id);
                yield experiments.fail(id, "out of memory");
            }
        };
    }

    private static List<String> events(UUID id) {
        return database.query(
                "select event_type from evalstore.domain_events where aggregate_id = '" + id + "' order by position");
    }

    private static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }

    private static void violates(String constraint, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo(constraint));
    }

    private static UUID dataset() {
        return database.db()
                .catalog()
                .datasets()
                .create(NewDataset.of("d" + UUID.randomUUID(), DatasetFormat.CSV))
                .id();
    }

    private static UUID modelVersion() {
        UUID model = database.db()
                .catalog()
                .models()
                .create(NewModel.of("m" + UUID.randomUUID(), ModelKind.OPEN))
                .id();
        return database.db()
                .catalog()
                .modelVersions()
                .create(NewModelVersion.of(model, Quantization.FP16, ModelFormat.SAFETENSORS))
                .id();
    }

    @Test
    void an_experiment_is_stored_as_it_is_given() {
        Experiment plain = created();
        assertThat(plain.project()).isEqualTo("default");
        assertThat(plain.status()).isEqualTo(ExperimentStatus.CREATED);
        assertThat(plain.params()).isEmpty();
        assertThat(plain.tags()).isEmpty();
        assertThat(plain.totalCostUsd()).isZero();
        assertThat(plain.startedAt()).isNull();

        UUID dataset = dataset();
        UUID version = modelVersion();
        Experiment full = experiments.create(NewExperiment.of("eval", ExperimentKind.EVALUATION)
                .project("Größe 🦖")
                .description("What it is")
                .config(Json.of(Map.of("seed", 1)))
                .notes("Watch the loss")
                .dataset(dataset)
                .modelVersion(version)
                .parent(plain.id())
                .param("lr", 1e-4)
                .param("epochs", 3)
                .param("model.name", "gpt-4")
                .param("shuffle", true)
                .param("empty", "")
                .tag("team", "a")
                .tag("bare"));
        assertThat(full.project()).isEqualTo("Größe 🦖");
        assertThat(full.description()).isEqualTo("What it is");
        assertThat(full.notes()).isEqualTo("Watch the loss");
        assertThat(full.datasetId()).isEqualTo(dataset);
        assertThat(full.modelVersionId()).isEqualTo(version);
        assertThat(full.parentId()).isEqualTo(plain.id());
        assertThat(full.params())
                .containsExactly(
                        Map.entry("empty", ParamValue.of("")),
                        Map.entry("epochs", ParamValue.of(3)),
                        Map.entry("lr", ParamValue.of(1e-4)),
                        Map.entry("model.name", ParamValue.of("gpt-4")),
                        Map.entry("shuffle", ParamValue.of(true)));
        assertThat(full.params().get("lr").text()).isEqualTo("0.0001");
        assertThat(full.tags()).containsExactly(Map.entry("bare", ""), Map.entry("team", "a"));
        assertThat(experiments.get(full.id())).isEqualTo(full);
        assertThat(experiments.find(full.id())).contains(full);
        assertThat(experiments.find(UUID.randomUUID())).isEmpty();
        assertThat(events(full.id())).containsExactly("experiment.created");
    }

    /** Names stay as they are: no case is folded, no blank is trimmed. */
    @Test
    void the_newest_of_a_name_is_found() {
        experiments.create(tuning("a").project("p"));
        Experiment newest = experiments.create(tuning("a").project("p"));
        experiments.create(tuning("a").project("q"));
        assertThat(experiments.findByName("p", "a")).contains(newest);
        assertThat(experiments.findByName("p", "A")).isEmpty();
        assertThat(experiments.findByName("P", "a")).isEmpty();
        assertThat(experiments.delete(newest.id())).isTrue();
        assertThat(experiments.findByName("p", "a"))
                .map(Experiment::id)
                .isPresent()
                .isNotEqualTo(newest.id());
    }

    @Test
    void eight_threads_make_one_project() throws Exception {
        String project = "together-" + UUID.randomUUID();
        assertThat(Threads.together(
                        8,
                        i -> () -> experiments.create(
                                tuning("e" + i).project(project).param("i", i))))
                .hasSize(8)
                .allMatch(e -> e.project().equals(project));
        assertThat(experiments.count(ExperimentFilter.ALL.project(project))).isEqualTo(8);
        assertThat(database.value("select count(*) from evalstore.projects where name = '" + project + "'"))
                .isEqualTo("1");
    }

    /** A project's name that is rolled back with its transaction must not be remembered as if it were there. */
    @Test
    void a_project_of_a_transaction_that_is_rolled_back_can_be_used_again() {
        String project = "undone-" + UUID.randomUUID();
        assertThatThrownBy(() -> database.db().inTransaction(tx -> {
                    tx.tracking()
                            .experiments()
                            .create(tuning("a").project(project).param("p-" + project, 1));
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        Experiment created = experiments.create(tuning("a").project(project).param("p-" + project, 1));
        assertThat(created.project()).isEqualTo(project);
        assertThat(experiments.count(ExperimentFilter.ALL.project(project))).isOne();
    }

    /** A store that was put back from a backup may lack what was there a moment ago. */
    @Test
    void a_project_that_a_backup_did_not_have_is_made_again() {
        String project = "restored-" + UUID.randomUUID();
        experiments.create(tuning("a").project(project));
        database.admin("update evalstore.projects set name = 'other-' || name where name = '" + project + "'");
        assertThat(experiments.create(tuning("b").project(project)).project()).isEqualTo(project);
        assertThat(experiments.count(ExperimentFilter.ALL.project(project))).isOne();
    }

    @Test
    void what_it_belongs_to_must_be_there() {
        UUID nobody = UUID.randomUUID();
        violates("experiments_dataset_fk", () -> experiments.create(tuning("a").dataset(nobody)));
        violates(
                "experiments_model_version_fk",
                () -> experiments.create(tuning("a").modelVersion(nobody)));
        violates(
                "experiments_created_by_fk",
                () -> experiments.create(tuning("a").createdBy(nobody)));
        assertThatThrownBy(() -> experiments.create(tuning("a").parent(nobody))).isInstanceOf(NotFoundException.class);
        assertThat(experiments.count(ExperimentFilter.ALL)).isZero();
    }

    @Test
    void it_runs_and_is_completed_with_what_came_out() {
        UUID id = created().id();
        Experiment running = experiments.start(id);
        assertThat(running.startedAt()).isNotNull();
        Experiment done = experiments.complete(
                id,
                RESULTS,
                LogBatch.of()
                        .metric("accuracy", 0.9, 10, AT)
                        .param("final", true)
                        .tag("done"),
                Usage.of(100, 20, new BigDecimal("0.000000003")));
        assertThat(done.status()).isEqualTo(ExperimentStatus.COMPLETED);
        assertThat(done.results()).isEqualTo(RESULTS);
        assertThat(done.startedAt()).isEqualTo(running.startedAt());
        assertThat(done.completedAt()).isAfterOrEqualTo(running.startedAt());
        assertThat(done.inputTokens()).isEqualTo(100);
        assertThat(done.outputTokens()).isEqualTo(20);
        assertThat(done.totalCostUsd()).isEqualByComparingTo("0.000000003");
        assertThat(done.params()).containsEntry("final", ParamValue.of(true));
        assertThat(done.tags()).containsEntry("done", "");
        assertThat(database.value("select last_value || ' ' || last_step from evalstore.experiment_metrics"))
                .isEqualTo("0.9 10");
        assertThat(events(id)).containsExactly("experiment.created", "experiment.started", "experiment.completed");
    }

    /** They were blanked once by results that did not name them. */
    @Test
    void completing_keeps_the_usage_that_it_does_not_name() {
        UUID id = created().id();
        Experiment running = experiments.start(id);
        experiments.update(
                id,
                UpdateExperiment.NOTHING
                        .inputTokens(5)
                        .outputTokens(6)
                        .totalCostUsd(BigDecimal.ONE)
                        .notes(Patch.set("n")));
        Experiment done = experiments.complete(id, null, LogBatch.of(), new Usage(null, 7L, null));
        assertThat(done.inputTokens()).isEqualTo(5);
        assertThat(done.outputTokens()).isEqualTo(7);
        assertThat(done.totalCostUsd()).isEqualByComparingTo("1");
        assertThat(done.notes()).isEqualTo("n");
        assertThat(done.results()).isNull();
        assertThat(done.startedAt()).isEqualTo(running.startedAt());
    }

    /** Results that were stored on a failed experiment made it a completed one. */
    @ParameterizedTest
    @EnumSource(
            value = ExperimentStatus.class,
            names = {"FAILED", "CANCELLED", "COMPLETED", "CREATED"})
    void results_of_one_that_does_not_run_are_a_conflict_and_change_nothing(ExperimentStatus status) {
        Experiment before = in(status);
        List<String> told = events(before.id());
        assertThatThrownBy(() -> experiments.complete(
                        before.id(),
                        Json.of(Map.of("accuracy", 1)),
                        LogBatch.of().metric("late", 1, 1, AT).param("late", 1).tag("late"),
                        Usage.of(1, 1, BigDecimal.ONE)))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("is " + status.name().toLowerCase(Locale.ROOT) + ": cannot complete");
        assertThat(experiments.get(before.id())).isEqualTo(before);
        assertThat(database.value("select count(*) from evalstore.experiment_metrics"))
                .isEqualTo("0");
        assertThat(database.value("select count(*) from evalstore.metric_points"))
                .isEqualTo("0");
        assertThat(events(before.id())).isEqualTo(told);
    }

    /** All or nothing: a param that has another value leaves the experiment running, without the metric. */
    @Test
    void a_conflict_of_a_param_completes_nothing() {
        UUID id = experiments.create(tuning("a").param("lr", 0.1)).id();
        Experiment running = experiments.start(id);
        assertThatThrownBy(() -> experiments.complete(
                        id, RESULTS, LogBatch.of().metric("m", 1, 1, AT).param("lr", 0.2), Usage.NONE))
                .isInstanceOf(ConflictException.class);
        assertThat(experiments.get(id)).isEqualTo(running);
        assertThat(database.value("select count(*) from evalstore.metric_points"))
                .isEqualTo("0");
    }

    @Test
    void a_status_moves_only_from_those_that_the_verb_names() {
        Map<String, BiConsumer<ExperimentRepository, UUID>> verbs = Map.of(
                "start", (on, id) -> on.start(id),
                "complete", (on, id) -> on.complete(id, null, LogBatch.of(), Usage.NONE),
                "fail", (on, id) -> on.fail(id, "no"),
                "cancel", (on, id) -> on.cancel(id),
                "archive", (on, id) -> on.archive(id));
        Map<String, List<ExperimentStatus>> from = Map.of(
                "start", List.of(ExperimentStatus.CREATED),
                "complete", List.of(ExperimentStatus.RUNNING),
                "fail", List.of(ExperimentStatus.RUNNING),
                "cancel", List.of(ExperimentStatus.CREATED, ExperimentStatus.RUNNING),
                "archive",
                        List.of(
                                ExperimentStatus.CREATED,
                                ExperimentStatus.COMPLETED,
                                ExperimentStatus.FAILED,
                                ExperimentStatus.CANCELLED));
        verbs.forEach((verb, call) -> {
            for (ExperimentStatus status : ExperimentStatus.values()) {
                Experiment before = in(status);
                if (from.get(verb).contains(status)) {
                    call.accept(experiments, before.id());
                } else {
                    assertThatThrownBy(() -> call.accept(experiments, before.id()))
                            .isInstanceOf(ConflictException.class)
                            .hasMessageContaining("cannot " + verb);
                    assertThat(experiments.get(before.id())).isEqualTo(before);
                }
            }
            assertThatThrownBy(() -> call.accept(experiments, UUID.randomUUID()))
                    .isInstanceOf(NotFoundException.class);
        });
    }

    @Test
    void of_many_callers_that_end_it_one_succeeds() throws Exception {
        UUID id = in(ExperimentStatus.RUNNING).id();
        IntFunction<Callable<Boolean>> end = i -> () -> {
            try {
                switch (i % 3) {
                    case 0 -> experiments.complete(id, RESULTS, LogBatch.of().metric("m" + i, i, i, AT), Usage.NONE);
                    case 1 -> experiments.fail(id, "no");
                    default -> experiments.cancel(id);
                }
                return true;
            } catch (ConflictException e) {
                return false;
            }
        };
        assertThat(Threads.together(8, end)).containsOnlyOnce(true);
        assertThat(events(id)).hasSize(3);
        Experiment ended = experiments.get(id);
        assertThat(database.value("select count(*) from evalstore.metric_points"))
                .isEqualTo(ended.status() == ExperimentStatus.COMPLETED ? "1" : "0");
    }

    @Test
    void an_archived_one_does_not_change_until_it_is_restored() {
        UUID id = created().id();
        Experiment archived = experiments.archive(id);
        assertThat(archived.archivedAt()).isNotNull();
        List<ThrowingCallable> changes = List.of(
                () -> experiments.update(id, UpdateExperiment.NOTHING.name("b")),
                () -> experiments.start(id),
                () -> experiments.cancel(id),
                () -> experiments.archive(id),
                () -> experiments.log(id, LogBatch.of().tag("a")));
        for (ThrowingCallable change : changes) {
            assertThatThrownBy(change).isInstanceOf(ConflictException.class).hasMessageContaining("is archived");
        }
        assertThat(experiments.get(id)).isEqualTo(archived);
        assertThat(experiments.restore(id).archivedAt()).isNull();
        assertThatThrownBy(() -> experiments.restore(id))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("is not archived");
        experiments.start(id);
        assertThat(events(id))
                .containsExactly(
                        "experiment.created", "experiment.archived", "experiment.restored", "experiment.started");
    }

    @Test
    void an_update_changes_what_it_names() {
        Experiment before =
                experiments.create(tuning("a").param("lr", 0.1).tag("old").notes("n"));
        assertThat(experiments.update(before.id(), UpdateExperiment.NOTHING)).isEqualTo(before);
        UUID dataset = dataset();
        UUID version = modelVersion();
        Experiment after = experiments.update(
                before.id(),
                UpdateExperiment.NOTHING
                        .name("b")
                        .description(Patch.set("d"))
                        .datasetId(Patch.set(dataset))
                        .modelVersionId(Patch.set(version))
                        .tags(Map.of("new", "1"))
                        .config(Patch.set(RESULTS))
                        .notes(Patch.clear()));
        assertThat(after.name()).isEqualTo("b");
        assertThat(after.description()).isEqualTo("d");
        assertThat(after.datasetId()).isEqualTo(dataset);
        assertThat(after.modelVersionId()).isEqualTo(version);
        assertThat(after.tags()).containsExactly(Map.entry("new", "1"));
        assertThat(after.config()).isEqualTo(RESULTS);
        assertThat(after.notes()).isNull();
        assertThat(after.params()).isEqualTo(before.params());
        experiments.update(before.id(), UpdateExperiment.NOTHING.name("b"));
        assertThat(events(before.id())).containsExactly("experiment.created", "experiment.updated");
    }

    @Test
    void each_condition_admits_its_own() {
        UUID dataset = dataset();
        UUID version = modelVersion();
        UUID user = database.db()
                .users()
                .create(NewUser.of("filtered@example.org", "filtered"))
                .id();
        Experiment parent = experiments.create(NewExperiment.of("parent", ExperimentKind.COMPARISON));
        Experiment one = experiments.create(NewExperiment.of("one", ExperimentKind.EVALUATION)
                .project("p")
                .dataset(dataset)
                .modelVersion(version)
                .parent(parent.id())
                .createdBy(user)
                .tag("team", "a")
                .tag("bare"));
        experiments.start(one.id());
        experiments.archive(parent.id());
        Experiment last = experiments.create(tuning("last").tag("team", "b"));
        List<ExperimentFilter> filters = List.of(
                ExperimentFilter.ALL.project("p"),
                ExperimentFilter.ALL.name("one"),
                ExperimentFilter.ALL.status(ExperimentStatus.RUNNING),
                ExperimentFilter.ALL.kind(ExperimentKind.EVALUATION),
                ExperimentFilter.ALL.dataset(dataset),
                ExperimentFilter.ALL.modelVersion(version),
                ExperimentFilter.ALL.parent(parent.id()),
                ExperimentFilter.ALL.createdBy(user),
                ExperimentFilter.ALL.tag("bare"),
                ExperimentFilter.ALL.tag("team", "a"),
                ExperimentFilter.ALL.tag("bare", ""),
                ExperimentFilter.ALL.created(one.createdAt(), last.createdAt()));
        for (ExperimentFilter filter : filters) {
            assertThat(experiments.list(filter, 10).items())
                    .extracting(Experiment::id)
                    .containsExactly(one.id());
            assertThat(experiments.count(filter)).isOne();
        }
        assertThat(experiments.list(ExperimentFilter.ALL.withoutParent(), 10).items())
                .extracting(Experiment::id)
                .containsExactly(last.id(), parent.id());
        assertThat(experiments.list(ExperimentFilter.ALL.archived(true), 10).items())
                .extracting(Experiment::id)
                .containsExactly(parent.id());
        assertThat(experiments.count(ExperimentFilter.ALL.archived(false))).isEqualTo(2);
        assertThat(experiments.count(ExperimentFilter.ALL.project("nowhere"))).isZero();
        Page<Experiment> first = experiments.list(ExperimentFilter.ALL, 2);
        assertThat(first.items()).extracting(Experiment::id).containsExactly(last.id(), one.id());
        assertThat(experiments.list(ExperimentFilter.ALL, 2, first.next()).items())
                .extracting(Experiment::id)
                .containsExactly(parent.id());
    }

    @Test
    void an_experiment_that_somebody_has_locked_keeps_no_other_from_the_archive() throws SQLException {
        UUID locked = in(ExperimentStatus.COMPLETED).id();
        UUID free = in(ExperimentStatus.COMPLETED).id();
        database.admin("update evalstore.experiments set started_at = now() - interval '40 days',"
                + " completed_at = now() - interval '31 days', updated_at = now() - interval '31 days'");
        database.db().<SQLException>useTransaction(tx -> {
            try (Statement statement = tx.connection().createStatement()) {
                statement.execute("select from evalstore.experiments where id = '" + locked + "' for update");
            }
            assertThat(experiments.archiveOld(Duration.ofDays(30))).isEqualTo(new Cleanup(1, false));
        });
        assertThat(experiments.get(free).archivedAt()).isNotNull();
        assertThat(experiments.archiveOld(Duration.ofDays(30))).isEqualTo(new Cleanup(1, false));
        assertThat(experiments.get(locked).archivedAt()).isNotNull();
    }

    @Test
    void maintenance_archives_what_ended_long_ago_when_it_is_given_a_period() {
        Experiment old = in(ExperimentStatus.COMPLETED);
        Experiment failed = in(ExperimentStatus.FAILED);
        Experiment young = in(ExperimentStatus.COMPLETED);
        Experiment running = in(ExperimentStatus.RUNNING);
        database.admin("update evalstore.experiments set started_at = now() - interval '40 days',"
                + " completed_at = case when status = 'running' then null else now() - interval '31 days' end,"
                + " updated_at = now() - interval '31 days'"
                + " where id in ('" + old.id() + "', '" + failed.id() + "', '" + running.id() + "')");

        database.db().maintenance(MaintenanceOptions.DEFAULT).runOnce();
        assertThat(experiments.count(ExperimentFilter.ALL.archived(true))).isZero();

        database.db()
                .maintenance(MaintenanceOptions.DEFAULT.experimentArchiving(Duration.ofDays(30)))
                .runOnce();
        assertThat(experiments.list(ExperimentFilter.ALL.archived(true), 10).items())
                .extracting(Experiment::id)
                .containsExactlyInAnyOrder(old.id(), failed.id());
        assertThat(events(old.id())).endsWith("experiment.archived");
        assertThat(experiments.get(young.id()).archivedAt()).isNull();
        // What somebody restores is wanted for as long again.
        experiments.restore(old.id());
        assertThat(experiments.archiveOld(Duration.ofDays(30))).isEqualTo(new Cleanup(0, false));
        refused("age", () -> experiments.archiveOld(Duration.ZERO));
    }

    @Test
    void writes_of_an_actor_are_audited() {
        ExperimentRepository acting =
                database.db().actingAs(Actor.SYSTEM).tracking().experiments();
        UUID id = acting.create(tuning("a")).id();
        acting.update(id, UpdateExperiment.NOTHING.name("b"));
        acting.start(id);
        acting.log(id, LogBatch.of().metric("m", 1, 1, AT));
        acting.complete(id, null, LogBatch.of(), Usage.NONE);
        acting.archive(id);
        acting.restore(id);
        acting.delete(id);
        assertThat(database.query("select action from evalstore.audit_log where entity_id = '" + id
                        + "' order by occurred_at, id"))
                .containsExactly("create", "update", "start", "log", "complete", "archive", "restore", "delete");
    }

    @Test
    void bad_input_is_refused_by_name_before_the_database_is_asked() {
        refused("name", () -> tuning(" "));
        refused("name", () -> tuning("a".repeat(201)));
        refused("project", () -> tuning("a").project("\0"));
        refused("project", () -> tuning("a").project("\ud83e"));
        refused("description", () -> tuning("a").description("d".repeat(20_001)));
        refused("notes", () -> tuning("a").notes(""));
        refused("config", () -> tuning("a").config(Json.parse("1")));
        refused("params", () -> tuning("a").param("n".repeat(251), 1));
        refused("text", () -> tuning("a").param("n", "v".repeat(20_001)));
        refused("text", () -> tuning("a").param("n", "\0"));
        refused("text", () -> new ParamValue(ParamKind.NUMBER, "1d"));
        refused("text", () -> new ParamValue(ParamKind.BOOLEAN, "yes"));
        refused("tags", () -> tuning("a").tag(" "));
        refused("value", () -> tuning("a").tag("t", "v".repeat(5_001)));
        refused("error", () -> experiments.fail(UUID.randomUUID(), " "));
        refused("inputTokens", () -> UpdateExperiment.NOTHING.inputTokens(-1));
        refused("totalCostUsd", () -> UpdateExperiment.NOTHING.totalCostUsd(new BigDecimal("0.0000000001")));
        refused("project", () -> experiments.findByName("", "a"));
        refused("name", () -> experiments.findByName("a", ""));
    }

    @Test
    void a_number_is_what_its_text_says() {
        for (String text : List.of("1", "-1.5", "1e-3", ".5", "5.", "+7", "NaN", "-Infinity", "1e400")) {
            assertThat(new ParamValue(ParamKind.NUMBER, text).number()).isEqualTo((Double) Double.parseDouble(text));
        }
        assertThat(ParamValue.of("1").number()).isNull();
        assertThat(ParamValue.of(true).number()).isNull();
        assertThat(ParamValue.of(Long.MIN_VALUE).text()).isEqualTo("-9223372036854775808");
        assertThat(ParamValue.of(new BigDecimal("0.10")).text()).isEqualTo("0.10");
    }

    /** The JDK writes 3.0E-4, and before release 19 other digits of the last. */
    @ParameterizedTest
    @CsvSource({
        "3.0E-4, 0.0003",
        "5.0, 5",
        "1.0E-7, 1e-7",
        "NaN, NaN",
        "-Infinity, -Infinity",
        "-0.0, -0",
        "2.0E-323, 2e-323"
    })
    void a_double_is_logged_in_one_way_on_every_jdk(double value, String text) {
        assertThat(ParamValue.of(value).text()).isEqualTo(text);
        assertThat(ParamValue.of(value).number()).isEqualTo((Double) value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name = ' ' | experiments_name_length",
                "tags = '[]' | experiments_tags_of_texts",
                "tags = '{\"a\": 1}' | experiments_tags_of_texts",
                "tags = '{\"a\": [\"b\"]}' | experiments_tags_of_texts",
                "config = '1' | experiments_config_object",
                "results = '1' | experiments_results_when_completed",
                "error = 'no' | experiments_error_when_failed",
                "status = 'running' | experiments_started_when_running",
                "status = 'cancelled' | experiments_completed_at_when_ended",
                "total_cost_usd = -1 | experiments_total_cost_usd_range",
                "input_tokens = -1 | experiments_input_tokens_range",
                "output_tokens = -1 | experiments_output_tokens_range",
                "parent_id = id | experiments_parent_another"
            })
    void the_schema_refuses_it_too(String assignment, String constraint) {
        UUID id = created().id();
        assertThatThrownBy(() ->
                        database.admin("update evalstore.experiments set " + assignment + " where id = '" + id + "'"))
                .hasMessageContaining(constraint);
    }
}
