package dev.evalstore.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.Database;
import dev.evalstore.Json;
import dev.evalstore.NotFoundException;
import dev.evalstore.internal.CanonicalJson;
import dev.evalstore.testkit.TestDatabase;
import dev.evalstore.worker.NewWorker;
import dev.evalstore.worker.Worker;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttestationCheckTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant TIME = Instant.parse("2026-02-01T12:00:00.123456Z");
    private static final Instant END = Instant.parse("2027-01-01T00:00:00Z");
    private static final NewVerificationResult RESULT = NewVerificationResult.confirmed(0.1 + 0.2, true);

    private final Database db = database.db();
    private final VerificationRepository verifications = db.exchange().verifications();
    private final VerifierKeyRepository keys = db.exchange().verifierKeys();
    private final SubmissionSamples samples = new SubmissionSamples(db);
    private KeyPair pair;
    private UUID ada;

    @BeforeEach
    void empty() throws NoSuchAlgorithmException {
        database.admin("truncate evalstore.submissions cascade; truncate evalstore.verification_ready;"
                + " truncate evalstore.verification_leases; delete from evalstore.verifier_keys;"
                + " delete from evalstore.users; delete from evalstore.workers");
        pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        ada = ExchangeFixtures.user(db, "ada");
    }

    private NewVerifierKey key(String keyId) {
        return NewVerifierKey.ofUser(ada, keyId, pair.getPublic()).validFrom(BEGIN);
    }

    private Submission submission() {
        NewSubmission submission = samples.of("m", NewSubmission.Submitter.named("somebody"), 1)
                .reproducibility(new Reproducibility(
                        null, null, Json.of(Map.of("platform", "linux", "gpus", 8.0)), Json.EMPTY, Json.EMPTY));
        return samples.submit(submission);
    }

    /** A completed verification of a new submission, with the evidence that ada gives for it. */
    private UUID completed(Function<Attestation, AttestationEvidence> evidence) {
        return completed(submission(), evidence);
    }

    private UUID completed(Submission submission, Function<Attestation, AttestationEvidence> evidence) {
        UUID id = verifications
                .request(NewVerification.of(submission.id(), VerificationKind.AUDITOR))
                .id();
        ClaimedVerification claimed = verifications.claimByPerson(id, ada);
        AttestationEvidence given = evidence.apply(Attestation.of(id, submission, RESULT));
        verifications.complete(claimed.lease(), RESULT.attestation(given));
        return id;
    }

    private UUID signed(String keyId) {
        return completed(attestation -> attestation.sign(keyId, pair.getPrivate(), TIME));
    }

    private AttestationCheck check(UUID verification) {
        return verifications.verifyAttestation(verification, Viewer.ANONYMOUS);
    }

    @Test
    void what_is_stored_as_it_was_signed_is_valid() {
        keys.register(key("key-1"));
        assertThat(check(signed("key-1"))).isEqualTo(AttestationCheck.VALID);
    }

    /** jsonb reorders names, drops repeated ones and writes numbers its own way. */
    @Test
    void the_hash_of_the_environment_is_that_of_what_is_read_back() {
        Json environment = Json.parse("""
                {"z": 1e2, "é": [1.50, -0, 5e-324, 1E+20, 0.1e-6], "a": {"\\u0062": 1, "b": 2}, "": "\\/\\u00e9\\n",
                 "z": 1e22, "😀": null, "ﬀ": true}""");
        Submission submission = samples.submit(samples.of("m", NewSubmission.Submitter.named("somebody"), 1)
                .reproducibility(new Reproducibility(null, null, environment, Json.EMPTY, Json.EMPTY)));
        Json stored = db.exchange()
                .submissions()
                .get(submission.id(), Viewer.ANONYMOUS)
                .reproducibility()
                .environment();
        assertThat(stored).isNotEqualTo(environment);
        assertThat(CanonicalJson.of(stored)).isEqualTo(CanonicalJson.of(environment));
        assertThat(submission.environmentHash()).isEqualTo(HexFormat.of().formatHex(CanonicalJson.sha256(stored)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "verifications set reproduced_score = reproduced_score + 5.6e-17",
                "verifications set score_difference = 0",
                "verifications set success = false",
                "verifications set environment_match = false",
                "verifications set attestation_signed_at = attestation_signed_at + interval '1 microsecond'",
                "verifications set attestation_signature = overlay(attestation_signature placing"
                        + " (case when attestation_signature like 'A%' then 'B' else 'A' end) from 1 for 1)",
                "submissions set content_hash = overlay(content_hash placing"
                        + " (case when content_hash like '%0' then '1' else '0' end) from 64 for 1)",
                "submissions set environment_hash = overlay(environment_hash placing"
                        + " (case when environment_hash like 'a%' then 'b' else 'a' end) from 1 for 1)",
                "submissions set environment_hash = null",
                "submissions set aggregate_score = 0.25, board_score = -0.25"
            })
    void whatever_was_changed_by_as_little_as_one_character_makes_it_invalid(String change) {
        keys.register(key("key-1"));
        UUID id = signed("key-1");
        database.admin("update evalstore." + change);
        assertThat(check(id)).isEqualTo(AttestationCheck.INVALID);
    }

    @Test
    void a_signature_of_another_verification_of_the_same_result_is_invalid() {
        keys.register(key("key-1"));
        Submission submission = submission();
        UUID id = completed(submission, attestation -> attestation.sign("key-1", pair.getPrivate(), TIME));
        AttestationEvidence first = verifications.get(id, Viewer.ANONYMOUS).attestation();
        UUID copied = completed(submission, attestation -> first);
        assertThat(check(id)).isEqualTo(AttestationCheck.VALID);
        assertThat(check(copied)).isEqualTo(AttestationCheck.INVALID);
    }

    @Test
    void a_removed_persons_signature_stays_theirs_and_a_namesake_workers_key_is_anothers() {
        keys.register(key("key-1"));
        UUID own = signed("key-1");
        pair = other();
        keys.register(NewVerifierKey.ofWorker("ada", "key-2", pair.getPublic()).validFrom(BEGIN));
        UUID forged = signed("key-2");
        database.admin("update evalstore.users set username = 'eda'; delete from evalstore.users");
        assertThat(check(own)).isEqualTo(AttestationCheck.VALID);
        assertThat(check(forged)).isEqualTo(AttestationCheck.OTHER_VERIFIERS_KEY);
    }

    private static KeyPair other() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_key_that_nobody_registered_is_unknown() {
        keys.register(key("key-1"));
        assertThat(check(signed("key-2"))).isEqualTo(AttestationCheck.UNKNOWN_KEY);
    }

    @Test
    void another_key_under_the_key_id_makes_it_invalid() throws NoSuchAlgorithmException {
        KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        keys.register(NewVerifierKey.ofUser(ada, "key-1", other.getPublic()).validFrom(BEGIN));
        assertThat(check(signed("key-1"))).isEqualTo(AttestationCheck.INVALID);
    }

    @Test
    void a_key_is_judged_by_the_time_of_signing_and_not_by_today_s() {
        VerifierKey key = keys.register(key("key-1"));
        UUID id = signed("key-1");
        keys.expire(key.id(), TIME.plusNanos(1_000));
        assertThat(check(id)).as("it ended after it signed").isEqualTo(AttestationCheck.VALID);
        keys.expire(key.id(), TIME);
        assertThat(check(id)).isEqualTo(AttestationCheck.EXPIRED_KEY);
        keys.expire(key.id(), END);
        assertThat(check(completed(attestation -> attestation.sign("key-1", pair.getPrivate(), END))))
                .isEqualTo(AttestationCheck.EXPIRED_KEY);
        UUID early = completed(attestation -> attestation.sign("key-1", pair.getPrivate(), BEGIN.minusNanos(1_000)));
        assertThat(check(early)).isEqualTo(AttestationCheck.KEY_NOT_YET_VALID);
        assertThat(check(completed(attestation -> attestation.sign("key-1", pair.getPrivate(), BEGIN))))
                .isEqualTo(AttestationCheck.VALID);
    }

    @Test
    void what_a_key_signed_before_it_was_revoked_still_counts() {
        VerifierKey key = keys.register(key("key-1"));
        UUID before = signed("key-1");
        UUID since = completed(attestation -> attestation.sign("key-1", pair.getPrivate(), TIME.plusNanos(1_000)));
        keys.revoke(key.id(), TIME.plusNanos(1_000));
        assertThat(check(before)).isEqualTo(AttestationCheck.VALID);
        assertThat(check(since)).isEqualTo(AttestationCheck.REVOKED_KEY);
    }

    @Test
    void a_stolen_key_is_revoked_from_before_its_beginning() {
        VerifierKey key = keys.register(key("key-1"));
        UUID id = signed("key-1");
        keys.revoke(key.id(), BEGIN.minusSeconds(1));
        assertThat(check(id)).isEqualTo(AttestationCheck.REVOKED_KEY);
    }

    @Test
    void another_verifier_s_key_does_not_count_though_it_signed() {
        UUID berta = ExchangeFixtures.user(db, "berta");
        keys.register(NewVerifierKey.ofUser(berta, "key-1", pair.getPublic()).validFrom(BEGIN));
        UUID id = signed("key-1");
        assertThat(check(id)).isEqualTo(AttestationCheck.OTHER_VERIFIERS_KEY);
        database.admin("delete from evalstore.users where username = 'berta'");
        assertThat(check(id)).as("her key is nobody's").isEqualTo(AttestationCheck.OTHER_VERIFIERS_KEY);
    }

    @Test
    void it_still_holds_when_the_verifier_was_removed() {
        keys.register(key("key-1"));
        UUID id = signed("key-1");
        database.admin("delete from evalstore.users");
        assertThat(check(id)).isEqualTo(AttestationCheck.VALID);
    }

    @Test
    void a_worker_signs_by_a_key_of_its_name() {
        keys.register(
                NewVerifierKey.ofWorker("rig-1", "key-1", pair.getPublic()).validFrom(BEGIN));
        assertThat(check(byWorker("rig-1"))).isEqualTo(AttestationCheck.VALID);
        assertThat(check(byWorker("rig-2"))).isEqualTo(AttestationCheck.OTHER_VERIFIERS_KEY);
    }

    private UUID byWorker(String name) {
        Submission submission = submission();
        UUID id = verifications
                .request(NewVerification.of(submission.id(), VerificationKind.PLATFORM))
                .id();
        Worker worker = db.workers().register(NewWorker.of(name));
        List<ClaimedVerification> claimed = verifications.claim(worker, VerificationScope.ALL, 1, Duration.ofHours(1));
        AttestationEvidence evidence = Attestation.of(id, submission, RESULT).sign("key-1", pair.getPrivate(), TIME);
        verifications.complete(claimed.get(0).lease(), RESULT.attestation(evidence));
        return id;
    }

    @Test
    void without_a_signature_there_is_nothing_to_check() {
        assertThat(check(completed(attestation -> AttestationEvidence.NONE))).isEqualTo(AttestationCheck.NOT_SIGNED);
        assertThat(check(completed(attestation -> AttestationEvidence.NONE.url("https://example.org/a"))))
                .isEqualTo(AttestationCheck.NOT_SIGNED);
        UUID pending = verifications
                .request(NewVerification.of(submission().id(), VerificationKind.AUDITOR))
                .id();
        assertThat(check(pending)).isEqualTo(AttestationCheck.NOT_SIGNED);
    }

    @Test
    void another_algorithm_is_not_supported_and_no_base64_is_invalid() {
        keys.register(key("key-1"));
        assertThat(check(completed(attestation -> AttestationEvidence.of("AAAA", "RS256", "key-1", TIME))))
                .isEqualTo(AttestationCheck.UNSUPPORTED_ALGORITHM);
        assertThat(check(completed(attestation -> AttestationEvidence.of("ключ", "Ed25519", "key-1", TIME))))
                .isEqualTo(AttestationCheck.INVALID);
    }

    @Test
    void who_may_not_see_the_submission_finds_no_attestation() {
        keys.register(key("key-1"));
        UUID id = signed("key-1");
        database.admin("update evalstore.submissions set visibility = 'private'");
        assertThatThrownBy(() -> check(id))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("no verification has the id " + id);
        assertThat(verifications.verifyAttestation(id, Viewer.PLATFORM)).isEqualTo(AttestationCheck.VALID);
        assertThatThrownBy(() -> check(UUID.randomUUID())).isInstanceOf(NotFoundException.class);
    }
}
