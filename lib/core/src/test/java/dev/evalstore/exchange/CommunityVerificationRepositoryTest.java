package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.notFound;
import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static dev.evalstore.exchange.ExchangeFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.Page;
import dev.evalstore.TxOptions;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.testkit.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Reports of users who ran a submission again: who may make and see them, and what votes, reviews and flags do. */
class CommunityVerificationRepositoryTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final CommunityVerificationRepository verifications = db.exchange().communityVerifications();
    private CommunityFixtures rows;
    private UUID ada;
    private UUID submission;

    @BeforeEach
    void aSubmissionOfAda() {
        rows = new CommunityFixtures(database);
        ada = rows.user();
        submission = rows.submission(ada);
    }

    private NewCommunityVerification by(UUID verifier) {
        return NewCommunityVerification.of(submission, verifier, true, "A laptop.");
    }

    private static void conflict(String text, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(ConflictException.class).hasMessageContaining(text);
    }

    @Test
    void what_was_created_is_returned_and_found_as_it_was_stored() {
        UUID bob = rows.user();
        CommunityVerification created = verifications.create(by(bob).reproducedScore(0.75)
                .environmentHash("0123456789abcdef".repeat(4))
                .evidenceUrl("https://example.org/logs")
                .notes("Two cases timed out at first."));
        assertThat(created.submissionId()).isEqualTo(submission);
        assertThat(created.verifierId()).isEqualTo(bob);
        assertThat(created.reproduced()).isTrue();
        assertThat(created.reproducedScore()).isEqualTo(0.75);
        assertThat(created.environmentDescription()).isEqualTo("A laptop.");
        assertThat(created.environmentHash()).isEqualTo("0123456789abcdef".repeat(4));
        assertThat(created.evidenceUrl()).isEqualTo("https://example.org/logs");
        assertThat(created.notes()).isEqualTo("Two cases timed out at first.");
        assertThat(created.up()).isZero();
        assertThat(created.down()).isZero();
        assertThat(created.flagged()).isFalse();
        assertThat(created.review()).isNull();
        assertThat(created.reachedAt()).isNull();
        assertThat(verifications.find(created.id(), Viewer.ANONYMOUS)).contains(created);
        assertThat(verifications.get(created.id(), Viewer.user(ada))).isEqualTo(created);
        notFound(() -> verifications.get(UUID.randomUUID(), Viewer.PLATFORM));
    }

    @Test
    void one_user_verifies_a_submission_once() {
        UUID bob = rows.user();
        verifications.create(by(bob));
        violates("community_verifications_verifier_unique", () -> verifications.create(by(bob)));
        assertThat(verifications.count(CommunityVerificationFilter.ALL.submission(submission), Viewer.PLATFORM))
                .isEqualTo(1);
    }

    @Test
    void neither_the_submitter_nor_a_fellow_member_verifies_votes_or_reviews() {
        UUID organization = ExchangeFixtures.organization(database, "o" + UUID.randomUUID());
        UUID fellow = rows.user();
        db.organizations().addMember(organization, fellow);
        submission = rows.submission(ada, organization, SubmissionVisibility.PUBLIC);
        UUID verification = rows.verification(submission).id();
        for (UUID own : List.of(ada, fellow)) {
            conflict("cannot verify", () -> verifications.create(by(own)));
            conflict("cannot vote", () -> verifications.vote(verification, own, VoteDirection.UP));
            conflict("cannot review", () -> verifications.review(verification, own, VerificationReview.REJECTED, null));
        }
        assertThat(verifications.get(verification, Viewer.PLATFORM).up()).isZero();
        assertThat(verifications.count(CommunityVerificationFilter.ALL.submission(submission), Viewer.PLATFORM))
                .isEqualTo(1);
    }

    /** Whoever joins the organization comes before the act, and is refused, or after it. */
    @Test
    void a_membership_that_is_not_committed_yet_is_waited_for() throws Exception {
        UUID organization = ExchangeFixtures.organization(database, "o" + UUID.randomUUID());
        submission = rows.submission(ada, organization, SubmissionVisibility.PUBLIC);
        UUID verification = rows.verification(submission).id();
        UUID bob = rows.user();
        List<CompletableFuture<Object>> acts = new ArrayList<>();
        db.useTransaction(tx -> {
            tx.organizations().addMember(organization, bob);
            acts.add(CompletableFuture.supplyAsync(() -> verifications.create(by(bob))));
            acts.add(CompletableFuture.supplyAsync(() -> verifications.vote(verification, bob, VoteDirection.UP)));
            acts.add(CompletableFuture.supplyAsync(
                    () -> verifications.review(verification, bob, VerificationReview.REJECTED, null)));
            database.awaitBlocked(3);
        });
        for (CompletableFuture<Object> act : acts) {
            assertThatThrownBy(() -> act.get(1, TimeUnit.MINUTES))
                    .hasRootCauseInstanceOf(ConflictException.class)
                    .hasMessageContaining("is a member of the organization that did");
        }
    }

    @Test
    void another_isolation_level_is_refused() {
        UUID verification = rows.verification(submission).id();
        UUID bob = rows.user();
        for (Isolation isolation : List.of(Isolation.REPEATABLE_READ, Isolation.SERIALIZABLE)) {
            for (Consumer<CommunityVerificationRepository> act : List.<Consumer<CommunityVerificationRepository>>of(
                    all -> all.create(by(bob)),
                    all -> all.vote(verification, bob, VoteDirection.UP),
                    all -> all.review(verification, bob, VerificationReview.APPROVED, null))) {
                assertThatThrownBy(() -> db.inTransaction(TxOptions.DEFAULT.isolation(isolation), tx -> {
                            act.accept(tx.exchange().communityVerifications());
                            return true;
                        }))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("read committed");
            }
        }
    }

    @Test
    void nobody_votes_on_or_reviews_what_is_ones_own() {
        CommunityVerification own = rows.verification(submission);
        conflict("cannot vote", () -> verifications.vote(own.id(), own.verifierId(), VoteDirection.UP));
        conflict(
                "cannot review",
                () -> verifications.review(own.id(), own.verifierId(), VerificationReview.APPROVED, null));
    }

    @Test
    void an_inactive_user_writes_nothing() {
        UUID verification = rows.verification(submission).id();
        UUID bob = rows.user();
        rows.deactivate(bob);
        conflict("is not active: cannot verify", () -> verifications.create(by(bob)));
        conflict("is not active: cannot vote", () -> verifications.vote(verification, bob, VoteDirection.UP));
        conflict(
                "is not active: cannot review",
                () -> verifications.review(verification, bob, VerificationReview.APPROVED, null));
    }

    @Test
    void an_unknown_user_or_row_is_named() {
        UUID nobody = UUID.randomUUID();
        UUID verification = rows.verification(submission).id();
        violates("community_verifications_verifier_fk", () -> verifications.create(by(nobody)));
        violates("verification_votes_user_fk", () -> verifications.vote(verification, nobody, VoteDirection.UP));
        violates(
                "community_verifications_reviewed_by_fk",
                () -> verifications.review(verification, nobody, VerificationReview.APPROVED, null));
        notFound(() -> verifications.vote(nobody, ada, VoteDirection.UP));
        notFound(() -> verifications.withdrawVote(nobody, ada));
        notFound(() -> verifications.flag(nobody));
        notFound(() -> verifications.unflag(nobody));
        notFound(() -> verifications.review(nobody, ada, VerificationReview.APPROVED, null));
        notFound(() -> verifications.create(NewCommunityVerification.of(nobody, rows.user(), true, "A laptop.")));
    }

    @Test
    void what_a_user_may_not_see_is_not_found_by_the_user() {
        UUID hidden = rows.submission(ada, null, SubmissionVisibility.PRIVATE);
        UUID verification = rows.verification(hidden, rows.admin()).id();
        UUID stranger = rows.user();
        notFound(() -> verifications.create(NewCommunityVerification.of(hidden, stranger, true, "A laptop.")));
        notFound(() -> verifications.vote(verification, stranger, VoteDirection.UP));
        notFound(() -> verifications.review(verification, stranger, VerificationReview.APPROVED, null));
        assertThat(verifications.find(verification, Viewer.user(stranger))).isEmpty();
        assertThat(verifications.find(verification, Viewer.user(ada))).isPresent();
        assertThat(verifications
                        .vote(verification, rows.admin(), VoteDirection.UP)
                        .up())
                .isEqualTo(1);
    }

    @Test
    void a_deleted_submission_gets_nothing_new_and_keeps_its_level() {
        UUID verification = rows.verification(submission).id();
        UUID against = rows.user();
        verifications.vote(verification, against, VoteDirection.DOWN);
        rows.vote(verification, VoteDirection.UP, 3);
        rows.delete(submission);
        UUID admin = rows.admin();
        notFound(() -> verifications.create(by(admin)));
        notFound(() -> verifications.vote(verification, admin, VoteDirection.UP));
        notFound(() -> verifications.review(verification, admin, VerificationReview.APPROVED, null));
        assertThat(verifications.find(verification, Viewer.user(admin))).isPresent();
        assertThat(verifications.find(verification, Viewer.user(ada))).isEmpty();
        assertThat(verifications.withdrawVote(verification, against)).isTrue();
        assertThat(rows.level(submission)).isEqualTo(VerificationLevel.UNVERIFIED);
    }

    @Test
    void lists_go_newest_first_by_pages_and_count_what_they_show() {
        CommunityVerification first = rows.verification(submission);
        CommunityVerification second = rows.verification(submission);
        CommunityVerification third = rows.verification(submission);
        CommunityVerificationFilter ofThis = CommunityVerificationFilter.ALL.submission(submission);
        Page<CommunityVerification> page = verifications.list(ofThis, Viewer.ANONYMOUS, 2, null);
        assertThat(page.items()).containsExactly(third, second);
        assertThat(verifications.list(ofThis, Viewer.ANONYMOUS, 2, page.next()).items())
                .containsExactly(first);
        assertThat(verifications.count(ofThis, Viewer.ANONYMOUS)).isEqualTo(3);
        refused("limit", () -> verifications.list(ofThis, Viewer.ANONYMOUS, 0, null));
    }

    @Test
    void each_condition_of_the_filter_is_applied() {
        UUID bob = rows.user();
        CommunityVerification other = rows.verification(submission);
        CommunityVerification of =
                verifications.create(NewCommunityVerification.of(submission, bob, false, "A server."));
        of = verifications.flag(of.id());
        of = verifications.review(of.id(), rows.user(), VerificationReview.APPROVED, null);
        CommunityVerificationFilter all = CommunityVerificationFilter.ALL.submission(submission);
        Instant soon = of.createdAt().plusSeconds(60);
        for (CommunityVerificationFilter only : List.of(
                all.verifier(bob),
                all.reproduced(false),
                all.flagged(true),
                all.reviewed(true),
                all.review(VerificationReview.APPROVED),
                all.created(of.createdAt(), null))) {
            assertThat(verifications.list(only, Viewer.ANONYMOUS, 10, null).items())
                    .containsExactly(of);
            assertThat(verifications.count(only, Viewer.ANONYMOUS)).isEqualTo(1);
        }
        for (CommunityVerificationFilter rest : List.of(
                all.verifier(other.verifierId()),
                all.reproduced(true),
                all.flagged(false),
                all.reviewed(false),
                all.created(null, of.createdAt()))) {
            assertThat(verifications.list(rest, Viewer.ANONYMOUS, 10, null).items())
                    .containsExactly(other);
        }
        for (CommunityVerificationFilter none : List.of(
                all.submission(UUID.randomUUID()), all.review(VerificationReview.REJECTED), all.created(soon, null))) {
            assertThat(verifications.list(none, Viewer.ANONYMOUS, 10, null).items())
                    .isEmpty();
        }
    }

    /** A list that names no submission would tell the ids of unlisted ones. */
    @Test
    void those_of_an_unlisted_submission_are_listed_by_its_id_alone() {
        UUID unlisted = rows.submission(ada, null, SubmissionVisibility.UNLISTED);
        CommunityVerification its = rows.verification(unlisted);
        CommunityVerificationFilter byVerifier = CommunityVerificationFilter.ALL.verifier(its.verifierId());
        for (Viewer viewer : List.of(Viewer.ANONYMOUS, Viewer.user(rows.user()))) {
            assertThat(verifications.find(its.id(), viewer)).contains(its);
            assertThat(verifications
                            .list(byVerifier.submission(unlisted), viewer, 10, null)
                            .items())
                    .containsExactly(its);
            assertThat(verifications.list(byVerifier, viewer, 10, null).items()).isEmpty();
            assertThat(verifications.count(byVerifier, viewer)).isZero();
        }
        for (Viewer viewer : List.of(Viewer.PLATFORM, Viewer.user(ada), Viewer.user(rows.admin()))) {
            assertThat(verifications.list(byVerifier, viewer, 10, null).items()).containsExactly(its);
            assertThat(verifications.count(byVerifier, viewer)).isEqualTo(1);
        }
    }

    @Test
    void a_review_is_kept_with_who_when_and_why_and_replaced_by_the_next() {
        UUID verification = rows.verification(submission).id();
        UUID moderator = rows.user();
        CommunityVerification approved =
                verifications.review(verification, moderator, VerificationReview.APPROVED, "The logs fit.");
        assertThat(approved.review()).isEqualTo(VerificationReview.APPROVED);
        assertThat(approved.reviewedBy()).isEqualTo(moderator);
        assertThat(approved.reviewedAt()).isNotNull();
        assertThat(approved.reviewNotes()).isEqualTo("The logs fit.");

        UUID another = rows.user();
        CommunityVerification rejected = verifications.review(verification, another, VerificationReview.REJECTED, null);
        assertThat(rejected.review()).isEqualTo(VerificationReview.REJECTED);
        assertThat(rejected.reviewedBy()).isEqualTo(another);
        assertThat(rejected.reviewNotes()).isNull();

        db.users().delete(another);
        CommunityVerification later = verifications.get(verification, Viewer.ANONYMOUS);
        assertThat(later.reviewedBy()).isNull();
        assertThat(later.review()).isEqualTo(VerificationReview.REJECTED);
    }

    @Test
    void a_flag_is_set_once_and_taken_back_once() {
        UUID verification = rows.verification(submission).id();
        conflict("is unflagged: cannot unflag", () -> verifications.unflag(verification));
        assertThat(verifications.flag(verification).flagged()).isTrue();
        conflict("is flagged: cannot flag", () -> verifications.flag(verification));
        assertThat(verifications.unflag(verification).flagged()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(VoteDirection.class)
    void a_vote_is_counted_changed_and_withdrawn(VoteDirection direction) {
        UUID verification = rows.verification(submission).id();
        UUID bob = rows.user();
        VoteDirection other = direction == VoteDirection.UP ? VoteDirection.DOWN : VoteDirection.UP;

        assertCounts(verifications.vote(verification, bob, direction), direction, 1);
        assertCounts(verifications.vote(verification, bob, direction), direction, 1);
        VerificationVote first =
                verifications.findVote(verification, bob, Viewer.ANONYMOUS).orElseThrow();
        assertThat(first.direction()).isEqualTo(direction);

        assertCounts(verifications.vote(verification, bob, other), other, 1);
        VerificationVote changed =
                verifications.findVote(verification, bob, Viewer.ANONYMOUS).orElseThrow();
        assertThat(changed.direction()).isEqualTo(other);
        assertThat(changed.createdAt()).isEqualTo(first.createdAt());

        assertThat(verifications.withdrawVote(verification, bob)).isTrue();
        assertThat(verifications.withdrawVote(verification, bob)).isFalse();
        assertCounts(verifications.get(verification, Viewer.ANONYMOUS), direction, 0);
        assertThat(verifications.findVote(verification, bob, Viewer.ANONYMOUS)).isEmpty();
    }

    private static void assertCounts(CommunityVerification verification, VoteDirection direction, int votes) {
        assertThat(verification.up()).isEqualTo(direction == VoteDirection.UP ? votes : 0);
        assertThat(verification.down()).isEqualTo(direction == VoteDirection.DOWN ? votes : 0);
    }

    @Test
    void votes_go_latest_first_by_pages_and_are_seen_as_the_submission_is() {
        submission = rows.submission(ada, null, SubmissionVisibility.PRIVATE);
        UUID verification = rows.verification(submission, rows.admin()).id();
        UUID first = rows.admin();
        UUID second = rows.admin();
        UUID third = rows.admin();
        for (UUID user : List.of(first, second, third)) {
            verifications.vote(verification, user, VoteDirection.DOWN);
        }
        Viewer submitter = Viewer.user(ada);
        Page<VerificationVote> page = verifications.votes(verification, submitter, 2, null);
        assertThat(page.items()).extracting(VerificationVote::userId).containsExactly(third, second);
        assertThat(verifications.votes(verification, submitter, 2, page.next()).items())
                .extracting(VerificationVote::userId)
                .containsExactly(first);
        for (Viewer blind : List.of(Viewer.ANONYMOUS, Viewer.user(rows.user()))) {
            assertThat(verifications.votes(verification, blind, 10, null).items())
                    .isEmpty();
            assertThat(verifications.findVote(verification, first, blind)).isEmpty();
        }
    }

    /** Voters and verifiers are evidence: users who are one of them are anonymized, not removed. */
    @Test
    void a_user_who_voted_or_verified_is_not_removed() {
        CommunityVerification verification = rows.verification(submission);
        UUID bob = rows.user();
        verifications.vote(verification.id(), bob, VoteDirection.UP);
        violates("verification_votes_user_fk", () -> db.users().delete(bob));
        violates("community_verifications_verifier_fk", () -> db.users().delete(verification.verifierId()));
    }

    @Test
    void bad_input_is_refused_by_the_name_of_the_field() {
        UUID verification = rows.verification(submission).id();
        UUID bob = rows.user();
        NewCommunityVerification plain = by(bob);
        refused("environmentDescription", () -> NewCommunityVerification.of(submission, bob, true, " "));
        refused("environmentDescription", () -> NewCommunityVerification.of(submission, bob, true, "x".repeat(5_001)));
        refused("reproducedScore", () -> plain.reproducedScore(Double.NaN));
        refused("reproducedScore", () -> plain.reproducedScore(1e301));
        refused("environmentHash", () -> plain.environmentHash("A".repeat(64)));
        refused("environmentHash", () -> plain.environmentHash("a".repeat(63)));
        refused("evidenceUrl", () -> plain.evidenceUrl("ftp://example.org"));
        refused("notes", () -> plain.notes(" "));
        refused("notes", () -> plain.notes("x".repeat(20_001)));
        refused("notes", () -> plain.notes("\0"));
        refused("notes", () -> verifications.review(verification, bob, VerificationReview.APPROVED, ""));
        refused("notes", () -> verifications.review(verification, bob, VerificationReview.APPROVED, "x".repeat(5_001)));
        refused("threshold", () -> verifications.threshold(0));
        refused("threshold", () -> verifications.threshold(1_000_001));
        verifications.create(plain.reproducedScore(-1e300)
                .environmentHash("a".repeat(64))
                .evidenceUrl("https://" + "x".repeat(1_992))
                .notes("𝄞".repeat(20_000)));
        verifications.review(verification, bob, VerificationReview.APPROVED, "𝄞".repeat(5_000));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            community_verifications_reproduced_score_range | reproduced_score = 'nan'
            community_verifications_environment_description_length | environment_description = ' '
            community_verifications_environment_hash_format | environment_hash = 'x'
            community_verifications_evidence_url_format | evidence_url = 'ftp://x'
            community_verifications_notes_length | notes = ' '
            community_verifications_votes_range | up = -1
            community_verifications_votes_range | down = -1
            community_verifications_review_valid | review = 'maybe', reviewed_at = now()
            community_verifications_reviewed_at_when_reviewed | review = 'approved'
            community_verifications_reviewed_at_when_reviewed | reviewed_at = now()
            community_verifications_reviewer_when_reviewed | review_notes = 'x'
            community_verifications_reviewed_by_another | reviewed_by = verifier_id, reviewed_at = now(), review = 'approved'
            community_verifications_review_notes_length | review_notes = ' ', reviewed_at = now(), review = 'approved'
            community_verifications_reached_when_reproduced | reached_at = now(), reproduced = false""")
    void what_another_writer_stores_meets_the_same_rules(String constraint, String assignment) {
        UUID verification = rows.verification(submission).id();
        assertThatThrownBy(() -> database.admin("update evalstore.community_verifications set " + assignment
                        + " where id = '" + verification + "'"))
                .hasMessageContaining("\"" + constraint + "\"");
    }

    @Test
    void every_act_is_audited_and_a_vote_that_changes_nothing_is_not() {
        CommunityVerificationRepository acting =
                db.actingAs(Actor.SYSTEM).exchange().communityVerifications();
        CommunityVerification made = acting.create(by(rows.user()));
        UUID bob = rows.user();
        acting.vote(made.id(), bob, VoteDirection.UP);
        acting.vote(made.id(), bob, VoteDirection.UP);
        acting.vote(made.id(), bob, VoteDirection.DOWN);
        acting.withdrawVote(made.id(), bob);
        acting.withdrawVote(made.id(), bob);
        acting.flag(made.id());
        acting.unflag(made.id());
        acting.review(made.id(), bob, VerificationReview.APPROVED, null);
        assertThat(actions("community_verification", made.id().toString()))
                .containsExactly("review", "unflag", "flag", "create");
        assertThat(actions("verification_vote", made.id() + "/" + bob)).containsExactly("withdraw", "change", "create");
    }

    private List<String> actions(String type, String id) {
        return db.audit().list(AuditFilter.ALL.entity(type, id)).items().stream()
                .map(AuditEntry::action)
                .toList();
    }
}
