package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.notFound;
import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static dev.evalstore.exchange.ExchangeFixtures.violates;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Actor;
import dev.evalstore.ActorKind;
import dev.evalstore.ConflictException;
import dev.evalstore.Database;
import dev.evalstore.Isolation;
import dev.evalstore.Json;
import dev.evalstore.Lease;
import dev.evalstore.LeaseLostException;
import dev.evalstore.Page;
import dev.evalstore.TxOptions;
import dev.evalstore.WorkerGoneException;
import dev.evalstore.audit.AuditEntry;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class VerificationRepositoryTest {
    static final String EMPTY = "truncate evalstore.verification_ready, evalstore.verification_leases;"
            + " delete from evalstore.verifications; delete from evalstore.workers";

    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Instant NOON = Instant.parse("2026-03-04T12:00:00.123456Z");
    private static final NewVerificationResult CONFIRMED = NewVerificationResult.confirmed(0.5, true);

    private final Database db = database.db();
    private final VerificationRepository verifications = db.exchange().verifications();
    private final CommunityFixtures fixtures = new CommunityFixtures(database);

    @BeforeEach
    void empty() {
        database.admin(EMPTY);
    }

    private Worker worker() {
        return db.workers().register(NewWorker.of("verifier-1"));
    }

    private UUID submission() {
        return fixtures.submission(fixtures.user());
    }

    private Verification requested(UUID submission, VerificationKind kind) {
        return verifications.request(NewVerification.of(submission, kind));
    }

    private Verification requested(VerificationKind kind) {
        return requested(submission(), kind);
    }

    private Verification now(UUID id) {
        return verifications.get(id, Viewer.PLATFORM);
    }

    /** The one platform verification that there is. */
    private Lease claimed(Worker worker) {
        return verifications
                .claim(worker, VerificationScope.ALL, 10, HOUR)
                .get(0)
                .lease();
    }

    private static void conflict(String part, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(ConflictException.class)
                .isNotInstanceOf(LeaseLostException.class)
                .hasMessageContaining(part);
    }

    private static void lost(Lease lease, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LeaseLostException.class, e -> assertThat(e.ids()).containsExactly(lease.id()));
    }

    /** As if the time of all claims had passed. */
    private static void expire() {
        database.admin("update evalstore.verification_leases set claimed_at = claimed_at - interval '400 days',"
                + " deadline = deadline - interval '400 days'");
    }

    @Test
    void a_request_is_stored_pending() {
        UUID submission = submission();
        Json config = Json.of(Map.of("runs", 3));
        Verification made = verifications.request(
                NewVerification.of(submission, VerificationKind.PLATFORM).config(config));
        assertThat(made)
                .isEqualTo(new Verification(
                        made.id(),
                        made.seq(),
                        submission,
                        VerificationKind.PLATFORM,
                        VerificationStatus.PENDING,
                        made.config(),
                        0,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        AttestationEvidence.NONE,
                        null,
                        made.createdAt(),
                        made.createdAt()));
        assertThat(made.config().asMap()).isEqualTo(Map.of("runs", 3));
        assertThat(now(made.id())).isEqualTo(made);
    }

    @Test
    void a_submission_has_one_unfinished_verification_at_most() {
        UUID submission = submission();
        Verification first = requested(submission, VerificationKind.AUDITOR);
        for (VerificationKind kind : VerificationKind.values()) {
            violates("idx_verifications_submission_id_unfinished", () -> requested(submission, kind));
        }
        verifications.cancel(first.id());
        assertThat(requested(submission, VerificationKind.PLATFORM).id()).isNotEqualTo(first.id());
    }

    @Test
    void an_unknown_and_a_deleted_submission_are_not_found() {
        notFound(() -> requested(UUID.randomUUID(), VerificationKind.PLATFORM));
        UUID deleted = submission();
        fixtures.delete(deleted);
        notFound(() -> requested(deleted, VerificationKind.PLATFORM));
    }

    @Test
    void a_worker_claims_platform_verifications_of_its_scope_the_oldest_first() {
        Verification first = requested(VerificationKind.PLATFORM);
        requested(VerificationKind.AUDITOR);
        Verification second = requested(VerificationKind.PLATFORM);
        UUID elsewhere = new CommunityFixtures(database).submission(fixtures.user());
        Verification other = requested(elsewhere, VerificationKind.PLATFORM);
        UUID definition = UUID.fromString(
                database.value("select definition_id from evalstore.submissions where id = '" + elsewhere + "'"));
        Worker worker = worker();
        List<ClaimedVerification> ofOther =
                verifications.claim(worker, VerificationScope.definition(definition), 10, HOUR);
        assertThat(ofOther).extracting(one -> one.verification().id()).containsExactly(other.id());
        List<ClaimedVerification> all = verifications.claim(worker, VerificationScope.ALL, 10, HOUR);
        assertThat(all).extracting(one -> one.verification().id()).containsExactly(first.id(), second.id());
        ClaimedVerification one = all.get(0);
        assertThat(one.lease().id()).isEqualTo(first.id());
        assertThat(one.lease().deadline()).isEqualTo(one.lease().claimedAt().plus(HOUR));
        assertThat(one.verification().status()).isEqualTo(VerificationStatus.IN_PROGRESS);
        assertThat(one.verification().verifierLabel()).isEqualTo("verifier-1");
        assertThat(one.verification().startedAt()).isEqualTo(one.lease().claimedAt());
        assertThat(one.verification().deadline()).isEqualTo(one.lease().deadline());
        assertThat(verifications.held(worker)).containsExactlyInAnyOrder(all.get(0), all.get(1), ofOther.get(0));
        assertThat(verifications.claim(worker, VerificationScope.ALL, 10, HOUR)).isEmpty();
    }

    @Test
    void a_dead_or_unknown_worker_claims_nothing() {
        Worker worker = worker();
        db.workers().deregister(worker);
        assertThatThrownBy(() -> verifications.claim(worker, VerificationScope.ALL, 1, HOUR))
                .isInstanceOf(WorkerGoneException.class);
    }

    @Test
    void a_confirmed_submission_rises_to_the_level_of_the_kind_and_never_falls() {
        UUID submission = submission();
        Worker worker = worker();
        UUID auditor = fixtures.user();
        requested(submission, VerificationKind.PLATFORM);
        verifications.complete(claimed(worker), CONFIRMED);
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.PLATFORM_VERIFIED);
        Verification audit = requested(submission, VerificationKind.AUDITOR);
        verifications.complete(verifications.claimByPerson(audit.id(), auditor).lease(), CONFIRMED);
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.AUDITED);
        requested(submission, VerificationKind.PLATFORM);
        verifications.complete(claimed(worker), CONFIRMED);
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.AUDITED);
    }

    @Test
    void a_refuted_submission_keeps_its_level() {
        UUID submission = submission();
        requested(submission, VerificationKind.PLATFORM);
        Verification done = verifications.complete(claimed(worker()), NewVerificationResult.refuted(0.25, false));
        assertThat(done.status()).isEqualTo(VerificationStatus.COMPLETED);
        assertThat(done.result()).isEqualTo(new VerificationResult(false, 0.25, -0.25, false, null, null));
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.UNVERIFIED);
    }

    @Test
    void a_completion_is_stored_with_its_evidence() {
        requested(VerificationKind.PLATFORM);
        Lease lease = claimed(worker());
        AttestationEvidence evidence = AttestationEvidence.of("c2lnbmVk", "Ed25519", "key-1", NOON)
                .url("https://example.org/a")
                .metadata(Json.of(Map.of("by", "hand")));
        Verification done = verifications.complete(
                lease,
                NewVerificationResult.confirmed(0.75, true)
                        .confidence(0.9)
                        .details(Json.of(Map.of("gpu", "same")))
                        .attestation(evidence));
        VerificationResult result = done.result();
        assertThat(result).isNotNull();
        assertThat(result.success()).isTrue();
        assertThat(result.reproducedScore()).isEqualTo(0.75);
        assertThat(result.scoreDifference()).isEqualTo(0.25);
        assertThat(result.environmentMatch()).isTrue();
        assertThat(result.confidence()).isEqualTo(0.9);
        assertThat(result.details()).isNotNull();
        assertThat(done.attestation().signedAt()).isEqualTo(NOON);
        assertThat(done.attestation().keyId()).isEqualTo("key-1");
        assertThat(done.attestation().signature()).isEqualTo("c2lnbmVk");
        assertThat(done.attestation().url()).isEqualTo("https://example.org/a");
        assertThat(done.verifierId()).isNull();
        assertThat(done.verifierLabel()).isEqualTo("verifier-1");
        assertThat(done.startedAt()).isEqualTo(lease.claimedAt());
        assertThat(done.completedAt()).isAfterOrEqualTo(lease.claimedAt());
        assertThat(done.deadline()).isNull();
        assertThat(now(done.id())).isEqualTo(done);
        lost(lease, () -> verifications.complete(lease, CONFIRMED));
    }

    @Test
    void a_deleted_submission_keeps_its_level_when_its_verification_is_completed() {
        UUID submission = submission();
        requested(submission, VerificationKind.PLATFORM);
        Lease lease = claimed(worker());
        fixtures.delete(submission);
        assertThat(verifications.complete(lease, CONFIRMED).status()).isEqualTo(VerificationStatus.COMPLETED);
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.UNVERIFIED);
    }

    @Test
    void deleting_a_submission_cancels_its_verification_and_takes_the_lease_away() {
        for (boolean isClaimed : new boolean[] {false, true}) {
            UUID submission = submission();
            Verification requested = requested(submission, VerificationKind.PLATFORM);
            Worker worker = worker();
            Lease lease = isClaimed ? claimed(worker) : null;

            db.exchange().submissions().softDelete(submission);

            assertThat(now(requested.id()).status()).isEqualTo(VerificationStatus.CANCELLED);
            assertThat(verifications.claim(worker, VerificationScope.ALL, 1, Duration.ofMinutes(1)))
                    .isEmpty();
            if (lease != null) {
                lost(lease, () -> verifications.complete(lease, CONFIRMED));
            }
        }
    }

    @Test
    void deleting_a_submission_cancels_a_verification_that_is_claimed_meanwhile() throws Exception {
        UUID submission = submission();
        Verification requested = requested(submission, VerificationKind.PLATFORM);
        Worker worker = worker();
        FutureTask<Submission> deletion =
                new FutureTask<>(() -> db.exchange().submissions().softDelete(submission));

        db.inTransaction(tx -> {
            assertThat(tx.exchange().verifications().claim(worker, VerificationScope.ALL, 1, Duration.ofMinutes(1)))
                    .hasSize(1);
            new Thread(deletion).start();
            database.awaitBlocked();
            return true;
        });

        assertThat(deletion.get(1, TimeUnit.MINUTES).deletedAt()).isNotNull();
        assertThat(now(requested.id()).status()).isEqualTo(VerificationStatus.CANCELLED);
    }

    @Test
    void no_verification_of_a_submission_to_a_deleted_definition_is_requested() {
        UUID submission = submission();
        database.admin("update evalstore.benchmark_definitions set deleted_at = now() where id ="
                + " (select definition_id from evalstore.submissions where id = '" + submission + "')");

        assertThatThrownBy(() -> requested(submission, VerificationKind.PLATFORM))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("is deleted: cannot request a verification of submission " + submission);
    }

    @Test
    void documents_and_leases_that_cannot_be_are_refused_by_name() {
        Json large = Json.of(Map.of("x", "y".repeat(1_000_000)));
        UUID id = UUID.randomUUID();
        refused(
                "config",
                () -> NewVerification.of(id, VerificationKind.PLATFORM).config(large));
        refused("details", () -> CONFIRMED.details(large));
        refused("attestationMetadata", () -> AttestationEvidence.NONE.metadata(large));
        refused("output", () -> NewVerificationStep.pending(1, "run").output(large));
        assertThatThrownBy(() -> verifications.release(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("lease");
    }

    @Test
    void a_failure_is_final_and_another_verification_may_be_requested() {
        UUID submission = submission();
        requested(submission, VerificationKind.PLATFORM);
        Lease lease = claimed(worker());
        Verification failed = verifications.fail(lease, "The data set is gone.");
        assertThat(failed.status()).isEqualTo(VerificationStatus.FAILED);
        assertThat(failed.failureReason()).isEqualTo("The data set is gone.");
        assertThat(failed.verifierLabel()).isEqualTo("verifier-1");
        assertThat(failed.result()).isNull();
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.UNVERIFIED);
        lost(lease, () -> verifications.fail(lease, "again"));
        requested(submission, VerificationKind.PLATFORM);
        assertThat(verifications.fail(claimed(worker()), "x".repeat(20_000)).failureReason())
                .hasSizeLessThanOrEqualTo(10_000)
                .contains("more characters");
    }

    @Test
    void a_verification_is_cancelled_wherever_it_is_until_it_has_ended() {
        Verification waiting = requested(VerificationKind.AUDITOR);
        Verification cancelled = verifications.cancel(waiting.id());
        assertThat(cancelled.status()).isEqualTo(VerificationStatus.CANCELLED);
        assertThat(cancelled.startedAt()).isNull();
        assertThat(cancelled.completedAt()).isNotNull();
        conflict("is cancelled: cannot cancel", () -> verifications.cancel(waiting.id()));
        conflict("is cancelled: cannot claim", () -> verifications.claimByPerson(waiting.id(), fixtures.user()));
        UUID running = requested(VerificationKind.PLATFORM).id();
        Lease lease = claimed(worker());
        assertThat(verifications.cancel(running).startedAt()).isEqualTo(lease.claimedAt());
        lost(lease, () -> verifications.complete(lease, CONFIRMED));
        lost(lease, () -> verifications.recordStep(lease, NewVerificationStep.pending(1, "Set up")));
        notFound(() -> verifications.cancel(UUID.randomUUID()));
        assertThat(database.value("select count(*) from evalstore.verification_ready"))
                .isEqualTo("0");
        assertThat(database.value("select count(*) from evalstore.verification_leases"))
                .isEqualTo("0");
    }

    @Test
    void a_person_has_seven_days_and_finds_the_lease_again() {
        UUID id = requested(VerificationKind.AUDITOR).id();
        UUID person = fixtures.user();
        ClaimedVerification claimed = verifications.claimByPerson(id, person);
        assertThat(claimed.lease().deadline())
                .isEqualTo(claimed.lease().claimedAt().plus(Duration.ofDays(7)));
        assertThat(claimed.verification().status()).isEqualTo(VerificationStatus.IN_PROGRESS);
        assertThat(claimed.verification().verifierId()).isEqualTo(person);
        assertThat(verifications.heldByPerson(person)).containsExactly(claimed);
        assertThat(verifications.heldByPerson(fixtures.user())).isEmpty();
        // No heartbeat is expected of a person.
        assertThat(verifications.requeueExpired(10)).isZero();
        assertThat(db.maintenance().runOnce().failures()).isEmpty();
        conflict("is in_progress: cannot claim", () -> verifications.claimByPerson(id, fixtures.user()));
        Verification done = verifications.complete(claimed.lease(), CONFIRMED);
        assertThat(done.verifierId()).isEqualTo(person);
        assertThat(done.verifierLabel()).isEqualTo(claimed.verification().verifierLabel());
        assertThat(verifications.heldByPerson(person)).isEmpty();
    }

    @Test
    void a_person_may_do_a_platform_verification_too_and_then_no_worker_gets_it() {
        UUID submission = submission();
        UUID id = requested(submission, VerificationKind.PLATFORM).id();
        Lease lease = verifications.claimByPerson(id, fixtures.user(), HOUR).lease();
        assertThat(verifications.claim(worker(), VerificationScope.ALL, 10, HOUR))
                .isEmpty();
        verifications.complete(lease, CONFIRMED);
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.PLATFORM_VERIFIED);
    }

    @Test
    void a_person_whose_time_has_run_out_is_refused_and_the_verification_is_pending_without_a_loss() {
        UUID submission = submission();
        UUID id = requested(submission, VerificationKind.AUDITOR).id();
        for (int times = 0; times < 6; times++) {
            Lease lease = verifications.claimByPerson(id, fixtures.user()).lease();
            expire();
            lost(lease, () -> verifications.complete(lease, CONFIRMED));
            lost(lease, () -> verifications.extend(lease, HOUR));
            assertThat(verifications.requeueExpired(10)).isEqualTo(1);
        }
        assertThat(now(id).status()).isEqualTo(VerificationStatus.PENDING);
        assertThat(now(id).losses()).isZero();
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.UNVERIFIED);
    }

    @Test
    void the_work_of_dead_verifiers_comes_back_until_five_were_lost_with_it() {
        UUID id = requested(VerificationKind.PLATFORM).id();
        for (int times = 1; times < 5; times++) {
            Lease lease = claimed(worker());
            database.admin("update evalstore.workers set last_heartbeat_at = now() - interval '2 days'");
            assertThat(db.maintenance().runOnce().failures()).isEmpty();
            lost(lease, () -> verifications.complete(lease, CONFIRMED));
            assertThat(now(id).status()).isEqualTo(VerificationStatus.PENDING);
            assertThat(now(id).losses()).isEqualTo(times);
        }
        Lease last = claimed(worker());
        expire();
        assertThat(verifications.requeueExpired(10)).isEqualTo(1);
        Verification failed = now(id);
        assertThat(failed.status()).isEqualTo(VerificationStatus.FAILED);
        assertThat(failed.failureReason()).isEqualTo("its lease ran out");
        assertThat(failed.verifierLabel()).isEqualTo("verifier-1");
        assertThat(failed.losses()).isEqualTo(5);
        assertThat(last.attempt()).isEqualTo(5);
        assertThat(verifications.claim(worker(), VerificationScope.ALL, 10, HOUR))
                .isEmpty();
    }

    @Test
    void a_worker_that_leaves_or_releases_gives_its_work_back_without_a_loss() {
        UUID id = requested(VerificationKind.PLATFORM).id();
        Worker worker = worker();
        verifications.release(claimed(worker));
        claimed(worker);
        assertThat(verifications.releaseHeldBy(worker)).isEqualTo(1);
        Lease lease = claimed(worker);
        assertThat(db.workers().deregister(worker)).isEqualTo(1);
        lost(lease, () -> verifications.release(lease));
        assertThat(now(id).status()).isEqualTo(VerificationStatus.PENDING);
        assertThat(now(id).losses()).isZero();
        UUID person = fixtures.user();
        verifications.release(verifications.claimByPerson(id, person).lease());
        assertThat(now(id).status()).isEqualTo(VerificationStatus.PENDING);
    }

    @Test
    void a_deadline_is_moved_on_and_never_back() {
        UUID id = requested(VerificationKind.AUDITOR).id();
        Lease lease = verifications.claimByPerson(id, fixtures.user(), HOUR).lease();
        verifications.extend(lease, Duration.ofDays(2));
        Instant later = now(id).deadline();
        assertThat(later).isAfter(lease.claimedAt().plus(Duration.ofDays(1)));
        verifications.extend(lease, HOUR);
        assertThat(now(id).deadline()).isEqualTo(later);
    }

    @Test
    void the_submitter_and_members_of_the_submitting_organization_may_not_claim() {
        UUID submitter = fixtures.user();
        UUID member = fixtures.user();
        UUID organization = ExchangeFixtures.organization(database, "o" + UUID.randomUUID());
        db.organizations().addMember(organization, member);
        UUID submission = fixtures.submission(submitter, organization, SubmissionVisibility.PUBLIC);
        UUID id = requested(submission, VerificationKind.AUDITOR).id();
        conflict("cannot verify it", () -> verifications.claimByPerson(id, submitter));
        conflict("cannot verify it", () -> verifications.claimByPerson(id, member));
        UUID inactive = fixtures.user();
        fixtures.deactivate(inactive);
        conflict("not active", () -> verifications.claimByPerson(id, inactive));
        conflict("unknown", () -> verifications.claimByPerson(id, UUID.randomUUID()));
        notFound(() -> verifications.claimByPerson(UUID.randomUUID(), member));
        assertThat(now(id).status()).isEqualTo(VerificationStatus.PENDING);
    }

    @Test
    void a_person_who_became_a_member_meanwhile_may_not_complete() {
        UUID organization = ExchangeFixtures.organization(database, "o" + UUID.randomUUID());
        UUID submission = fixtures.submission(fixtures.user(), organization, SubmissionVisibility.PUBLIC);
        UUID id = requested(submission, VerificationKind.AUDITOR).id();
        UUID person = fixtures.user();
        Lease lease = verifications.claimByPerson(id, person).lease();
        db.organizations().addMember(organization, person);
        conflict("is a member", () -> verifications.complete(lease, CONFIRMED));
        assertThat(now(id).status()).isEqualTo(VerificationStatus.IN_PROGRESS);
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.UNVERIFIED);
        db.organizations().removeMember(organization, person);
        // Giving up needs no independence.
        db.organizations().addMember(organization, person);
        assertThat(verifications.fail(lease, "I joined them.").verifierId()).isEqualTo(person);
    }

    @Test
    void the_work_of_a_person_who_left_comes_back_and_the_lease_is_lost() {
        List<Consumer<UUID>> ways = List.of(
                fixtures::deactivate,
                person -> db.users().delete(person),
                person -> db.users().softDelete(person));
        for (Consumer<UUID> leave : ways) {
            UUID id = requested(VerificationKind.AUDITOR).id();
            UUID person = fixtures.user();
            Lease lease = verifications.claimByPerson(id, person).lease();
            leave.accept(person);
            conflict("not active", () -> verifications.complete(lease, CONFIRMED));
            assertThatThrownBy(() -> verifications.fail(lease, "I left.")).isInstanceOf(LeaseLostException.class);
            assertThat(verifications.requeueExpired(10)).isEqualTo(1);
            assertThat(now(id).status()).isEqualTo(VerificationStatus.PENDING);
            verifications.complete(
                    verifications.claimByPerson(id, fixtures.user()).lease(), CONFIRMED);
        }
    }

    @Test
    void no_worker_completes_on_behalf_of_the_submitter_or_a_member() {
        UUID submitter = fixtures.user();
        UUID member = fixtures.user();
        UUID organization = ExchangeFixtures.organization(database, "o" + UUID.randomUUID());
        db.organizations().addMember(organization, member);
        UUID submission = fixtures.submission(submitter, organization, SubmissionVisibility.PUBLIC);
        requested(submission, VerificationKind.PLATFORM);
        Lease lease = claimed(worker());
        for (UUID interested : List.of(submitter, member)) {
            var acting = db.actingAs(new Actor(ActorKind.USER, interested, "interested", null, null));
            conflict("cannot verify it", () -> acting.exchange().verifications().complete(lease, CONFIRMED));
        }
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.UNVERIFIED);
        db.actingAs(Actor.service("verifier")).exchange().verifications().complete(lease, CONFIRMED);
        assertThat(fixtures.level(submission)).isEqualTo(VerificationLevel.PLATFORM_VERIFIED);
    }

    @Test
    void attempts_are_numbered_and_one_that_crashed_is_stored_without_a_score() {
        UUID id = requested(VerificationKind.PLATFORM).id();
        Lease lease = claimed(worker());
        NewVerificationAttempt crash = NewVerificationAttempt.crashed("Out of memory.", NOON, NOON.plusMillis(1_500));
        assertThat(verifications.recordAttempt(lease, crash).attempt()).isEqualTo(1);
        String hash = "0123456789abcdef".repeat(4);
        verifications.recordAttempt(
                lease, NewVerificationAttempt.refuted(0.25, NOON, NOON).environmentHash(hash));
        verifications.recordAttempt(
                lease,
                NewVerificationAttempt.confirmed(0.5, NOON, NOON.plusSeconds(60))
                        .logsUrl("https://example.org/logs")
                        .duration(Duration.ofMillis(31_234)));
        List<VerificationAttempt> all = verifications.attempts(id, Viewer.ANONYMOUS);
        assertThat(all).extracting(VerificationAttempt::attempt).containsExactly(1, 2, 3);
        assertThat(all).extracting(VerificationAttempt::score).containsExactly(null, 0.25, 0.5);
        assertThat(all).extracting(VerificationAttempt::success).containsExactly(false, false, true);
        assertThat(all.get(0).error()).isEqualTo("Out of memory.");
        assertThat(all.get(0).duration()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(all.get(0).startedAt()).isEqualTo(NOON);
        assertThat(all.get(1).environmentHash()).isEqualTo(hash);
        assertThat(all.get(2).duration()).isEqualTo(Duration.ofMillis(31_234));
        assertThat(all.get(2).logsUrl()).isEqualTo("https://example.org/logs");
        verifications.complete(lease, CONFIRMED);
        lost(lease, () -> verifications.recordAttempt(lease, crash));
        assertThat(verifications.attempts(id, Viewer.PLATFORM)).hasSize(3);
    }

    @Test
    void a_step_is_recorded_in_place_of_its_earlier_state() {
        UUID id = requested(VerificationKind.PLATFORM).id();
        Lease lease = claimed(worker());
        verifications.recordStep(lease, NewVerificationStep.pending(2, "Run"));
        VerificationStep begun = verifications.recordStep(lease, NewVerificationStep.inProgress(1, "Set up", NOON));
        VerificationStep failed = verifications.recordStep(
                lease, NewVerificationStep.failed(1, "Set up", "No GPU.", NOON, NOON.plusSeconds(5)));
        assertThat(failed.createdAt()).isEqualTo(begun.createdAt());
        verifications.recordStep(lease, NewVerificationStep.skipped(2, "Run"));
        verifications.recordStep(
                lease, NewVerificationStep.completed(3, "Report", NOON, NOON).output(Json.of(Map.of("pages", 2))));
        List<VerificationStep> steps = verifications.steps(id, Viewer.ANONYMOUS);
        assertThat(steps).extracting(VerificationStep::step).containsExactly(1, 2, 3);
        assertThat(steps)
                .extracting(VerificationStep::status)
                .containsExactly(
                        VerificationStepStatus.FAILED,
                        VerificationStepStatus.SKIPPED,
                        VerificationStepStatus.COMPLETED);
        assertThat(steps.get(0)).isEqualTo(failed);
        assertThat(steps.get(0).error()).isEqualTo("No GPU.");
        assertThat(steps.get(2).output()).isNotNull();
    }

    @Test
    void a_verification_is_seen_as_its_submission_is() {
        UUID submitter = fixtures.user();
        UUID admin = fixtures.admin();
        UUID hidden = requested(
                        fixtures.submission(submitter, null, SubmissionVisibility.PRIVATE), VerificationKind.PLATFORM)
                .id();
        UUID unlisted = fixtures.submission(submitter, null, SubmissionVisibility.UNLISTED);
        UUID ofUnlisted = requested(unlisted, VerificationKind.PLATFORM).id();
        UUID open = requested(VerificationKind.PLATFORM).id();
        Worker worker = worker();
        for (ClaimedVerification claimed : verifications.claim(worker, VerificationScope.ALL, 10, HOUR)) {
            verifications.recordStep(claimed.lease(), NewVerificationStep.pending(1, "Run"));
            verifications.recordAttempt(claimed.lease(), NewVerificationAttempt.confirmed(1, NOON, NOON));
        }
        VerificationFilter all = VerificationFilter.ALL.status(VerificationStatus.IN_PROGRESS);
        for (Viewer viewer : List.of(Viewer.ANONYMOUS, Viewer.user(fixtures.user()))) {
            notFound(() -> verifications.get(hidden, viewer));
            assertThat(verifications.find(hidden, viewer)).isEmpty();
            assertThat(verifications.attempts(hidden, viewer)).isEmpty();
            assertThat(verifications.steps(hidden, viewer)).isEmpty();
            assertThat(verifications.steps(ofUnlisted, viewer)).hasSize(1);
            assertThat(verifications.get(ofUnlisted, viewer).id()).isEqualTo(ofUnlisted);
            assertThat(ids(all, viewer)).containsExactly(open);
            assertThat(verifications.count(all, viewer)).isEqualTo(1);
            assertThat(ids(all.submission(unlisted), viewer)).containsExactly(ofUnlisted);
            assertThat(verifications.count(all.submission(unlisted), viewer)).isEqualTo(1);
        }
        for (Viewer viewer : List.of(Viewer.user(submitter), Viewer.user(admin), Viewer.PLATFORM)) {
            assertThat(ids(all, viewer)).containsExactly(open, ofUnlisted, hidden);
            assertThat(verifications.count(all, viewer)).isEqualTo(3);
            assertThat(verifications.steps(hidden, viewer)).hasSize(1);
            assertThat(verifications.attempts(hidden, viewer)).hasSize(1);
        }
    }

    private List<UUID> ids(VerificationFilter filter, Viewer viewer) {
        return verifications.list(filter, viewer, 100, null).items().stream()
                .map(Verification::id)
                .toList();
    }

    @Test
    void filters_add_up_and_pages_go_on_where_they_ended() {
        UUID submission = submission();
        UUID person = fixtures.user();
        Verification first = requested(submission, VerificationKind.AUDITOR);
        verifications.complete(verifications.claimByPerson(first.id(), person).lease(), CONFIRMED);
        Verification second = requested(submission, VerificationKind.AUDITOR);
        verifications.claimByPerson(second.id(), person);
        Verification third = requested(VerificationKind.PLATFORM);
        VerificationFilter all = VerificationFilter.ALL;
        assertThat(ids(all.verifier(person), Viewer.PLATFORM)).containsExactly(second.id(), first.id());
        assertThat(ids(all.verifier(person).status(VerificationStatus.COMPLETED), Viewer.PLATFORM))
                .containsExactly(first.id());
        assertThat(ids(all.status(VerificationStatus.PENDING), Viewer.PLATFORM)).containsExactly(third.id());
        assertThat(ids(all.kind(VerificationKind.PLATFORM), Viewer.PLATFORM)).containsExactly(third.id());
        assertThat(ids(all.submission(submission), Viewer.PLATFORM)).containsExactly(second.id(), first.id());
        assertThat(ids(all.created(second.createdAt(), third.createdAt()), Viewer.PLATFORM))
                .containsExactly(second.id());
        UUID definition = UUID.fromString(
                database.value("select definition_id from evalstore.submissions where id = '" + submission + "'"));
        UUID version = UUID.fromString(
                database.value("select version_id from evalstore.submissions where id = '" + submission + "'"));
        assertThat(ids(all.definition(definition).version(version), Viewer.PLATFORM))
                .hasSize(3);
        assertThat(ids(all.definition(UUID.randomUUID()), Viewer.PLATFORM)).isEmpty();
        Page<Verification> page = verifications.list(all, Viewer.PLATFORM, 2, null);
        assertThat(page.items()).extracting(Verification::id).containsExactly(third.id(), second.id());
        assertThat(verifications.list(all, Viewer.PLATFORM, 2, page.next()).items())
                .extracting(Verification::id)
                .containsExactly(first.id());
    }

    @Test
    void the_label_stays_when_the_person_is_removed() {
        UUID person = fixtures.user();
        Verification done = verifications.complete(
                verifications
                        .claimByPerson(requested(VerificationKind.AUDITOR).id(), person)
                        .lease(),
                CONFIRMED);
        assertThat(db.users().delete(person)).isTrue();
        Verification later = now(done.id());
        assertThat(later.verifierId()).isNull();
        assertThat(later.verifierLabel()).isEqualTo(done.verifierLabel()).isNotNull();
    }

    @Test
    void what_people_do_is_audited() {
        UUID person = fixtures.user();
        var acting = db.actingAs(new Actor(ActorKind.USER, person, "auditor", null, null))
                .exchange()
                .verifications();
        UUID id = acting.request(NewVerification.of(submission(), VerificationKind.AUDITOR))
                .id();
        acting.release(acting.claimByPerson(id, person).lease());
        Lease lease = acting.claimByPerson(id, person).lease();
        acting.recordStep(lease, NewVerificationStep.pending(1, "Run"));
        acting.recordAttempt(lease, NewVerificationAttempt.confirmed(0.5, NOON, NOON));
        acting.complete(lease, CONFIRMED);
        assertThat(db.audit().history("verification", id, 100, null).items())
                .extracting(AuditEntry::action)
                .containsExactly("complete", "record_attempt", "record_step", "claim", "release", "claim", "request");
    }

    @Test
    void a_person_needs_read_committed() {
        UUID id = requested(VerificationKind.AUDITOR).id();
        UUID person = fixtures.user();
        TxOptions strict = TxOptions.DEFAULT.isolation(Isolation.REPEATABLE_READ);
        assertThatThrownBy(() -> db.inTransaction(
                        strict, tx -> tx.exchange().verifications().claimByPerson(id, person)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("read committed");
        Lease lease = verifications.claimByPerson(id, person).lease();
        assertThatThrownBy(() -> db.inTransaction(
                        strict, tx -> tx.exchange().verifications().complete(lease, CONFIRMED)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("read committed");
        assertThat(now(id).status()).isEqualTo(VerificationStatus.IN_PROGRESS);
    }

    @Test
    void bad_input_is_refused_by_the_name_of_its_field() {
        UUID id = UUID.randomUUID();
        Json array = Json.parse("[]");
        refused(
                "config",
                () -> NewVerification.of(id, VerificationKind.PLATFORM).config(array));
        refused("limit", () -> verifications.claim(worker(), VerificationScope.ALL, 0, HOUR));
        refused("limit", () -> verifications.claim(worker(), VerificationScope.ALL, 501, HOUR));
        refused("lease", () -> verifications.claim(worker(), VerificationScope.ALL, 1, Duration.ofMillis(1_500)));
        refused("lease", () -> verifications.claim(worker(), VerificationScope.ALL, 1, Duration.ZERO));
        refused("deadline", () -> verifications.claimByPerson(id, id, Duration.ofDays(367)));
        refused("deadline", () -> verifications.claimByPerson(id, id, Duration.ofMillis(1)));
        refused("limit", () -> verifications.requeueExpired(1_001));
        Lease lease = new Lease(id, 1, 1, 1, NOON, NOON);
        refused("time", () -> verifications.extend(lease, Duration.ofDays(400)));
        refused("reason", () -> verifications.fail(lease, " "));
        refused("reason", () -> verifications.fail(lease, "a\0b"));
        refused("reproducedScore", () -> NewVerificationResult.confirmed(Double.NaN, true));
        refused("reproducedScore", () -> NewVerificationResult.refuted(1e301, true));
        refused("confidence", () -> CONFIRMED.confidence(1.01));
        refused("confidence", () -> CONFIRMED.confidence(Double.NaN));
        refused("details", () -> CONFIRMED.details(array));
        refused("attestationUrl", () -> AttestationEvidence.NONE.url("ftp://example.org"));
        refused("attestationMetadata", () -> AttestationEvidence.NONE.metadata(array));
        refused("attestationSignature", () -> AttestationEvidence.of(" ", "Ed25519", "k", NOON));
        refused("attestationSignedAt", () -> AttestationEvidence.of("c2ln", "Ed25519", "k", NOON.plusNanos(1)));
        refused("together", () -> new AttestationEvidence(null, "c2ln", "Ed25519", null, NOON, null));
        NewVerificationAttempt good = NewVerificationAttempt.confirmed(1, NOON, NOON);
        refused("score", () -> NewVerificationAttempt.confirmed(Double.POSITIVE_INFINITY, NOON, NOON));
        refused("duration", () -> good.duration(Duration.ofNanos(1)));
        refused("duration", () -> good.duration(Duration.ofMillis(-1)));
        refused("environmentHash", () -> good.environmentHash("A".repeat(64)));
        refused("logsUrl", () -> good.logsUrl("no address"));
        refused("completedAt", () -> NewVerificationAttempt.confirmed(1, NOON, NOON.minusNanos(1_000)));
        refused("startedAt", () -> NewVerificationAttempt.confirmed(1, Instant.EPOCH, NOON));
        refused("score", () -> new NewVerificationAttempt(null, Duration.ZERO, null, true, null, null, NOON, NOON));
        refused("error", () -> new NewVerificationAttempt(1.0, Duration.ZERO, null, true, "e", null, NOON, NOON));
        refused("step", () -> NewVerificationStep.pending(0, "a"));
        refused("step", () -> NewVerificationStep.pending(1_001, "a"));
        refused("name", () -> NewVerificationStep.pending(1, "a".repeat(201)));
        refused("completedAt", () -> NewVerificationStep.completed(1, "a", NOON, NOON.minusSeconds(1)));
        refused("error", () -> step(VerificationStepStatus.COMPLETED, "e", NOON, NOON));
        refused("startedAt", () -> step(VerificationStepStatus.PENDING, null, NOON, null));
        refused("startedAt", () -> step(VerificationStepStatus.IN_PROGRESS, null, null, null));
        refused("completedAt", () -> step(VerificationStepStatus.FAILED, null, NOON, null));
        refused("completedAt", () -> step(VerificationStepStatus.SKIPPED, null, null, NOON));
        Set<UUID> many = new java.util.HashSet<>();
        while (many.size() <= 10_000) {
            many.add(UUID.randomUUID());
        }
        refused("definitionIds", () -> new VerificationScope(many));
    }

    private static NewVerificationStep step(
            VerificationStepStatus status, String error, Instant startedAt, Instant completedAt) {
        return new NewVerificationStep(1, "a", status, null, error, startedAt, completedAt);
    }

    @Test
    void the_schema_refuses_what_no_verification_is() {
        UUID id = requested(VerificationKind.PLATFORM).id();
        refusedBySchema("verifications_result_when_completed", "outcome = 'completed', completed_at = now()", id);
        refusedBySchema("verifications_result_when_completed", "success = true", id);
        refusedBySchema("verifications_completed_at_when_ended", "outcome = 'cancelled'", id);
        refusedBySchema("verifications_failure_reason_when_failed", "failure_reason = 'x'", id);
        refusedBySchema("verifications_attestation_complete", "attestation_key_id = 'k'", id);
    }

    private static void refusedBySchema(String constraint, String change, UUID id) {
        assertThatThrownBy(() ->
                        database.admin("update evalstore.verifications set " + change + " where id = '" + id + "'"))
                .hasMessageContaining(constraint);
    }
}
