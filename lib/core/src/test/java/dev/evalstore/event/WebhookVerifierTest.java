package dev.evalstore.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookVerifierTest {
    /** The vector of the reference libraries of Standard Webhooks. */
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final long AT = 1_614_265_330;
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static final String OTHER = WebhookSecrets.random();

    private static WebhookVerifier verifier(String... secrets) {
        return WebhookVerifier.of(secrets).clock(clock(AT));
    }

    private static Clock clock(long seconds) {
        return Clock.fixed(Instant.ofEpochSecond(seconds), ZoneOffset.UTC);
    }

    private static Optional<WebhookMessage> verify(WebhookVerifier verifier, String signature) {
        return verifier.verify(ID, String.valueOf(AT), signature, BODY);
    }

    @Test
    void the_vector_of_standard_webhooks_is_signed_and_verified() {
        byte[] key = WebhookSecrets.key("secret", SECRET);

        assertThat("v1," + Base64.getEncoder().encodeToString(WebhookSignature.of(key, ID, AT, BODY)))
                .isEqualTo(SIGNATURE);
        assertThat(verify(verifier(SECRET), SIGNATURE))
                .contains(new WebhookMessage(ID, Instant.ofEpochSecond(AT), "{\"test\": 2432232314}"));
    }

    @Test
    void the_headers_are_read_by_their_names() {
        Map<String, String> headers =
                Map.of("webhook-id", ID, "webhook-timestamp", String.valueOf(AT), "webhook-signature", SIGNATURE);

        assertThat(verifier(SECRET).verify(headers::get, BODY)).isPresent();
        headers.keySet().forEach(missing -> {
            Map<String, String> others = new HashMap<>(headers);
            others.remove(missing);
            assertThat(verifier(SECRET).verify(others::get, BODY)).as(missing).isEmpty();
        });
    }

    @Test
    void one_good_signature_among_others_is_enough_and_one_of_several_secrets() {
        String wrong = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

        assertThat(verify(verifier(SECRET), wrong + " v2,AAAA " + SIGNATURE + " " + wrong))
                .isPresent();
        assertThat(verify(verifier(OTHER, SECRET), SIGNATURE)).isPresent();
        assertThat(verify(verifier(OTHER), SIGNATURE)).isEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "v1",
                "v1,",
                "v1,g0hM9SsE",
                "v1,?",
                "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                "v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
            })
    void another_signature_is_refused(String signature) {
        assertThat(verify(verifier(SECRET), signature)).isEmpty();
    }

    @Test
    void another_body_id_or_time_is_refused() {
        WebhookVerifier verifier = verifier(SECRET);
        byte[] other = BODY.clone();
        other[3]++;

        assertThat(verifier.verify(ID, String.valueOf(AT), SIGNATURE, other)).isEmpty();
        assertThat(verifier.verify(ID + "x", String.valueOf(AT), SIGNATURE, BODY))
                .isEmpty();
        assertThat(verifier.verify(ID, String.valueOf(AT + 1), SIGNATURE, BODY)).isEmpty();
        for (String time : Arrays.asList("hello", "", "-1", "+1614265330", "1614265330.0", "9".repeat(30), null)) {
            assertThat(verifier.verify(ID, time, SIGNATURE, BODY)).as(time).isEmpty();
        }
        assertThat(verifier.verify(null, String.valueOf(AT), SIGNATURE, BODY)).isEmpty();
    }

    @Test
    void a_signature_that_is_older_or_newer_than_the_tolerance_is_refused() {
        WebhookVerifier verifier = WebhookVerifier.of(SECRET);

        assertThat(verify(verifier.clock(clock(AT + 300)), SIGNATURE)).isPresent();
        assertThat(verify(verifier.clock(clock(AT + 301)), SIGNATURE)).isEmpty();
        assertThat(verify(verifier.clock(clock(AT - 300)), SIGNATURE)).isPresent();
        assertThat(verify(verifier.clock(clock(AT - 301)), SIGNATURE)).isEmpty();
        assertThat(verify(verifier.tolerance(Duration.ofHours(1)).clock(clock(AT + 301)), SIGNATURE))
                .isPresent();
        assertThat(verify(verifier, SIGNATURE)).as("by the system's clock").isEmpty();
    }

    @Test
    void bad_secrets_and_tolerances_are_refused_without_being_quoted() {
        for (String secret : List.of(
                "",
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "whsec_",
                "whsec_AAAA",
                "whsec_?fKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "whsec_" + "A".repeat(88))) {
            assertThatThrownBy(() -> WebhookVerifier.of(secret))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("secrets must be whsec_ and 24 to 64 bytes in base64")
                    .hasNoCause();
        }
        assertThatThrownBy(WebhookVerifier::of)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("secrets ");
        assertThatThrownBy(
                        () -> WebhookVerifier.of(Collections.nCopies(11, SECRET).toArray(String[]::new)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("secrets ");
        assertThatThrownBy(() -> WebhookVerifier.of((String) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("secrets");
        assertThatThrownBy(() -> WebhookVerifier.of(SECRET).tolerance(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tolerance ");
        assertThatThrownBy(() -> WebhookVerifier.of(SECRET).tolerance(Duration.ofDays(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tolerance ");
    }

    @Test
    void a_new_secret_is_good_and_never_the_same() {
        assertThat(WebhookSecrets.random()).matches("whsec_[A-Za-z0-9+/]{43}=").isNotEqualTo(WebhookSecrets.random());
        assertThat(WebhookSecrets.check("secret", OTHER)).isEqualTo(OTHER);
    }
}
