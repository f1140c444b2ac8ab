package dev.evalstore.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Actor;
import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.job.Usage;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What entries tell of params: each verb leaves one entry, and none of another verb that nobody called. */
class ExperimentAuditTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Map<String, String> LOW = Map.of("kind", "NUMBER", "text", "0.1");
    private static final Map<String, String> HIGH = Map.of("kind", "NUMBER", "text", "0.2");

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final ExperimentRepository acting =
            db.actingAs(Actor.SYSTEM).tracking().experiments();

    private Experiment create() {
        return acting.create(NewExperiment.of("a", ExperimentKind.EVALUATION)
                .param("lr", 0.1)
                .param("model", "gpt-4"));
    }

    private AuditEntry only(UUID id, String action) {
        return db
                .audit()
                .list(AuditFilter.ALL.entity("experiment", id.toString()).action(action))
                .items()
                .stream()
                .reduce((one, other) -> {
                    throw new AssertionError("two entries");
                })
                .orElseThrow();
    }

    private long entries(UUID id) {
        return db.audit()
                .list(AuditFilter.ALL.entity("experiment", id.toString()))
                .items()
                .size();
    }

    private static Map<String, Object> changes(AuditEntry entry) {
        return Objects.requireNonNull(entry.changes()).asMap();
    }

    @Test
    void an_experiment_with_params_is_created_in_one_entry_that_has_them() {
        Experiment created = create();
        assertThat(created.params()).containsEntry("lr", ParamValue.of(0.1));
        assertThat(changes(only(created.id(), "create")).get("params"))
                .isEqualTo(Map.of("to", Map.of("lr", LOW, "model", Map.of("kind", "STRING", "text", "gpt-4"))));
        assertThat(entries(created.id())).isEqualTo(1);
    }

    @Test
    void a_log_that_overwrites_tells_the_params_that_it_changed() {
        UUID id = create().id();
        acting.log(
                id,
                LogBatch.of()
                        .overwrite()
                        .param("lr", 0.2)
                        .param("model", "gpt-4")
                        .param("new", true));
        AuditEntry entry = only(id, "log");
        assertThat(changes(entry))
                .isEqualTo(Map.of("params", Map.of("from", Map.of("lr", LOW), "to", Map.of("lr", HIGH))));
        assertThat(Objects.requireNonNull(entry.metadata()).asMap())
                .isEqualTo(Map.of("points", 0, "params", 3, "tags", 0));
    }

    @Test
    void a_log_that_changes_no_param_tells_its_size_alone() {
        UUID id = create().id();
        acting.log(id, LogBatch.of().overwrite().param("lr", 0.1).tag("t"));
        AuditEntry entry = only(id, "log");
        assertThat(entry.changes()).isNull();
        assertThat(Objects.requireNonNull(entry.metadata()).asMap())
                .isEqualTo(Map.of("points", 0, "params", 1, "tags", 1));
    }

    @Test
    void an_experiment_is_completed_in_one_entry_that_has_what_was_logged() {
        UUID id = create().id();
        acting.start(id);
        LogBatch last = LogBatch.of().overwrite().param("lr", 0.2).metric("loss", 1, 1, NOON);
        acting.complete(id, Json.of(Map.of("accuracy", 1)), last, Usage.NONE);
        AuditEntry entry = only(id, "complete");
        assertThat(entries(id)).isEqualTo(3);
        assertThat(changes(entry)).containsKeys("status", "results", "params");
        assertThat(Objects.requireNonNull(entry.metadata()).asMap())
                .isEqualTo(Map.of("points", 1, "params", 1, "tags", 0));
    }
}
