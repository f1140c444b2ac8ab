package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.notFound;
import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static dev.evalstore.exchange.ExchangeFixtures.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.NotFoundException;
import dev.evalstore.TxOptions;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.audit.AuditFilter;
import dev.evalstore.exchange.NewSubmission.Submitter;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.testkit.Threads;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Where a submission stands: visibility, deletion and level, with the boards and the statistics in the same commit. */
class SubmissionStandingTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final String REASON = "The cases were in the training data.";

    private final Database db = database.db();
    private final SubmissionRepository submissions = db.exchange().submissions();
    private SubmissionSamples samples;

    @BeforeEach
    void samples() {
        database.admin("truncate evalstore.submissions cascade");
        samples = new SubmissionSamples(db);
    }

    private List<UUID> board(Board board) {
        return db
                .exchange()
                .leaderboards()
                .top(Leaderboard.of(samples.definitionVersion().id(), board), Viewer.ANONYMOUS, 10)
                .items()
                .stream()
                .map(LeaderboardEntry::submission)
                .map(RankedSubmission::id)
                .toList();
    }

    private long counted() {
        return db.exchange()
                .statistics()
                .ofDefinition(samples.definitionVersion().definitionId())
                .submissions();
    }

    private Submission verified(Submission submission) {
        verify(submission, VerificationKind.AUDITOR);
        return submissions.get(submission.id(), Viewer.PLATFORM);
    }

    private void verify(Submission submission, VerificationKind kind) {
        VerificationRepository verifications = db.exchange().verifications();
        Verification requested = verifications.request(NewVerification.of(submission.id(), kind));
        ClaimedVerification claimed = verifications.claimByPerson(
                requested.id(), user(db, "u" + UUID.randomUUID().toString().substring(0, 8)));
        verifications.complete(claimed.lease(), NewVerificationResult.confirmed(submission.aggregateScore(), true));
    }

    @ParameterizedTest
    @EnumSource(value = SubmissionVisibility.class, names = "PUBLIC", mode = Mode.EXCLUDE)
    void a_hidden_submission_leaves_boards_and_statistics_the_moment_it_is_hidden(SubmissionVisibility hidden) {
        Submission better = samples.submit("gpt", 2);
        Submission worse = samples.submit("gpt", 1);
        db.exchange().statistics().refreshDefinition(samples.definitionVersion().definitionId());
        assertThat(board(Board.OVERALL)).containsExactly(better.id());
        assertThat(counted()).isEqualTo(2);

        Submission changed = submissions.changeVisibility(better.id(), hidden);

        assertThat(changed.visibility()).isEqualTo(hidden);
        assertThat(changed).isEqualTo(submissions.get(better.id(), Viewer.PLATFORM));
        assertThat(board(Board.OVERALL)).containsExactly(worse.id());
        assertThat(counted()).isEqualTo(1);

        submissions.changeVisibility(better.id(), SubmissionVisibility.PUBLIC);
        assertThat(board(Board.OVERALL)).containsExactly(better.id());
        db.exchange().statistics().refresh();
        assertThat(counted()).isEqualTo(2);
    }

    @Test
    void a_visibility_that_is_the_same_writes_nothing() {
        Submission stored = samples.submit("gpt", 2);

        Submission same = db.actingAs(Actor.SYSTEM)
                .exchange()
                .submissions()
                .changeVisibility(stored.id(), SubmissionVisibility.PUBLIC);

        assertThat(same).isEqualTo(stored);
        assertThat(entries(stored)).isEmpty();
    }

    @Test
    void a_deleted_submission_keeps_its_row_leaves_every_list_and_frees_its_execution_id() {
        NewSubmission given = samples.of("gpt", Submitter.named("somebody"), 2);
        Submission stored = samples.submit(given);
        db.exchange().statistics().refreshDefinition(samples.definitionVersion().definitionId());

        Submission deleted = submissions.softDelete(stored.id());

        assertThat(deleted.deletedAt()).isNotNull();
        assertThat(submissions.get(stored.id(), Viewer.PLATFORM)).isEqualTo(deleted);
        assertThat(submissions.find(stored.id(), Viewer.ANONYMOUS)).isEmpty();
        assertThat(submissions
                        .list(SubmissionFilter.ALL, Viewer.PLATFORM, 10, null)
                        .items())
                .isEmpty();
        assertThat(board(Board.OVERALL)).isEmpty();
        assertThat(counted()).isZero();
        assertThat(database.value(
                        "select count(*) from evalstore.submission_cases where submission_id = '" + stored.id() + "'"))
                .isEqualTo("2");
        assertThatThrownBy(() -> submissions.softDelete(stored.id()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("deleted already");
        notFound(() -> submissions.changeVisibility(stored.id(), SubmissionVisibility.PRIVATE));
        notFound(() -> submissions.changeVisibility(stored.id(), SubmissionVisibility.PUBLIC));
        notFound(() -> submissions.revoke(stored.id(), REASON));
        SubmittedSubmission again = submissions.submit(given);
        assertThat(again.isNew()).isTrue();
        assertThat(board(Board.OVERALL)).containsExactly(again.submission().id());
    }

    @Test
    void a_revoked_submission_is_unverified_and_the_audit_entry_says_why() {
        Submission stored = verified(samples.submit("gpt", 2));
        assertThat(stored.verificationLevel()).isEqualTo(VerificationLevel.AUDITED);
        assertThat(stored.verifiedAt()).isNotNull();
        assertThat(board(Board.AUDITED)).containsExactly(stored.id());

        Submission revoked = db.actingAs(Actor.SYSTEM).exchange().submissions().revoke(stored.id(), REASON);

        assertThat(revoked.verificationLevel()).isEqualTo(VerificationLevel.UNVERIFIED);
        assertThat(revoked.verifiedAt()).isNull();
        assertThat(Stream.of(Board.COMMUNITY, Board.VERIFIED, Board.AUDITED))
                .allSatisfy(board -> assertThat(board(board)).isEmpty());
        assertThat(board(Board.OVERALL)).containsExactly(stored.id());
        AuditEntry entry = entries(stored).get(0);
        assertThat(entry.action()).isEqualTo("revoke");
        assertThat(entry.metadata()).isNotNull();
        assertThat(entry.metadata().asMap()).containsEntry("reason", REASON);
        assertThat(entry.changes()).isNotNull();
        assertThat(entry.changes().asMap()).containsKeys("verificationLevel", "verifiedAt");
        assertThatThrownBy(() -> submissions.revoke(stored.id(), REASON))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("unverified");
        refused("reason", () -> submissions.revoke(stored.id(), "Too short"));
        refused("reason", () -> submissions.revoke(stored.id(), "x".repeat(1_001)));
        notFound(() -> submissions.revoke(UUID.randomUUID(), REASON));
    }

    private List<AuditEntry> entries(Submission submission) {
        return db.audit()
                .list(AuditFilter.ALL.entity("submission", submission.id().toString()))
                .items();
    }

    @Test
    void a_level_rises_and_never_falls_by_a_lower_verification() {
        Submission stored = samples.submit("gpt", 2);
        verify(stored, VerificationKind.PLATFORM);
        Submission platform = submissions.get(stored.id(), Viewer.PLATFORM);
        assertThat(platform.verificationLevel()).isEqualTo(VerificationLevel.PLATFORM_VERIFIED);
        assertThat(board(Board.VERIFIED)).containsExactly(stored.id());
        assertThat(board(Board.AUDITED)).isEmpty();

        verify(stored, VerificationKind.AUDITOR);
        Submission audited = submissions.get(stored.id(), Viewer.PLATFORM);
        assertThat(audited.verificationLevel()).isEqualTo(VerificationLevel.AUDITED);
        assertThat(audited.verifiedAt()).isAfter(platform.verifiedAt());

        verify(stored, VerificationKind.PLATFORM);
        assertThat(submissions.get(stored.id(), Viewer.PLATFORM)).isEqualTo(audited);
        assertThat(board(Board.VERIFIED)).containsExactly(stored.id());
    }

    @Test
    void what_is_rolled_back_leaves_submission_boards_and_statistics_as_they_were() {
        Submission stored = verified(samples.submit("gpt", 2));
        for (Change change : changes()) {
            assertThatThrownBy(() -> db.inTransaction(tx -> {
                        change.on(tx.exchange().submissions(), stored.id());
                        throw new IllegalStateException("stop");
                    }))
                    .hasMessage("stop");
            assertThat(submissions.get(stored.id(), Viewer.PLATFORM)).isEqualTo(stored);
            assertThat(board(Board.AUDITED)).containsExactly(stored.id());
            assertThat(counted()).isEqualTo(1);
        }
    }

    /** In an older snapshot the boards would not see what their locks waited for. */
    @ParameterizedTest
    @EnumSource(
            value = Isolation.class,
            names = {"REPEATABLE_READ", "SERIALIZABLE"})
    void in_another_isolation_than_read_committed_nothing_changes(Isolation isolation) {
        Submission stored = verified(samples.submit("gpt", 2));

        for (Change change : changes()) {
            assertThatThrownBy(() -> db.inTransaction(TxOptions.DEFAULT.isolation(isolation), tx -> {
                        change.on(tx.exchange().submissions(), stored.id());
                        return true;
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(submissions.get(stored.id(), Viewer.PLATFORM)).isEqualTo(stored);
        }
    }

    private interface Change {
        Submission on(SubmissionRepository repository, UUID id);
    }

    private static List<Change> changes() {
        return List.of(
                (all, id) -> all.changeVisibility(id, SubmissionVisibility.PRIVATE),
                (all, id) -> all.revoke(id, REASON),
                (all, id) -> all.softDelete(id));
    }

    @Test
    void of_many_who_change_one_submission_at_once_each_sees_what_the_others_did_before() throws Exception {
        Submission stored = verified(samples.submit("gpt", 2));
        Submission second = samples.submit("gpt", 1);

        List<Boolean> done = Threads.together(8, i -> (Callable<Boolean>) () -> {
            try {
                switch (i % 4) {
                    case 0 -> submissions.revoke(stored.id(), REASON);
                    case 1 -> submissions.softDelete(stored.id());
                    case 2 -> submissions.changeVisibility(stored.id(), SubmissionVisibility.PRIVATE);
                    default -> submissions.changeVisibility(stored.id(), SubmissionVisibility.PUBLIC);
                }
                return i % 4 == 1;
            } catch (ConflictException | NotFoundException e) {
                return false;
            }
        });

        assertThat(done).as("deleted once").containsOnlyOnce(true);
        assertThat(board(Board.OVERALL)).containsExactly(second.id());
        assertThat(board(Board.AUDITED)).isEmpty();
        assertThat(counted()).isEqualTo(1);
    }
}
