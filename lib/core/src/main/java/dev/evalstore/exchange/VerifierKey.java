package dev.evalstore.exchange;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A public key by which a verifier signs what it found. A signature counts by the time that the signed text has: from
 * {@code validFrom}, and before {@code validTo} and {@code revokedAt}.
 *
 * @param id version 7
 * @param keyId names the key in signatures
 * @param verifierId the person whose key it is; null where it is a worker's, and after the user was removed
 * @param verifierLabel the name of the person, as it was when the key was registered, or of the worker
 * @param publicKey an Ed25519 key as a SubjectPublicKeyInfo (RFC 8410) in Base64, the body of a PEM file
 * @param validTo null for no end
 * @param revokedAt from when the key is no longer to be trusted, or null
 */
public record VerifierKey(
        UUID id,
        String keyId,
        @Nullable UUID verifierId,
        String verifierLabel,
        String publicKey,
        Instant validFrom,
        @Nullable Instant validTo,
        @Nullable Instant revokedAt,
        Instant createdAt,
        Instant updatedAt) {}
