package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key to register; {@link VerifierKey} describes the fields. It is either a person's or a worker's.
 *
 * @param keyId not blank, at most 200 characters
 * @param verifierId the person whose key it is, or null
 * @param worker the name by which the worker whose key it is registers, or null
 * @param publicKey an Ed25519 key
 * @param validFrom of the years 1 to 9999, or null for the moment of registration
 * @param validTo later than {@code validFrom}, of the years 1 to 9999, or null for no end
 */
public record NewVerifierKey(
        String keyId,
        @Nullable UUID verifierId,
        @Nullable String worker,
        PublicKey publicKey,
        @Nullable Instant validFrom,
        @Nullable Instant validTo) {
    static final int MAX_KEY_ID = 200;

    public NewVerifierKey {
        Check.text("keyId", keyId, 1, MAX_KEY_ID);
        Check.nameOrNull("worker", worker);
        if ((verifierId == null) == (worker == null)) {
            throw new IllegalArgumentException("either verifierId or worker must be given");
        }
        if (Ed25519.text(Objects.requireNonNull(publicKey, "publicKey")) == null) {
            throw new IllegalArgumentException("publicKey must be an Ed25519 key");
        }
        Check.timeOrNull("validFrom", validFrom);
        Check.timeOrNull("validTo", validTo);
        if (validFrom != null && validTo != null && !validFrom.isBefore(validTo)) {
            throw new IllegalArgumentException("validTo must be later than validFrom");
        }
    }

    /** A person's key, valid from now on. */
    public static NewVerifierKey ofUser(UUID user, String keyId, PublicKey publicKey) {
        return new NewVerifierKey(keyId, Objects.requireNonNull(user, "user"), null, publicKey, null, null);
    }

    /** The key of a worker that registers under this name, valid from now on. */
    public static NewVerifierKey ofWorker(String worker, String keyId, PublicKey publicKey) {
        return new NewVerifierKey(keyId, null, Objects.requireNonNull(worker, "worker"), publicKey, null, null);
    }

    /**
     * The key of a PEM file, as {@code openssl pkey -pubout} writes it, or of its body alone.
     *
     * @throws IllegalArgumentException if the text is no public Ed25519 key
     */
    public static PublicKey parse(String pem) {
        PublicKey key = Ed25519.parse(Objects.requireNonNull(pem, "pem"));
        if (key == null) {
            throw new IllegalArgumentException("pem must be a public Ed25519 key");
        }
        return key;
    }

    public NewVerifierKey validFrom(Instant value) {
        return new NewVerifierKey(keyId, verifierId, worker, publicKey, value, validTo);
    }

    public NewVerifierKey validTo(Instant value) {
        return new NewVerifierKey(keyId, verifierId, worker, publicKey, validFrom, value);
    }
}
