package dev.evalstore.event;

import dev.evalstore.internal.Check;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells webhooks that were signed with a known secret from others, for those who receive them. It needs no database. Works for every
 * sender that follows Standard Webhooks with {@code v1} signatures. Immutable and thread-safe.
 *
 * <pre>{@code
 * WebhookVerifier verifier = WebhookVerifier.of(secret);
 * Optional<WebhookMessage> message = verifier.verify(request::getHeader, body); // the body's bytes as they came
 * }</pre>
 */
public final class WebhookVerifier {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final Duration MAX_TOLERANCE = Duration.ofDays(1);
    private static final int MAX_SECRETS = 10;
    private static final int MAX_ID = 1_000;
    private static final int MAX_SIGNATURES = 4_000;
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}");

    private final List<byte[]> keys;
    private final Duration tolerance;
    private final Clock clock;

    private WebhookVerifier(List<byte[]> keys, Duration tolerance, Clock clock) {
        this.keys = keys;
        this.tolerance = tolerance;
        this.clock = clock;
    }

    /**
     * Accepts what one of the secrets has signed, within five minutes of this process's clock. While a secret is rotated, give the old
     * and the new one.
     *
     * @param secrets 1 to 10, each {@code whsec_} and 24 to 64 bytes in base64
     */
    public static WebhookVerifier of(String... secrets) {
        List<String> given = Check.list("secrets", secrets);
        Check.range("secrets", given.size(), 1, MAX_SECRETS);
        return new WebhookVerifier(
                given.stream()
                        .map(secret -> WebhookSecrets.key("secrets", secret))
                        .toList(),
                TOLERANCE,
                Clock.systemUTC());
    }

    /** How far the time of the signature may be from now, before and after; longer than zero, at most a day. */
    public WebhookVerifier tolerance(Duration time) {
        return new WebhookVerifier(
                keys, Check.atMost("tolerance", Check.positive("tolerance", time), MAX_TOLERANCE), clock);
    }

    /** The clock that says what is now; the system's unless given. */
    public WebhookVerifier clock(Clock now) {
        return new WebhookVerifier(keys, tolerance, Objects.requireNonNull(now, "clock"));
    }

    /**
     * The message; empty if a header is missing or has another form, the signature is of another secret or body, or too old or too new.
     * Compares in constant time.
     *
     * @param headers gives the first value of a header by its name in lower case, or null; {@code request::getHeader}
     * @param body the bytes that were received, before anything has read them as JSON
     */
    public Optional<WebhookMessage> verify(Function<String, @Nullable String> headers, byte[] body) {
        Objects.requireNonNull(headers, "headers");
        return verify(
                headers.apply(WebhookSignature.ID),
                headers.apply(WebhookSignature.TIMESTAMP),
                headers.apply(WebhookSignature.SIGNATURE),
                body);
    }

    /** The same by the values of the headers {@code webhook-id}, {@code webhook-timestamp} and {@code webhook-signature}. */
    public Optional<WebhookMessage> verify(
            @Nullable String id, @Nullable String timestamp, @Nullable String signature, byte[] body) {
        Objects.requireNonNull(body, "body");
        if (id == null
                || timestamp == null
                || signature == null
                || id.isBlank()
                || id.length() > MAX_ID
                || signature.length() > MAX_SIGNATURES
                || !SECONDS.matcher(timestamp).matches()) {
            return Optional.empty();
        }
        long seconds = Long.parseLong(timestamp);
        Duration off = Duration.between(Instant.ofEpochSecond(seconds), clock.instant())
                .abs();
        if (off.compareTo(tolerance) > 0 || !isSigned(id, seconds, signature, body)) {
            return Optional.empty();
        }
        return Optional.of(
                new WebhookMessage(id, Instant.ofEpochSecond(seconds), new String(body, StandardCharsets.UTF_8)));
    }

    /** Looks at all signatures with all secrets, whichever fits. */
    private boolean isSigned(String id, long seconds, String signatures, byte[] body) {
        boolean isGood = false;
        for (byte[] key : keys) {
            byte[] expected = WebhookSignature.of(key, id, seconds, body);
            for (String one : signatures.split(" ", -1)) {
                isGood |= one.startsWith(WebhookSignature.VERSION) && MessageDigest.isEqual(expected, bytes(one));
            }
        }
        return isGood;
    }

    private static byte[] bytes(String signature) {
        try {
            return Base64.getDecoder().decode(signature.substring(WebhookSignature.VERSION.length()));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
