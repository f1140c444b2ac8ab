package dev.evalstore.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.ConflictException;
import dev.evalstore.ConstraintViolationException;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.Patch;
import dev.evalstore.account.ApiKey;
import dev.evalstore.account.IssuedApiKey;
import dev.evalstore.account.NewApiKey;
import dev.evalstore.account.NewUser;
import dev.evalstore.account.UpdateUser;
import dev.evalstore.account.User;
import dev.evalstore.account.UserRole;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.benchmark.UpdateBenchmark;
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
import dev.evalstore.catalog.NewSuitability;
import dev.evalstore.catalog.NewUseCase;
import dev.evalstore.catalog.Quantization;
import dev.evalstore.catalog.UpdateHardwareConfig;
import dev.evalstore.catalog.UpdateInferenceFramework;
import dev.evalstore.catalog.UpdateModel;
import dev.evalstore.catalog.UpdateModelVersion;
import dev.evalstore.catalog.UpdateUseCase;
import dev.evalstore.job.NewJob;
import dev.evalstore.testkit.CheapHasher;
import dev.evalstore.testkit.TestDatabase;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ActingAsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated(config -> config.passwordHasher(new CheapHasher()));

    private final Database db = database.db();
    private final Actor admin = new Actor(ActorKind.USER, UUID.randomUUID(), "root", null, null);
    private final Database acting = db.actingAs(ActingContext.of(admin).request("req-9"));

    @BeforeEach
    void empty() {
        database.admin("set session_replication_role = replica; delete from evalstore.audit_log");
        database.admin("delete from evalstore.users");
    }

    private List<String> actions(Object id) {
        return db.audit().list(AuditFilter.ALL, 100, null).items().stream()
                .filter(entry -> id.toString().equals(entry.entityId()))
                .map(entry -> entry.entityType() + " " + entry.action())
                .toList();
    }

    private AuditEntry last(String type, Object id) {
        return db.audit().history(type, id, 1, null).items().get(0);
    }

    @Test
    void each_write_to_a_user_is_audited_with_the_context_and_what_changed() {
        User user = acting.users().create(NewUser.of("ada@x", "ada").password("correct horse"));
        acting.users().update(user.id(), UpdateUser.NOTHING.role(UserRole.ADMIN).displayName(Patch.set("Ada")));
        AuditEntry update = last("user", user.id());
        acting.users().update(user.id(), UpdateUser.NOTHING.role(UserRole.ADMIN));
        acting.users().setPassword(user.id(), "battery staple");
        acting.users().softDelete(user.id());
        acting.users().anonymize(user.id());
        acting.users().delete(user.id());

        assertThat(actions(user.id()))
                .containsExactly(
                        "user delete",
                        "user anonymize",
                        "user soft_delete",
                        "user set_password",
                        "user update",
                        "user create");
        assertThat(update.actorId()).isEqualTo(admin.id());
        assertThat(update.actorLabel()).isEqualTo("root");
        assertThat(update.requestId()).isEqualTo("req-9");
        assertThat(update.changes().asMap())
                .containsOnly(
                        Map.entry("role", change("USER", "ADMIN")), Map.entry("displayName", change(null, "Ada")));
        assertThat(database.value("select string_agg(a::text, ' ') from evalstore.audit_log a"))
                .doesNotContain("cheap")
                .doesNotContain("horse")
                .doesNotContain("battery");
    }

    private static Map<String, Object> change(Object from, Object to) {
        Map<String, Object> change = new java.util.HashMap<>();
        change.put("from", from);
        change.put("to", to);
        return change;
    }

    @Test
    void each_write_to_a_key_is_audited_without_its_secret() {
        User user = db.users().create(NewUser.of("ada@x", "ada"));
        IssuedApiKey issued = acting.apiKeys().create(NewApiKey.of(user.id(), "ci", "read"));
        UUID id = issued.key().id();
        acting.apiKeys().setActive(id, false);
        acting.apiKeys().setActive(id, true);
        ApiKey next = acting.apiKeys().rotate(id, Duration.ofDays(1), null).key();
        acting.apiKeys().revoke(id);
        acting.apiKeys().delete(id);
        acting.apiKeys().delete(id);

        assertThat(actions(id))
                .containsExactly(
                        "api_key delete",
                        "api_key revoke",
                        "api_key rotate",
                        "api_key resume",
                        "api_key suspend",
                        "api_key create");
        assertThat(actions(next.id())).containsExactly("api_key create");
        assertThat(database.value("select string_agg(a::text, ' ') from evalstore.audit_log a"))
                .doesNotContain(issued.secret().split("_")[2]);
    }

    @Test
    void each_write_to_a_model_is_audited() {
        UUID id = acting.catalog()
                .models()
                .create(NewModel.of("tiny", ModelKind.OPEN))
                .id();
        acting.catalog().models().update(id, UpdateModel.NOTHING.name("tiny-2"));
        AuditEntry update = last("model", id);
        acting.catalog().models().delete(id);

        assertThat(actions(id)).containsExactly("model delete", "model update", "model create");
        assertThat(update.changes().asMap()).containsOnly(Map.entry("name", change("tiny", "tiny-2")));
    }

    @Test
    void each_write_to_what_a_price_or_a_choice_depends_on_is_audited() {
        UUID model = acting.catalog()
                .models()
                .create(NewModel.of("priced", ModelKind.OPEN))
                .id();
        UUID version = acting.catalog()
                .modelVersions()
                .create(NewModelVersion.of(model, Quantization.INT4, ModelFormat.GGUF))
                .id();
        acting.catalog()
                .modelVersions()
                .update(version, UpdateModelVersion.NOTHING.inputCostPer1k(Patch.set(new BigDecimal("0.5"))));
        AuditEntry dearer = last("model_version", version);
        acting.catalog().modelVersions().delete(version);
        UUID hardware = acting.catalog()
                .hardware()
                .create(NewHardwareConfig.of("aws", "A100", 1, new BigDecimal("80"), new BigDecimal("2")))
                .id();
        acting.catalog().hardware().update(hardware, UpdateHardwareConfig.NOTHING.costPerHourUsd(new BigDecimal("3")));
        AuditEntry cheaper = last("hardware_config", hardware);
        acting.catalog().hardware().delete(hardware);
        UUID framework = acting.catalog()
                .frameworks()
                .create(NewInferenceFramework.of("vllm", "1"))
                .id();
        acting.catalog().frameworks().update(framework, UpdateInferenceFramework.NOTHING.supportsStreaming(true));
        acting.catalog().frameworks().delete(framework);
        UUID useCase = acting.catalog().useCases().create(NewUseCase.of("chat")).id();
        acting.catalog().useCases().update(useCase, UpdateUseCase.NOTHING.pipelineTag(Patch.set("text-generation")));
        acting.catalog().useCases().delete(useCase);

        assertThat(actions(version))
                .containsExactly("model_version delete", "model_version update", "model_version create");
        assertThat(dearer.changes().asMap()).containsOnlyKeys("inputCostPer1k");
        assertThat(actions(hardware))
                .containsExactly("hardware_config delete", "hardware_config update", "hardware_config create");
        assertThat(cheaper.changes().asMap()).containsOnlyKeys("costPerHourUsd");
        assertThat(actions(framework))
                .containsExactly(
                        "inference_framework delete", "inference_framework update", "inference_framework create");
        assertThat(actions(useCase)).containsExactly("use_case delete", "use_case update", "use_case create");
    }

    @Test
    void how_a_model_suits_a_use_is_audited_under_both_ids() {
        UUID model = db.catalog()
                .models()
                .create(NewModel.of("suited", ModelKind.OPEN))
                .id();
        UUID use = db.catalog().useCases().create(NewUseCase.of("code")).id();
        acting.catalog().useCases().setSuitability(NewSuitability.of(model, use, 0.5));
        acting.catalog().useCases().setSuitability(NewSuitability.of(model, use, 0.75));
        AuditEntry changed = last("suitability", model + "/" + use);
        assertThat(changed.changes().asMap()).containsOnly(Map.entry("suitabilityScore", change(0.5, 0.75)));
        assertThat(acting.catalog().useCases().removeSuitability(model, use)).isTrue();
        assertThat(acting.catalog().useCases().removeSuitability(model, use)).isFalse();

        assertThat(actions(model + "/" + use))
                .containsExactly("suitability delete", "suitability set", "suitability set");
        assertThat(changed.actorLabel()).isEqualTo("root");
    }

    @Test
    void each_move_of_a_run_is_audited_and_its_progress_is_not() {
        UUID id = acting.benchmarks()
                .create(NewBenchmark.of("nightly", "openai", "gpt-4", "mmlu", 10))
                .id();
        acting.benchmarks().update(id, UpdateBenchmark.NOTHING.name("weekly"));
        acting.benchmarks().start(id);
        AuditEntry started = last("benchmark", id);
        acting.benchmarks().recordProgress(id, 9, 1);
        acting.benchmarks().complete(id, Json.of(Map.of("answers", 9)), null);
        AuditEntry completed = last("benchmark", id);
        assertThatThrownBy(() -> acting.benchmarks().cancel(id)).isInstanceOf(ConflictException.class);
        assertThat(acting.benchmarks().delete(id)).isTrue();
        assertThat(acting.benchmarks().delete(id)).isFalse();

        assertThat(actions(id))
                .containsExactly(
                        "benchmark delete",
                        "benchmark complete",
                        "benchmark start",
                        "benchmark update",
                        "benchmark create");
        assertThat(started.actorId()).isEqualTo(admin.id());
        assertThat(started.requestId()).isEqualTo("req-9");
        assertThat(started.changes().asMap()).containsOnlyKeys("status", "startedAt");
        assertThat(started.changes().asMap()).containsEntry("status", change("PENDING", "RUNNING"));
        assertThat(completed.changes().asMap()).containsOnlyKeys("status", "completedAt", "results");
    }

    @Test
    void a_run_that_fails_or_is_cancelled_is_audited_too() {
        UUID failed = db.benchmarks()
                .create(NewBenchmark.of("a", "openai", "gpt-4", "mmlu", 10))
                .id();
        db.benchmarks().start(failed);
        acting.benchmarks().fail(failed, "out of memory");
        UUID cancelled = db.benchmarks()
                .create(NewBenchmark.of("b", "openai", "gpt-4", "mmlu", 10))
                .id();
        acting.benchmarks().cancel(cancelled);

        assertThat(actions(failed)).containsExactly("benchmark fail");
        assertThat(last("benchmark", failed).changes().asMap()).containsEntry("error", change(null, "out of memory"));
        assertThat(actions(cancelled)).containsExactly("benchmark cancel");
    }

    @Test
    void an_evaluation_is_audited_when_it_is_deleted_and_its_texts_are_not_repeated() {
        NewEvaluation answer =
                NewEvaluation.of("openai", "gpt-4", "pr0mpt", "0utput").expected("exp3cted");
        UUID id = acting.evaluations().create(answer).id();
        UUID other = acting.evaluations().createAll(List.of(answer)).get(0);
        assertThat(acting.evaluations().delete(id)).isTrue();
        assertThat(acting.evaluations().delete(id)).isFalse();

        assertThat(actions(id)).containsExactly("evaluation delete");
        assertThat(actions(other)).isEmpty();
        assertThat(last("evaluation", id).actorLabel()).isEqualTo("root");
        assertThat(database.value("select string_agg(a::text, ' ') from evalstore.audit_log a"))
                .doesNotContain("pr0mpt")
                .doesNotContain("0utput")
                .doesNotContain("exp3cted");
    }

    @Test
    void each_context_names_its_own_actor_and_request() {
        Database second = db.actingAs(ActingContext.of(Actor.service("cron")).request("req-10"));
        UUID id = acting.benchmarks()
                .create(NewBenchmark.of("a", "openai", "gpt-4", "mmlu", 10))
                .id();
        second.benchmarks().start(id);
        db.actingAs(Actor.service("bare")).benchmarks().cancel(id);

        assertThat(db.audit().history("benchmark", id, 10, null).items())
                .extracting(AuditEntry::actorLabel, AuditEntry::requestId)
                .containsExactly(tuple("bare", null), tuple("cron", "req-10"), tuple("root", "req-9"));
        assertThat(db.audit().count(AuditFilter.ALL.request("req-10"))).isEqualTo(1);
    }

    @Test
    void what_is_done_to_a_job_by_hand_is_audited_and_its_life_is_not() {
        UUID id = acting.jobs().create(NewJob.of("t", Json.EMPTY)).id();
        acting.jobs().cancel(id);
        acting.jobs().retry(id);
        assertThatThrownBy(() -> acting.jobs().retry(id)).isInstanceOf(ConflictException.class);
        assertThat(acting.jobs().delete(id)).isTrue();
        assertThat(acting.jobs().delete(id)).isFalse();

        assertThat(actions(id)).containsExactly("job delete", "job retry", "job cancel");
        assertThat(db.jobs().find(id)).isEmpty();
    }

    @Test
    void what_is_done_to_configurations_by_hand_is_audited() {
        UUID version = UUID.randomUUID();
        acting.matrix().configs().requeueFailed(version);
        assertThat(acting.matrix().configs().delete(version)).isFalse();

        assertThat(actions(version)).containsExactly("benchmark_config requeue_failed");
    }

    @Test
    void a_write_that_fails_or_is_rolled_back_leaves_no_entry() {
        acting.users().create(NewUser.of("ada@x", "ada"));
        assertThatThrownBy(() -> acting.users().create(NewUser.of("ADA@x", "b")))
                .isInstanceOf(ConstraintViolationException.class);
        assertThatThrownBy(() -> acting.users().update(UUID.randomUUID(), UpdateUser.NOTHING.active(false)))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> acting.useTransaction(tx -> {
                    tx.users().create(NewUser.of("b@x", "b"));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(db.audit().count(AuditFilter.ALL)).isEqualTo(1);
    }

    @Test
    void where_the_entry_cannot_be_written_nothing_is() {
        database.admin(
                "alter table evalstore.audit_log add constraint audit_log_nobody check (actor_label <> 'root') not"
                        + " valid");
        try {
            assertThatThrownBy(() -> acting.users().create(NewUser.of("ada@x", "ada")))
                    .isInstanceOf(ConstraintViolationException.class);
            assertThat(db.users().findByUsername("ada")).isEmpty();
        } finally {
            database.admin("alter table evalstore.audit_log drop constraint audit_log_nobody");
        }
    }

    @Test
    void a_transaction_carries_the_actor_and_can_take_another() {
        UUID id = acting.inTransaction(tx -> {
            User user = tx.users().create(NewUser.of("ada@x", "ada"));
            tx.actingAs(Actor.service("cron")).users().update(user.id(), UpdateUser.NOTHING.active(false));
            tx.inTransaction(nested -> nested.users().setPassword(user.id(), "x"));
            return user.id();
        });

        assertThat(db.audit().history("user", id, 10, null).items())
                .extracting(AuditEntry::actorLabel)
                .containsExactly("root", "cron", "root");
    }

    @Test
    void without_a_context_no_entries_are_left() {
        User user = db.users().create(NewUser.of("ada@x", "ada"));
        db.users().update(user.id(), UpdateUser.NOTHING.active(false));
        db.apiKeys().create(NewApiKey.of(user.id(), "k"));

        assertThat(db.audit().count(AuditFilter.ALL)).isZero();
    }

    @Test
    void an_entry_outlives_the_user_that_it_names() {
        User ada = db.users().create(NewUser.of("ada@x", "ada"));
        UUID other = db.actingAs(ada.asActor())
                .users()
                .create(NewUser.of("b@x", "b"))
                .id();
        db.users().delete(ada.id());

        AuditEntry entry = db.audit().byActor(ada.id(), 10, null).items().get(0);
        assertThat(entry.actorLabel()).isEqualTo("ada");
        assertThat(entry.entityId()).isEqualTo(other.toString());
    }

    @Test
    void a_key_acts_under_its_own_id_and_a_name_that_tells_whose_it_is() {
        User ada = db.users().create(NewUser.of("ada@x", "ada"));
        IssuedApiKey issued = db.apiKeys().create(NewApiKey.of(ada.id(), "ci"));

        Actor actor = db.apiKeys().verify(issued.secret()).orElseThrow().asActor();

        assertThat(actor.kind()).isEqualTo(ActorKind.API_KEY);
        assertThat(actor.id()).isEqualTo(issued.key().id());
        assertThat(actor.label()).isEqualTo("ada/" + issued.key().keyId());
    }
}
