package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Repositories;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.organization.NewOrganization;
import dev.evalstore.organization.OrganizationType;
import dev.evalstore.organization.UpdateOrganization;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The events of an aggregate are in the order of its changes, whoever waited for whom. */
class EventOrderTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** How often the threads of the race move something, all together. */
    private static final int MOVES = Integer.getInteger("events.moves", 240);

    private static final String WHY = "It is not needed any more.";

    private final Database db = database.db();
    private final DefinitionRepository definitions = db.exchange().definitions();
    private final SubmissionSamples samples = new SubmissionSamples(db);

    /** An aggregate's events, the first first. */
    static List<DomainEvent> events(Database db, String type, UUID id) {
        List<DomainEvent> events = new ArrayList<>(
                db.events().ofAggregate(type, id.toString(), 1_000, null).items());
        Collections.reverse(events);
        return events;
    }

    static UUID active(Database db, String slug) {
        UUID id = ExchangeFixtures.create(db, slug).id();
        db.exchange().definitions().submitForReview(id);
        db.exchange().definitions().activate(id);
        return id;
    }

    @Test
    void a_definition_that_waited_for_another_change_tells_after_it() throws Exception {
        UUID id = active(db, "waited");
        assertThat(typesAfterWaiting(
                        "definition",
                        id,
                        r -> r.exchange().definitions().update(id, UpdateBenchmarkDefinition.NOTHING.name("One")),
                        r -> r.exchange().definitions().deprecate(id, WHY),
                        r -> r.exchange().definitions().update(id, UpdateBenchmarkDefinition.NOTHING.name("Two"))))
                .endsWith("definition.updated", "definition.updated", "definition.deprecated");
    }

    @Test
    void an_organization_that_waited_for_another_change_tells_after_it() throws Exception {
        UUID user = ExchangeFixtures.user(db, "owner");
        UUID id = db.organizations()
                .create(NewOrganization.of("waited", "Waited", OrganizationType.ENTERPRISE), user)
                .id();
        assertThat(typesAfterWaiting(
                        "organization",
                        id,
                        r -> r.organizations().update(id, UpdateOrganization.NOTHING.name("One")),
                        r -> r.organizations().verify(id, user),
                        r -> r.organizations().update(id, UpdateOrganization.NOTHING.name("Two"))))
                .endsWith("organization.updated", "organization.updated", "organization.verified");
    }

    @Test
    void a_submission_that_waited_for_another_change_tells_after_it() throws Exception {
        UUID id = samples.submit("waited", 1).id();
        assertThat(typesAfterWaiting(
                        "submission",
                        id,
                        r -> r.exchange().submissions().changeVisibility(id, SubmissionVisibility.UNLISTED),
                        r -> r.exchange().submissions().softDelete(id),
                        r -> r.exchange().submissions().changeVisibility(id, SubmissionVisibility.PUBLIC)))
                .endsWith("submission.visibility_changed", "submission.visibility_changed", "submission.deleted");
    }

    @Test
    void a_community_verification_that_waited_for_another_change_tells_after_it() throws Exception {
        CommunityFixtures fixtures = new CommunityFixtures(database);
        UUID id = db.exchange()
                .communityVerifications()
                .create(NewCommunityVerification.of(
                        fixtures.submission(fixtures.user()), fixtures.user(), true, "A laptop."))
                .id();
        UUID moderator = fixtures.user();
        assertThat(typesAfterWaiting(
                        "community_verification",
                        id,
                        r -> review(r, id, moderator, VerificationReview.REJECTED),
                        r -> r.exchange().communityVerifications().flag(id),
                        r -> review(r, id, moderator, VerificationReview.APPROVED)))
                .endsWith(
                        "community_verification.reviewed",
                        "community_verification.reviewed",
                        "community_verification.flagged");
    }

    private static void review(Repositories rooms, UUID id, UUID moderator, VerificationReview decision) {
        rooms.exchange().communityVerifications().review(id, moderator, decision, null);
    }

    /** The second change comes to wait for the first one, and then the transaction of the first one makes the third. */
    private List<String> typesAfterWaiting(
            String type,
            UUID id,
            Consumer<Repositories> first,
            Consumer<Repositories> waiting,
            Consumer<Repositories> third)
            throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> waited = db.inTransaction(tx -> {
                first.accept(tx);
                Future<?> begun = thread.submit(() -> waiting.accept(db));
                database.awaitBlocked();
                third.accept(tx);
                return begun;
            });
            waited.get(1, TimeUnit.MINUTES);
        } finally {
            thread.shutdownNow();
        }
        return events(db, type, id).stream().map(DomainEvent::eventType).toList();
    }

    /** Threads move the same definitions and submissions, and roll back a third of it; the events are the moves that were committed. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 1)
    void events_of_an_aggregate_are_its_committed_changes_in_their_order(long seed) throws Exception {
        List<UUID> moved = new ArrayList<>();
        List<UUID> shown = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            moved.add(active(db, "moved-" + seed + "-" + i));
            shown.add(samples.submit("moved-" + seed + "-" + i, 1).id());
        }
        List<Integer> committed = Threads.together(8, thread -> () -> {
            Random random = new Random(seed * 100 + thread);
            int done = 0;
            for (int i = 0; i < MOVES / 8; i++) {
                done += move(random, moved, shown) ? 1 : 0;
            }
            return done;
        });

        int appended = 0;
        for (UUID id : moved) {
            List<DomainEvent> events = events(db, "definition", id);
            appended += events.size() - 3;
            assertAlternate(events.subList(2, events.size()), "status");
            assertThat(events.get(events.size() - 1).payload().asMap())
                    .containsEntry("status", definitions.get(id).status().name());
        }
        for (UUID id : shown) {
            List<DomainEvent> events = events(db, "submission", id);
            appended += events.size() - 1;
            assertAlternate(events, "visibility");
            assertThat(events.get(events.size() - 1).payload().asMap())
                    .containsEntry(
                            "visibility",
                            db.exchange()
                                    .submissions()
                                    .get(id, Viewer.PLATFORM)
                                    .visibility()
                                    .name());
        }
        assertThat(appended).isEqualTo(committed.stream().mapToInt(n -> n).sum());
    }

    /** False where another one was faster, or it was rolled back. */
    private boolean move(Random random, List<UUID> moved, List<UUID> shown) throws SQLException {
        UUID definition = moved.get(random.nextInt(moved.size()));
        UUID submission = shown.get(random.nextInt(shown.size()));
        boolean isDefinition = random.nextBoolean();
        boolean isBack = random.nextBoolean();
        boolean rollsBack = random.nextInt(3) == 0;
        try {
            return db.inTransaction(tx -> {
                boolean isDone = true;
                if (!isDefinition) {
                    SubmissionVisibility next = isBack ? SubmissionVisibility.PUBLIC : SubmissionVisibility.UNLISTED;
                    // The lock is the submission's own, so that a change is told from none.
                    try (Statement lock = tx.connection().createStatement()) {
                        lock.execute("select from evalstore.submissions where id = '" + submission + "' for update");
                    }
                    isDone = tx.exchange()
                                    .submissions()
                                    .get(submission, Viewer.PLATFORM)
                                    .visibility()
                            != next;
                    tx.exchange().submissions().changeVisibility(submission, next);
                } else if (isBack) {
                    tx.exchange().definitions().reactivate(definition);
                } else {
                    tx.exchange().definitions().deprecate(definition, "It is not needed any more.");
                }
                if (rollsBack) {
                    throw new RollBack();
                }
                return isDone;
            });
        } catch (ConflictException | RollBack e) {
            return false;
        }
    }

    private static void assertAlternate(List<DomainEvent> events, String field) {
        for (int i = 1; i < events.size(); i++) {
            assertThat(events.get(i).payload().asMap().get(field))
                    .as(events.get(i).toString())
                    .isNotEqualTo(events.get(i - 1).payload().asMap().get(field));
        }
    }

    private static final class RollBack extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
