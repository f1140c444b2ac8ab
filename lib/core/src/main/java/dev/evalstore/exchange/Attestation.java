package dev.evalstore.exchange;

import dev.evalstore.internal.CanonicalJson;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Row;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a verifier attests: that it ran a submission again, and with which result. It binds the submission by the hash of
 * its content, so a change of any of it is noticed. Immutable.
 *
 * <pre>{@code
 * NewVerificationResult result = NewVerificationResult.confirmed(0.871, true);
 * AttestationEvidence signed =
 *         Attestation.of(verification.id(), submission, result).sign("key-1", privateKey, Instant.now());
 * // then complete the verification with result.attestation(signed)
 * }</pre>
 *
 * <p>Who signs elsewhere, in hardware or in another language, signs {@link #text} in UTF-8 with Ed25519 (RFC 8032).
 */
public final class Attestation {
    private final UUID verificationId;
    private final UUID submissionId;
    private final UUID versionId;
    private final Evidence evidence;
    private final double score;
    private final boolean success;
    private final double reproducedScore;
    private final double scoreDifference;
    private final boolean environmentMatch;

    private Attestation(UUID verificationId, Submission submission, NewVerificationResult result) {
        this.verificationId = Objects.requireNonNull(verificationId, "verificationId");
        Objects.requireNonNull(submission, "submission");
        Objects.requireNonNull(result, "result");
        this.submissionId = submission.id();
        this.versionId = submission.versionId();
        this.evidence = new Evidence(submission.contentHash(), submission.environmentHash());
        this.score = submission.aggregateScore();
        this.success = result.success();
        this.reproducedScore = result.reproducedScore();
        this.scoreDifference = reproducedScore - score;
        this.environmentMatch = result.environmentMatch();
    }

    private Attestation(Row row) throws SQLException {
        this.verificationId = row.uuid("verification_id");
        this.submissionId = row.uuid("submission_id");
        this.versionId = row.uuid("version_id");
        this.evidence = new Evidence(row.text("content_hash"), row.textOrNull("environment_hash"));
        this.score = row.real("aggregate_score");
        this.success = row.bool("success");
        this.reproducedScore = row.real("reproduced_score");
        this.scoreDifference = row.real("score_difference");
        this.environmentMatch = row.bool("environment_match");
    }

    /**
     * What a verifier attests when it completes the verification with the result.
     *
     * @param submission the submission that the verification is of, as it was read from the store
     */
    public static Attestation of(UUID verificationId, Submission submission, NewVerificationResult result) {
        return new Attestation(verificationId, submission, result);
    }

    /** What was attested, as it is stored now. */
    static Attestation stored(Row row) throws SQLException {
        return new Attestation(row);
    }

    /**
     * The text to sign: one JSON object in the canonical form of RFC 8785. Its names are {@code content_hash}, {@code
     * environment_hash} (left out where the submission has none), {@code environment_match}, {@code key_id}, {@code
     * reproduced_score}, {@code score} (the submission's), {@code score_difference}, {@code signed_at}, {@code
     * submission}, {@code success}, {@code type} (always {@code evalstore/attestation/1}), {@code verification} and
     * {@code version}. The hashes are SHA-256 in hexadecimal; the time is UTC with six decimals, as in {@code
     * 2026-01-31T12:00:00.000000Z}.
     *
     * @param keyId the key to sign with, as it is registered
     * @param signedAt the time of signing, of the years 2000 to 2100; cut to whole microseconds
     */
    public String text(String keyId, Instant signedAt) {
        Check.text("keyId", keyId, 1, NewVerifierKey.MAX_KEY_ID);
        Check.yearsOrNull("signedAt", Objects.requireNonNull(signedAt, "signedAt"));
        return CanonicalJson.text()
                .put("content_hash", evidence.contentHash())
                .put("environment_hash", evidence.environmentHash())
                .put("environment_match", environmentMatch)
                .put("key_id", keyId)
                .put("reproduced_score", reproducedScore)
                .put("score", score)
                .put("score_difference", scoreDifference)
                .put("signed_at", signedAt)
                .put("submission", submissionId)
                .put("success", success)
                .put("type", "evalstore/attestation/1")
                .put("verification", verificationId)
                .put("version", versionId)
                .toText();
    }

    /**
     * Signs the text, by the JDK or by the provider that the key is of.
     *
     * @param keyId the key's id, as its public key is registered
     * @param key an Ed25519 key
     * @param signedAt the time of signing, of the years 2000 to 2100, by which it is judged whether the key was valid; cut
     *     to whole microseconds
     * @throws IllegalArgumentException if the key is no Ed25519 key
     */
    public AttestationEvidence sign(String keyId, PrivateKey key, Instant signedAt) {
        Objects.requireNonNull(key, "key");
        Instant at = Objects.requireNonNull(signedAt, "signedAt").truncatedTo(ChronoUnit.MICROS);
        String text = text(keyId, at);
        try {
            return AttestationEvidence.of(Ed25519.sign(key, text), Ed25519.ALGORITHM, keyId, at);
        } catch (InvalidKeyException e) {
            throw new IllegalArgumentException("key must be an Ed25519 key");
        }
    }

    /** What the submission is known by, whatever its id. */
    private record Evidence(String contentHash, @Nullable String environmentHash) {}
}
