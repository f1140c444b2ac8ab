package dev.evalstore.governance;

import static dev.evalstore.governance.ReviewFixtures.conflict;
import static dev.evalstore.governance.ReviewFixtures.notFound;
import static dev.evalstore.governance.ReviewFixtures.refused;
import static dev.evalstore.governance.ReviewFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Page;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.event.DomainEvent;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reviews: who may write one and when, what each verb does, and what it tells. */
class ReviewRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final ReviewRepository reviews = db.governance().reviews();
    private final ReviewFixtures rows = new ReviewFixtures(database);
    private UUID ada;
    private UUID bob;
    private UUID proposal;

    @BeforeEach
    void aProposalOfAda() {
        ada = rows.user();
        bob = rows.user();
        proposal = rows.proposal(ada);
    }

    @Test
    void a_review_is_asked_for_started_and_completed() {
        Review created = reviews.create(proposal, bob);
        assertThat(created.proposalId()).isEqualTo(proposal);
        assertThat(created.reviewerId()).isEqualTo(bob);
        assertThat(created.status()).isEqualTo(ReviewStatus.PENDING);
        assertThat(created.decision()).isNull();
        assertThat(created.submittedAt()).isNull();
        assertThat(reviews.get(created.id())).isEqualTo(created);

        assertThat(reviews.start(created.id()).status()).isEqualTo(ReviewStatus.IN_PROGRESS);
        Review completed = reviews.complete(created.id(), ReviewDecision.REQUEST_CHANGES, "Name the licence.");
        assertThat(completed.status()).isEqualTo(ReviewStatus.COMPLETED);
        assertThat(completed.decision()).isEqualTo(ReviewDecision.REQUEST_CHANGES);
        assertThat(completed.summary()).isEqualTo("Name the licence.");
        assertThat(completed.submittedAt()).isNotNull();
        assertThat(reviews.findByReviewer(proposal, bob)).contains(completed);
        assertThat(reviews.findByReviewer(proposal, ada)).isEmpty();
        assertThat(completed.toString()).doesNotContain("licence");

        Review again = reviews.reopen(created.id());
        assertThat(again.status()).isEqualTo(ReviewStatus.IN_PROGRESS);
        assertThat(again.decision()).isNull();
        assertThat(again.summary()).isNull();
        assertThat(again.submittedAt()).isNull();
        assertThat(reviews.complete(created.id(), ReviewDecision.APPROVE, "Fine.")
                        .decision())
                .isEqualTo(ReviewDecision.APPROVE);
    }

    @Test
    void a_review_is_declined_with_or_without_a_reason() {
        UUID first = reviews.create(proposal, bob).id();
        assertThat(reviews.decline(first, null).summary()).isNull();
        UUID second = reviews.create(proposal, rows.user()).id();
        reviews.start(second);
        Review declined = reviews.decline(second, "I know the author.");
        assertThat(declined.status()).isEqualTo(ReviewStatus.DECLINED);
        assertThat(declined.summary()).isEqualTo("I know the author.");
        assertThat(declined.decision()).isNull();
        assertThat(declined.submittedAt()).isNull();
        assertThat(reviews.reopen(second).summary()).isNull();
    }

    @Test
    void each_verb_moves_from_its_own_statuses_alone() {
        UUID id = reviews.create(proposal, bob).id();
        conflict("is pending: cannot reopen", () -> reviews.reopen(id));
        reviews.start(id);
        conflict("is in_progress: cannot start", () -> reviews.start(id));
        conflict("is in_progress: cannot reopen", () -> reviews.reopen(id));
        reviews.complete(id, ReviewDecision.REJECT, "No.");
        conflict("is completed: cannot start", () -> reviews.start(id));
        conflict("is completed: cannot complete", () -> reviews.complete(id, ReviewDecision.APPROVE, "Yes."));
        conflict("is completed: cannot decline", () -> reviews.decline(id, null));
        reviews.reopen(id);
        reviews.decline(id, null);
        conflict("is declined: cannot start", () -> reviews.start(id));
        conflict("is declined: cannot complete", () -> reviews.complete(id, ReviewDecision.APPROVE, "Yes."));
        conflict("is declined: cannot decline", () -> reviews.decline(id, null));
        UUID unknown = UUID.randomUUID();
        notFound(() -> reviews.start(unknown));
        notFound(() -> reviews.complete(unknown, ReviewDecision.APPROVE, "Yes."));
        notFound(() -> reviews.decline(unknown, null));
        notFound(() -> reviews.reopen(unknown));
        notFound(() -> reviews.create(unknown, bob));
    }

    @Test
    void a_proposal_is_reviewed_while_it_is_under_review_or_voted_on() {
        UUID open = reviews.create(proposal, bob).id();
        UUID ended = reviews.create(proposal, rows.user()).id();
        reviews.decline(ended, null);
        for (String status : ReviewFixtures.STATUSES) {
            rows.status(proposal, status);
            UUID another = rows.user();
            if (status.equals("under_review") || status.equals("voting")) {
                reviews.start(reviews.create(proposal, another).id());
                continue;
            }
            conflict("is " + status + ": cannot review", () -> reviews.create(proposal, another));
            conflict("is " + status + ": cannot start a review", () -> reviews.start(open));
            conflict(
                    "is " + status + ": cannot complete a review",
                    () -> reviews.complete(open, ReviewDecision.APPROVE, "Yes."));
            conflict("is " + status + ": cannot reopen a review", () -> reviews.reopen(ended));
        }
        reviews.decline(open, "Too late.");
    }

    /** A discussion is about comments and amendments. */
    @Test
    void a_closed_discussion_stops_no_review() {
        rows.closeDiscussion(proposal);
        UUID id = reviews.create(proposal, bob).id();
        assertThat(reviews.complete(id, ReviewDecision.APPROVE, "Fine.").status())
                .isEqualTo(ReviewStatus.COMPLETED);
    }

    @Test
    void neither_the_author_nor_an_inactive_user_reviews_and_nobody_twice() {
        conflict("made proposal", () -> reviews.create(proposal, ada));
        UUID id = reviews.create(proposal, bob).id();
        violates("reviews_reviewer_unique", () -> reviews.create(proposal, bob));
        violates("reviews_reviewer_fk", () -> reviews.create(proposal, UUID.randomUUID()));
        rows.deactivate(bob);
        conflict("is not active: cannot start a review", () -> reviews.start(id));
        conflict("is not active: cannot complete a review", () -> reviews.complete(id, ReviewDecision.APPROVE, "Yes."));
        reviews.decline(id, "Left.");
        conflict("is not active: cannot reopen a review", () -> reviews.reopen(id));
        UUID gone = rows.user();
        rows.deactivate(gone);
        conflict("is not active: cannot review", () -> reviews.create(proposal, gone));
    }

    @Test
    void of_two_who_complete_one_review_one_succeeds() throws Exception {
        for (int round = 0; round < 10; round++) {
            UUID id = reviews.create(proposal, rows.user()).id();
            List<String> answers = Threads.together(4, i -> () -> {
                try {
                    return reviews.complete(id, ReviewDecision.values()[i % 3], "By " + i)
                            .summary();
                } catch (ConflictException e) {
                    return "refused";
                }
            });
            assertThat(answers)
                    .filteredOn(answer -> !answer.equals("refused"))
                    .containsExactly(reviews.get(id).summary());
            assertThat(rows.events(id)).containsExactly("review.created", "review.completed");
        }
    }

    @Test
    void filters_and_pages_show_what_they_name() {
        Review pending = reviews.create(proposal, bob);
        UUID cy = rows.user();
        Review completed = reviews.complete(reviews.create(proposal, cy).id(), ReviewDecision.APPROVE, "Fine.");
        Review elsewhere = reviews.create(rows.proposal(ada), cy);
        ReviewFilter here = ReviewFilter.ALL.proposal(proposal);

        assertThat(reviews.list(here).items()).containsExactly(completed, pending);
        assertThat(reviews.list(here.status(ReviewStatus.PENDING)).items()).containsExactly(pending);
        assertThat(reviews.list(here.decision(ReviewDecision.APPROVE)).items()).containsExactly(completed);
        assertThat(reviews.list(here.decision(ReviewDecision.REJECT)).items()).isEmpty();
        assertThat(reviews.list(ReviewFilter.ALL.reviewer(cy)).items()).containsExactly(elsewhere, completed);
        assertThat(reviews.count(here.reviewer(bob))).isEqualTo(1);
        assertThat(reviews.count(here.created(null, Instant.EPOCH))).isZero();
        Page<Review> first = reviews.list(here, 1, null);
        assertThat(reviews.list(here, 1, first.next()).items()).containsExactly(pending);
    }

    @Test
    void every_change_emits_one_event_without_the_texts_and_leaves_one_entry() {
        Database acting = db.actingAs(Actor.SYSTEM);
        ReviewRepository by = acting.governance().reviews();
        UUID id = by.create(proposal, bob).id();
        by.start(id);
        by.complete(id, ReviewDecision.APPROVE, "A summary that no event tells.");
        by.reopen(id);
        by.decline(id, "A reason that no event tells.");

        List<DomainEvent> events =
                db.events().ofAggregate("review", id.toString(), 10, null).items();
        assertThat(events)
                .extracting(DomainEvent::eventType)
                .containsExactly(
                        "review.declined", "review.reopened", "review.completed", "review.started", "review.created");
        assertThat(events.get(2).payload().asMap())
                .isEqualTo(Map.of(
                        "proposalId",
                        proposal.toString(),
                        "reviewerId",
                        bob.toString(),
                        "status",
                        "COMPLETED",
                        "decision",
                        "APPROVE"));
        assertThat(events).noneMatch(event -> event.payload().text().contains("no event tells"));
        assertThat(db.audit()
                        .list(AuditFilter.ALL.entity("review", id.toString()))
                        .items())
                .extracting(AuditEntry::action)
                .containsExactly("decline", "reopen", "complete", "start", "create");
    }

    @Test
    void a_refused_change_leaves_neither_event_nor_entry() {
        UUID id = reviews.create(proposal, bob).id();
        rows.status(proposal, "approved");
        conflict(
                "cannot start a review",
                () -> db.actingAs(Actor.SYSTEM).governance().reviews().start(id));
        assertThat(rows.events(id)).containsExactly("review.created");
        assertThat(db.audit().count(AuditFilter.ALL.entity("review", id.toString())))
                .isZero();
    }

    @Test
    void bad_input_is_refused_by_the_name_of_the_field() {
        UUID id = reviews.create(proposal, bob).id();
        for (String bad : List.of("", " ", "x".repeat(20_001), "\0", "\ud83d")) {
            refused("summary", () -> reviews.complete(id, ReviewDecision.APPROVE, bad));
        }
        for (String bad : List.of("", " ", "x".repeat(1_001), "\0", "\ud83d")) {
            refused("reason", () -> reviews.decline(id, bad));
        }
        assertThat(reviews.complete(id, ReviewDecision.APPROVE, "😀".repeat(20_000))
                        .summary())
                .hasSize(40_000);
    }

    /** What no verb of this class stores is refused by the table. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "reviews_decision_when_completed     | status = 'completed', submitted_at = now(), summary = 'x'",
                "reviews_decision_when_completed     | decision = 'approve'",
                "reviews_submitted_at_when_completed | submitted_at = now()",
                "reviews_summary_when_ended          | status = 'completed', decision = 'reject', submitted_at = now()",
                "reviews_summary_until_ended         | summary = 'x'",
                "reviews_summary_length              | status = 'declined', summary = ' '",
                "reviews_decision_valid              | status = 'completed', decision = 'x', submitted_at = now(), summary = 'x'",
                "reviews_status_valid                | status = 'odd'",
                "reviews_proposal_fk                 | proposal_id = gen_random_uuid()",
                "reviews_reviewer_fk                 | reviewer_id = gen_random_uuid()"
            })
    void the_table_refuses_what_is_no_review(String constraint, String change) throws SQLException {
        UUID id = reviews.create(proposal, bob).id();
        assertThat(rows.violated("update evalstore.reviews set " + change + " where id = '" + id + "'"))
                .isEqualTo(constraint);
    }
}
