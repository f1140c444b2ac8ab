package dev.evalstore.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.evalstore.catalog.ModelFormat;
import dev.evalstore.catalog.ModelKind;
import dev.evalstore.catalog.NewHardwareConfig;
import dev.evalstore.catalog.NewInferenceFramework;
import dev.evalstore.catalog.NewModel;
import dev.evalstore.catalog.NewModelVersion;
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
    private final Actor admin = new Actor(ActorKind.USER, UUID.randomUUID(), "root", null, null, "req-9");
    private final Database acting = db.actingAs(admin);

    @BeforeEach
    void empty() {
        database.admin("set session_replication_role = replica; delete from evalstore.audit_log");
        database.admin("delete from evalstore.users");
    }

    private List<String> actions(Object id) {
        return db.audit().list(AuditFilter.ALL, 100, null).items().stream()
                .filter(line -> id.toString().equals(line.entityId()))
                .map(line -> line.entityType() + " " + line.action())
                .toList();
    }

    private AuditEntry last(String type, Object id) {
        return db.audit().history(type, id, 1, null).items().get(0);
    }

    @Test
    void each_write_to_a_user_leaves_a_line_with_the_actor_and_what_changed() {
        User user = acting.users().create(NewUser.of("ada@x", "ada").password("correct horse"));
        acting.users()
                .update(user.id(), UpdateUser.NOTHING.withRole(UserRole.ADMIN).withDisplayName(Patch.set("Ada")));
        AuditEntry update = last("user", user.id());
        acting.users().update(user.id(), UpdateUser.NOTHING.withRole(UserRole.ADMIN));
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
    void each_write_to_a_key_leaves_a_line_and_no_secret() {
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
    void each_write_to_a_model_leaves_a_line() {
        UUID id = acting.models().create(NewModel.of("tiny", ModelKind.OPEN)).id();
        acting.models().update(id, UpdateModel.NOTHING.withName("tiny-2"));
        AuditEntry update = last("model", id);
        acting.models().delete(id);

        assertThat(actions(id)).containsExactly("model delete", "model update", "model create");
        assertThat(update.changes().asMap()).containsOnly(Map.entry("name", change("tiny", "tiny-2")));
    }

    @Test
    void each_write_to_what_a_price_or_a_choice_depends_on_leaves_a_line() {
        UUID model =
                acting.models().create(NewModel.of("priced", ModelKind.OPEN)).id();
        UUID version = acting.modelVersions()
                .create(NewModelVersion.of(model, Quantization.INT4, ModelFormat.GGUF))
                .id();
        acting.modelVersions()
                .update(version, UpdateModelVersion.NOTHING.withInputCostPer1k(Patch.set(new BigDecimal("0.5"))));
        AuditEntry dearer = last("model_version", version);
        acting.modelVersions().delete(version);
        UUID hardware = acting.hardware()
                .create(NewHardwareConfig.of("aws", "A100", 1, new BigDecimal("80"), new BigDecimal("2")))
                .id();
        acting.hardware().update(hardware, UpdateHardwareConfig.NOTHING.withCostPerHourUsd(new BigDecimal("3")));
        AuditEntry cheaper = last("hardware_config", hardware);
        acting.hardware().delete(hardware);
        UUID framework = acting.frameworks()
                .create(NewInferenceFramework.of("vllm", "1"))
                .id();
        acting.frameworks().update(framework, UpdateInferenceFramework.NOTHING.withSupportsStreaming(true));
        acting.frameworks().delete(framework);
        UUID useCase = acting.useCases().create(NewUseCase.of("chat")).id();
        acting.useCases().update(useCase, UpdateUseCase.NOTHING.withPipelineTag(Patch.set("text-generation")));
        acting.useCases().delete(useCase);

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
    void what_is_done_to_a_job_by_hand_leaves_a_line_and_its_life_does_not() {
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
    void what_is_done_to_configurations_by_hand_leaves_a_line() {
        UUID version = UUID.randomUUID();
        acting.configs().requeueFailed(version);
        assertThat(acting.configs().delete(version)).isFalse();

        assertThat(actions(version)).containsExactly("model_version requeue_failed_configs");
    }

    @Test
    void a_write_that_fails_or_is_rolled_back_leaves_no_line() {
        acting.users().create(NewUser.of("ada@x", "ada"));
        assertThatThrownBy(() -> acting.users().create(NewUser.of("ADA@x", "b")))
                .isInstanceOf(ConstraintViolationException.class);
        assertThatThrownBy(() -> acting.users().update(UUID.randomUUID(), UpdateUser.NOTHING.withActive(false)))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> acting.useTransaction(tx -> {
                    tx.users().create(NewUser.of("b@x", "b"));
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(db.audit().count(AuditFilter.ALL)).isEqualTo(1);
    }

    @Test
    void where_the_line_cannot_be_written_nothing_is() {
        database.admin(
                "alter table evalstore.audit_log add constraint audit_log_nobody check (actor_label <> 'root') not valid");
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
            tx.actingAs(Actor.service("cron")).users().update(user.id(), UpdateUser.NOTHING.withActive(false));
            tx.inTransaction(nested -> nested.users().setPassword(user.id(), "x"));
            return user.id();
        });

        assertThat(db.audit().history("user", id, 10, null).items())
                .extracting(AuditEntry::actorLabel)
                .containsExactly("root", "cron", "root");
    }

    @Test
    void without_an_actor_no_lines_are_left() {
        User user = db.users().create(NewUser.of("ada@x", "ada"));
        db.users().update(user.id(), UpdateUser.NOTHING.withActive(false));
        db.apiKeys().create(NewApiKey.of(user.id(), "k"));

        assertThat(db.audit().count(AuditFilter.ALL)).isZero();
    }

    @Test
    void the_trail_survives_the_user_who_made_it() {
        User ada = db.users().create(NewUser.of("ada@x", "ada"));
        UUID other = db.actingAs(Actor.user(ada))
                .users()
                .create(NewUser.of("b@x", "b"))
                .id();
        db.users().delete(ada.id());

        AuditEntry line = db.audit().byActor(ada.id(), 10, null).items().get(0);
        assertThat(line.actorLabel()).isEqualTo("ada");
        assertThat(line.entityId()).isEqualTo(other.toString());
    }

    @Test
    void a_key_acts_under_its_own_id_and_a_name_that_tells_whose_it_is() {
        User ada = db.users().create(NewUser.of("ada@x", "ada"));
        IssuedApiKey issued = db.apiKeys().create(NewApiKey.of(ada.id(), "ci"));

        Actor actor = Actor.apiKey(db.apiKeys().verify(issued.secret()).orElseThrow());

        assertThat(actor.kind()).isEqualTo(ActorKind.API_KEY);
        assertThat(actor.id()).isEqualTo(issued.key().id());
        assertThat(actor.label()).isEqualTo("ada/" + issued.key().keyId());
    }
}
