package dev.evalstore.governance;

import static dev.evalstore.governance.ReviewFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.Retry;
import dev.evalstore.Tx;
import dev.evalstore.account.User;
import dev.evalstore.testkit.TestDatabase;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What stays in governance of users who are removed or anonymized. */
class GovernanceUsersTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    /** Nothing is sent a second time: a deadlock would be seen. */
    private static Database db;

    private final ReviewFixtures rows = new ReviewFixtures(database);
    private UUID ada;
    private UUID bob;
    private UUID proposal;
    private UUID held;
    private UUID amended;
    private CompletableFuture<Boolean> removed = new CompletableFuture<>();

    @BeforeAll
    static void open() {
        db = Database.open(database.config().retry(Retry.NONE).build());
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @BeforeEach
    void aProposalOfAda() {
        ada = rows.user();
        bob = rows.user();
        proposal = rows.proposal(ada);
    }

    private UUID review() {
        return db.governance().reviews().create(proposal, bob).id();
    }

    private UUID amendment(UUID user) {
        Json changes = Json.of(Map.of("license", "MIT"));
        return db.governance()
                .amendments()
                .create(NewAmendment.of(proposal, "A title", "What and why.", changes)
                        .createdBy(user))
                .id();
    }

    private UUID comment(UUID user) {
        return db.governance()
                .reviews()
                .comments()
                .create(NewReviewComment.of(review(), user, "Why?"))
                .id();
    }

    @Test
    void what_a_removed_user_proposed_wrote_and_decided_stays_with_nobodys_name() {
        UUID comment = comment(ada);
        db.governance().reviews().comments().resolve(comment, ada);
        UUID proposed = amendment(ada);
        UUID decided = amendment(bob);
        db.governance().amendments().accept(decided, ada, "Agreed.");

        assertThat(db.users().delete(ada)).isTrue();

        assertThat(db.governance().proposals().get(proposal).createdBy()).isNull();
        ReviewComment left = db.governance().reviews().comments().get(comment);
        assertThat(left.createdBy()).isNull();
        assertThat(left.resolvedBy()).isNull();
        assertThat(left.resolvedAt()).isNotNull();
        assertThat(left.content()).isEqualTo("Why?");
        assertThat(db.governance().amendments().get(proposed).createdBy()).isNull();
        ProposalAmendment accepted = db.governance().amendments().get(decided);
        assertThat(accepted.decidedBy()).isNull();
        assertThat(accepted.status()).isEqualTo(AmendmentStatus.ACCEPTED);
        assertThat(accepted.reason()).isEqualTo("Agreed.");
    }

    /** Votes and reviews are evidence: users who have one are anonymized, not removed. */
    @Test
    void a_user_who_voted_or_reviews_is_anonymized_and_not_removed() {
        UUID review = review();
        db.governance().reviews().complete(review, ReviewDecision.APPROVE, "Fine.");
        UUID voter = rows.user();
        db.governance().proposals().openVoting(proposal, Duration.ofHours(1));
        db.governance().proposals().vote(NewVote.of(proposal, voter, VoteChoice.APPROVE));

        violates("reviews_reviewer_fk", () -> db.users().delete(bob));
        violates("votes_user_fk", () -> db.users().delete(voter));

        User blank = db.users().anonymize(bob);
        db.users().anonymize(voter);
        assertThat(blank.active()).isFalse();
        assertThat(db.governance().reviews().get(review).reviewerId()).isEqualTo(bob);
        assertThat(db.governance().reviews().get(review).decision()).isEqualTo(ReviewDecision.APPROVE);
        assertThat(db.governance().proposals().get(proposal).votesFor()).isEqualTo(1);
        assertThat(db.governance().proposals().findVote(proposal, voter)).isPresent();
    }

    /** What holds the proposal and then needs the user, whose removal would set a reference in the row that is held to null. */
    enum Act {
        RESOLVES((test, tx) -> {
            UUID comment = test.held;
            tx.governance().reviews().comments().update(comment, "Why so?");
            test.removeMeanwhile();
            tx.governance().reviews().comments().resolve(comment, test.ada);
        }),
        COMMENTS((test, tx) -> {
            ReviewComment held = tx.governance().reviews().comments().update(test.held, "Why so?");
            test.removeMeanwhile();
            tx.governance().reviews().comments().create(NewReviewComment.of(held.reviewId(), test.ada, "So."));
        }),
        DECIDES((test, tx) -> {
            tx.governance().amendments().withdraw(test.amended);
            test.removeMeanwhile();
            tx.governance()
                    .amendments()
                    .create(NewAmendment.of(test.proposal, "t", "d", Json.of(Map.of("license", "MIT")))
                            .createdBy(test.ada));
        });

        private final BiConsumer<GovernanceUsersTest, Tx> act;

        Act(BiConsumer<GovernanceUsersTest, Tx> act) {
            this.act = act;
        }
    }

    private void removeMeanwhile() {
        removed = CompletableFuture.supplyAsync(() -> db.users().delete(ada));
        database.awaitBlocked();
    }

    @ParameterizedTest
    @EnumSource(Act.class)
    void a_user_is_removed_after_who_holds_the_proposal_and_not_in_a_deadlock(Act act) throws Exception {
        proposal = rows.proposal(null);
        held = comment(ada);
        amended = amendment(ada);
        db.useTransaction(tx -> act.act.accept(this, tx));
        assertThat(removed.get(30, TimeUnit.SECONDS)).isTrue();
        assertThat(db.governance()
                        .reviews()
                        .comments()
                        .count(ReviewCommentFilter.ALL.proposal(proposal).createdBy(ada)))
                .isZero();
    }
}
