package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Actor;
import dev.evalstore.Database;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.testkit.TestDatabase;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When the votes on a community verification raise the level of its submission. */
class CommunityThresholdTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final Database db = database.db();
    private final CommunityVerificationRepository verifications = db.exchange().communityVerifications();
    private CommunityFixtures rows;
    private UUID submission;
    private UUID verification;

    @BeforeEach
    void aVerification() {
        rows = new CommunityFixtures(database);
        submission = rows.submission(rows.user());
        verification = rows.verification(submission).id();
    }

    private void assertLevel(VerificationLevel level) {
        assertThat(rows.level(submission)).isEqualTo(level);
    }

    private void up(int times) {
        rows.vote(verification, VoteDirection.UP, times);
    }

    private UUID down() {
        UUID user = rows.user();
        verifications.vote(verification, user, VoteDirection.DOWN);
        return user;
    }

    @Test
    void three_more_for_than_against_raise_it() {
        down();
        up(3);
        assertLevel(VerificationLevel.UNVERIFIED);
        assertThat(verifications.get(verification, Viewer.ANONYMOUS).reachedAt())
                .isNull();
        up(1);
        assertLevel(VerificationLevel.COMMUNITY_VERIFIED);
        assertThat(verifications.get(verification, Viewer.ANONYMOUS).reachedAt())
                .isNotNull();
        assertThat(database.value(
                        "select verified_at is not null from evalstore.submissions where id = '" + submission + "'"))
                .isEqualTo("t");
    }

    @Test
    void the_threshold_is_an_option() {
        up(1);
        db.exchange().communityVerifications().threshold(2).vote(verification, rows.user(), VoteDirection.UP);
        assertLevel(VerificationLevel.COMMUNITY_VERIFIED);
    }

    @Test
    void a_higher_threshold_needs_more() {
        CommunityVerificationRepository strict =
                db.exchange().communityVerifications().threshold(4);
        for (int i = 0; i < 3; i++) {
            strict.vote(verification, rows.user(), VoteDirection.UP);
        }
        assertLevel(VerificationLevel.UNVERIFIED);
        strict.vote(verification, rows.user(), VoteDirection.UP);
        assertLevel(VerificationLevel.COMMUNITY_VERIFIED);
    }

    @Test
    void a_vote_against_that_is_withdrawn_or_changed_may_raise_it() {
        UUID against = down();
        up(3);
        assertThat(verifications.withdrawVote(verification, against)).isTrue();
        assertLevel(VerificationLevel.COMMUNITY_VERIFIED);

        aVerification();
        against = down();
        up(2);
        verifications.vote(verification, against, VoteDirection.UP);
        assertLevel(VerificationLevel.COMMUNITY_VERIFIED);
    }

    @Test
    void a_result_that_did_not_come_out_again_raises_nothing() {
        UUID failed = verifications
                .create(NewCommunityVerification.of(submission, rows.user(), false, "A laptop."))
                .id();
        rows.vote(failed, VoteDirection.UP, 5);
        assertLevel(VerificationLevel.UNVERIFIED);
    }

    @Test
    void a_flagged_one_raises_nothing_until_it_is_unflagged() {
        verifications.flag(verification);
        up(4);
        assertLevel(VerificationLevel.UNVERIFIED);
        assertThat(verifications.unflag(verification).reachedAt()).isNotNull();
        assertLevel(VerificationLevel.COMMUNITY_VERIFIED);
    }

    @Test
    void a_rejected_one_raises_nothing_until_it_is_approved() {
        UUID moderator = rows.user();
        verifications.review(verification, moderator, VerificationReview.REJECTED, null);
        up(4);
        assertLevel(VerificationLevel.UNVERIFIED);
        verifications.review(verification, moderator, VerificationReview.APPROVED, null);
        assertLevel(VerificationLevel.COMMUNITY_VERIFIED);
    }

    @Test
    void nothing_that_comes_later_lowers_it() {
        UUID changing = rows.user();
        verifications.vote(verification, changing, VoteDirection.UP);
        up(2);
        verifications.vote(verification, changing, VoteDirection.DOWN);
        verifications.withdrawVote(verification, changing);
        down();
        down();
        down();
        verifications.flag(verification);
        verifications.review(verification, rows.user(), VerificationReview.REJECTED, null);
        assertLevel(VerificationLevel.COMMUNITY_VERIFIED);
    }

    @ParameterizedTest
    @EnumSource(names = {"PLATFORM_VERIFIED", "AUDITED"})
    void a_higher_level_stays(VerificationLevel higher) {
        rows.level(submission, higher);
        up(3);
        assertLevel(higher);
    }

    /** Otherwise the next vote, for whatever, would undo a revocation. */
    @Test
    void after_a_revocation_the_same_votes_raise_nothing_and_another_verification_does() {
        up(3);
        db.exchange().submissions().revoke(submission, "The logs were forged.");
        assertLevel(VerificationLevel.UNVERIFIED);
        verifications.withdrawVote(verification, down());
        up(3);
        verifications.flag(verification);
        verifications.unflag(verification);
        assertLevel(VerificationLevel.UNVERIFIED);

        rows.vote(rows.verification(submission).id(), VoteDirection.UP, 3);
        assertLevel(VerificationLevel.COMMUNITY_VERIFIED);
    }

    @Test
    void the_rise_is_in_the_board_and_in_the_audit_log_of_the_same_commit() {
        up(2);
        UUID last = rows.user();
        db.useTransaction(tx -> {
            tx.actingAs(Actor.SYSTEM).exchange().communityVerifications().vote(verification, last, VoteDirection.UP);
            assertThat(openEntries()).isEqualTo("0");
            assertLevel(VerificationLevel.UNVERIFIED);
        });
        assertLevel(VerificationLevel.COMMUNITY_VERIFIED);
        assertThat(openEntries()).isEqualTo("1");
        assertThat(db.audit()
                        .list(AuditFilter.ALL.entity("submission", submission.toString()))
                        .items())
                .singleElement()
                .satisfies(entry -> assertThat(entry.action()).isEqualTo("raise_level"));
    }

    private String openEntries() {
        return database.value("select count(*) from evalstore.leaderboard_entries where submission_id = '" + submission
                + "' and board = 'community' and valid_to is null");
    }
}
