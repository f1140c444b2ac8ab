package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * By what a verifier vouches for its result. A signature, its algorithm, key and time go together: all four are given, or none.
 * It is stored as given; {@link VerificationRepository#verifyAttestation} says whether it holds.
 *
 * @param url where the attestation is published, of http or https, at most 2,000 characters, or null
 * @param signature the signature of the attested text, in Base64, at most 1,000 characters, or null
 * @param algorithm how it was signed, such as Ed25519, at most 100 characters, or null
 * @param keyId the key that it was signed with, at most 200 characters, or null
 * @param signedAt when it was signed, as the signed text says: whole microseconds, in the years 2000 to 2100, or null
 * @param metadata an object of at most 1,000,000 characters: what else belongs to it, in the verifier's shape, or null
 */
public record AttestationEvidence(
        @Nullable String url,
        @Nullable String signature,
        @Nullable String algorithm,
        @Nullable String keyId,
        @Nullable Instant signedAt,
        @Nullable Json metadata) {
    /** No attestation. */
    public static final AttestationEvidence NONE = new AttestationEvidence(null, null, null, null, null, null);

    public AttestationEvidence {
        Check.urlOrNull("attestationUrl", url);
        Check.textOrNull("attestationSignature", signature, 1_000);
        Check.textOrNull("attestationAlgorithm", algorithm, 100);
        Check.textOrNull("attestationKeyId", keyId, 200);
        Check.yearsOrNull("attestationSignedAt", signedAt);
        if (signedAt != null && !signedAt.equals(signedAt.truncatedTo(ChronoUnit.MICROS))) {
            throw new IllegalArgumentException("attestationSignedAt must be whole microseconds, as it is stored");
        }
        SubmissionRules.storedObject("attestationMetadata", metadata);
        long given = Stream.of(signature, algorithm, keyId, signedAt)
                .filter(Objects::nonNull)
                .count();
        if (given % 4 != 0) {
            throw new IllegalArgumentException("attestationSignature, attestationAlgorithm, attestationKeyId and"
                    + " attestationSignedAt must be given together");
        }
    }

    /** A signature, and where nothing else is known. */
    public static AttestationEvidence of(String signature, String algorithm, String keyId, Instant signedAt) {
        Objects.requireNonNull(signature, "signature");
        return new AttestationEvidence(null, signature, algorithm, keyId, signedAt, null);
    }

    public AttestationEvidence url(String value) {
        return new AttestationEvidence(value, signature, algorithm, keyId, signedAt, metadata);
    }

    public AttestationEvidence metadata(Json value) {
        return new AttestationEvidence(url, signature, algorithm, keyId, signedAt, value);
    }
}
