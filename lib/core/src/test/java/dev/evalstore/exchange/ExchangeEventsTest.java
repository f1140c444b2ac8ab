package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ActingContext;
import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the exchange's events say. That each write appends its own is proved by {@code UnknownOutcomeTest}. */
class ExchangeEventsTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Duration HOUR = Duration.ofHours(1);

    private final Database db = database.db();
    private final DefinitionRepository definitions = db.exchange().definitions();
    private final SubmissionSamples samples = new SubmissionSamples(db);

    /** An aggregate's events, the first first. */
    private List<DomainEvent> events(String type, UUID id) {
        return EventOrderTest.events(db, type, id);
    }

    private static List<String> types(List<DomainEvent> events) {
        return events.stream().map(DomainEvent::eventType).toList();
    }

    @Test
    void an_event_tells_the_row_as_it_is_after_the_change() {
        UUID id = EventOrderTest.active(db, "told");

        List<DomainEvent> events = events("definition", id);
        assertThat(types(events))
                .containsExactly("definition.created", "definition.submitted_for_review", "definition.activated");
        Map<String, Object> expected = new HashMap<>();
        expected.put("slug", "told");
        expected.put("name", "Name of told");
        expected.put("category", "ACCURACY");
        expected.put("status", "ACTIVE");
        expected.put("organizationId", null);
        expected.put("createdBy", null);
        assertThat(events.get(2).payload().asMap()).isEqualTo(expected);
        UUID version = definitions.latest(id).orElseThrow().id();
        assertThat(events("definition_version", version)).singleElement().satisfies(event -> {
            assertThat(event.payload().asMap()).containsEntry("version", "1.0.0");
            assertThat(event.payload().asMap()).containsEntry("definitionId", id.toString());
        });
    }

    @Test
    void an_event_has_the_actor_and_the_cause_of_the_acting_context() {
        UUID user = ExchangeFixtures.user(db, "actor");
        UUID correlation = UUID.randomUUID();
        UUID causation = UUID.randomUUID();
        Actor actor = new Actor(ActorKind.USER, user, "ada", null, null);
        Database acting = db.actingAs(ActingContext.of(actor).causedBy(correlation, causation));

        UUID definition = ExchangeFixtures.create(acting, "acted").id();

        assertThat(events("definition", definition)).singleElement().satisfies(event -> {
            assertThat(event.actorId()).isEqualTo(user);
            assertThat(event.correlationId()).isEqualTo(correlation);
            assertThat(event.causationId()).isEqualTo(causation);
        });
    }

    @Test
    void a_change_that_changes_nothing_or_is_refused_or_rolled_back_appends_nothing() {
        UUID id = EventOrderTest.active(db, "unchanged");
        NewSubmission submission = samples.of("same", NewSubmission.Submitter.named("somebody"), 1);
        UUID submitted = samples.submit(submission).id();
        String before = database.value("select count(*) from evalstore.domain_events");

        definitions.update(id, UpdateBenchmarkDefinition.NOTHING);
        definitions.update(id, UpdateBenchmarkDefinition.NOTHING.name("Name of unchanged"));
        db.exchange().submissions().submit(submission);
        db.exchange().submissions().changeVisibility(submitted, SubmissionVisibility.PUBLIC);
        assertThatThrownBy(() -> definitions.activate(id)).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> db.inTransaction(tx -> {
                    tx.exchange().definitions().deprecate(id, "It is not needed any more.");
                    throw new IllegalStateException("on purpose");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(database.value("select count(*) from evalstore.domain_events"))
                .isEqualTo(before);
    }

    @Test
    void while_a_submission_is_private_its_events_have_ids_alone() {
        UUID user = ExchangeFixtures.user(db, "discreet");
        UUID id = samples.submit(samples.of("secret", NewSubmission.Submitter.user(user, "Ada"), 2)
                        .visibility(SubmissionVisibility.PRIVATE))
                .id();
        db.exchange().submissions().changeVisibility(id, SubmissionVisibility.UNLISTED);
        db.exchange().submissions().changeVisibility(id, SubmissionVisibility.PRIVATE);
        db.exchange().submissions().softDelete(id);

        Map<String, Object> ids = new HashMap<>();
        ids.put("definitionId", samples.definitionVersion().definitionId().toString());
        ids.put("versionId", samples.definitionVersion().id().toString());
        ids.put("submittedBy", user.toString());
        ids.put("organizationId", null);
        List<DomainEvent> events = events("submission", id);
        assertThat(types(events))
                .containsExactly(
                        "submission.created",
                        "submission.visibility_changed",
                        "submission.visibility_changed",
                        "submission.deleted");
        for (int i : new int[] {0, 2, 3}) {
            assertThat(events.get(i).payload().asMap()).isEqualTo(ids);
        }
        assertThat(events.get(1).payload().asMap())
                .containsEntry("visibility", "UNLISTED")
                .containsEntry("aggregateScore", 1.0)
                .containsEntry("modelName", "secret");
    }

    /** One statement takes them all away, and some have had their last loss. */
    @Test
    void a_rescue_appends_one_event_for_each_verification_and_the_fifth_loss_is_a_failure() {
        VerificationRepository verifications = db.exchange().verifications();
        Worker worker = db.workers().register(NewWorker.of("lost"));
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            UUID submission = samples.submit("model-" + i, 1).id();
            ids.add(verifications
                    .request(NewVerification.of(submission, VerificationKind.PLATFORM))
                    .id());
        }
        for (int loss = 1; loss <= 5; loss++) {
            assertThat(verifications.claim(worker, VerificationScope.ALL, 10, HOUR))
                    .hasSize(3);
            database.admin("update evalstore.verification_leases set claimed_at = claimed_at - interval '9 days',"
                    + " deadline = deadline - interval '9 days'");
            assertThat(verifications.requeueExpired(10)).isEqualTo(3);
        }

        for (UUID id : ids) {
            List<String> expected = new ArrayList<>(List.of("verification.requested"));
            for (int loss = 1; loss <= 5; loss++) {
                expected.add("verification.claimed");
                expected.add(loss < 5 ? "verification.requeued" : "verification.failed");
            }
            List<DomainEvent> events = events("verification", id);
            assertThat(types(events)).isEqualTo(expected);
            assertThat(events.get(10).payload().asMap())
                    .containsEntry("status", "FAILED")
                    .containsEntry("kind", "PLATFORM")
                    .containsKey("submissionId");
        }
    }

    /** Claims ask all the time, and most of them find nothing. */
    @Test
    void a_claim_that_finds_nothing_draws_no_position() {
        VerificationRepository verifications = db.exchange().verifications();
        UUID submission = samples.submit("idle", 1).id();
        verifications.cancel(verifications
                .request(NewVerification.of(submission, VerificationKind.PLATFORM))
                .id());
        Worker worker = db.workers().register(NewWorker.of("idle"));
        VerificationScope scope =
                VerificationScope.definition(samples.definitionVersion().definitionId());
        String last = "select last_value from evalstore.domain_event_positions";
        String before = database.value(last);
        for (int i = 0; i < 3; i++) {
            assertThat(verifications.claim(worker, scope, 10, HOUR)).isEmpty();
        }
        assertThat(database.value(last)).isEqualTo(before);
    }
}
