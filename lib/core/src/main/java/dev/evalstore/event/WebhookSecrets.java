package dev.evalstore.event;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Secrets that sign webhooks, as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> writes them: {@code whsec_} and base64. */
final class WebhookSecrets {
    static final String PREFIX = "whsec_";
    private static final int RANDOM_BYTES = 32;
    private static final int MIN_BYTES = 24;
    private static final int MAX_BYTES = 64;
    private static final SecureRandom RANDOM = new SecureRandom();

    private WebhookSecrets() {}

    /** A new secret of 256 random bits. */
    static String random() {
        byte[] key = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(key);
        return PREFIX + Base64.getEncoder().encodeToString(key);
    }

    /** Refuses other than {@code whsec_} and the base64 of 24 to 64 bytes. */
    static String check(String field, @Nullable String secret) {
        key(field, secret);
        return Objects.requireNonNull(secret);
    }

    /** The bytes that sign. */
    static byte[] key(String field, @Nullable String secret) {
        Objects.requireNonNull(secret, field);
        if (secret.startsWith(PREFIX)) {
            try {
                byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
                if (key.length >= MIN_BYTES && key.length <= MAX_BYTES) {
                    return key;
                }
            } catch (IllegalArgumentException e) {
                // Its message may quote the secret.
            }
        }
        throw new IllegalArgumentException(
                field + " must be " + PREFIX + " and " + MIN_BYTES + " to " + MAX_BYTES + " bytes in base64");
    }
}
