package dev.evalstore.exchange;

import static dev.evalstore.exchange.ExchangeFixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttestationTest {
    private static final UUID VERIFICATION = UUID.fromString("00000000-0000-7000-8000-00000000000a");
    private static final UUID SUBMISSION = UUID.fromString("00000000-0000-7000-8000-00000000000b");
    private static final UUID VERSION = UUID.fromString("00000000-0000-7000-8000-00000000000c");
    private static final Instant TIME = Instant.parse("2026-01-31T12:00:00Z");

    private static Submission submission(double score, String environmentHash) {
        return new Submission(
                SUBMISSION,
                new UUID(0, 1),
                VERSION,
                new SubmittedModel("acme", "m", null, null, null),
                false,
                null,
                "ada",
                null,
                score,
                score,
                null,
                null,
                VerificationLevel.UNVERIFIED,
                null,
                "run-1",
                "c".repeat(64),
                TIME,
                TIME,
                new Reproducibility(null, null, Json.EMPTY, Json.EMPTY, Json.EMPTY),
                environmentHash,
                null,
                SubmissionVisibility.PUBLIC,
                TIME,
                TIME,
                null);
    }

    private static Attestation attestation(double score, double reproduced) {
        return Attestation.of(
                VERIFICATION, submission(score, "e".repeat(64)), NewVerificationResult.confirmed(reproduced, true));
    }

    /** The private key of RFC 8032, section 7.1, test 1. */
    private static PrivateKey known() throws Exception {
        byte[] encoded = Base64.getDecoder().decode("MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g");
        return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
    }

    @Test
    void the_text_is_what_the_documentation_says() {
        assertThat(attestation(0.5, 0.75).text("key-1", TIME)).isEqualTo("""
                {"content_hash":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",\
                "environment_hash":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",\
                "environment_match":true,"key_id":"key-1","reproduced_score":0.75,"score":0.5,\
                "score_difference":0.25,"signed_at":"2026-01-31T12:00:00.000000Z",\
                "submission":"00000000-0000-7000-8000-00000000000b","success":true,\
                "type":"evalstore/attestation/1","verification":"00000000-0000-7000-8000-00000000000a",\
                "version":"00000000-0000-7000-8000-00000000000c"}""");
    }

    @Test
    void a_submission_without_an_environment_has_no_hash_of_it_in_the_text() {
        Attestation attestation =
                Attestation.of(VERIFICATION, submission(1e21, null), NewVerificationResult.refuted(1e-7, false));
        assertThat(attestation.text("ключ\n", TIME.plusNanos(1_999)))
                .startsWith("{\"content_hash\":\"cc")
                .contains("cc\",\"environment_match\":false,\"key_id\":\"ключ\\n\",\"reproduced_score\":1e-7,"
                        + "\"score\":1e+21,\"score_difference\":-1e+21,\"signed_at\":\"2026-01-31T12:00:00.000001Z\"");
    }

    /** Signed with OpenSSL, from the same key and text. */
    @Test
    void another_implementation_signs_the_same() throws Exception {
        AttestationEvidence signed = attestation(0.5, 0.75).sign("key-1", known(), TIME.plusNanos(999));
        assertThat(signed)
                .isEqualTo(new AttestationEvidence(
                        null,
                        "K3oe5grlEC7HddJNtgsZdMtLHC0HabcxJPAyw9dVUWbxIq8akCc4fLOrSvqw+AR6wZgrC1VfkWfajwxf8ZS4AA==",
                        "Ed25519",
                        "key-1",
                        TIME,
                        null));
    }

    @Test
    void only_an_ed25519_key_signs() throws Exception {
        Attestation attestation = attestation(0.5, 0.75);
        PrivateKey other =
                KeyPairGenerator.getInstance("Ed448").generateKeyPair().getPrivate();
        PrivateKey rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
        refused("key ", () -> attestation.sign("key-1", other, TIME));
        refused("key ", () -> attestation.sign("key-1", rsa, TIME));
        refused("keyId", () -> attestation.sign(" ", known(), TIME));
        refused("signedAt", () -> attestation.sign("key-1", known(), Instant.parse("1999-12-31T23:59:59Z")));
    }

    @Test
    void a_signature_counts_in_its_one_spelling() throws Exception {
        String text = attestation(0.5, 0.75).text("key-1", TIME);
        String key = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        String signature = Ed25519.sign(known(), text);
        assertThat(Ed25519.isSigned(key, text, signature)).isTrue();
        assertThat(Ed25519.isSigned(key, text, signature.replace("=", ""))).isFalse();
        assertThat(Ed25519.isSigned(key, text, "")).isFalse();
        assertThat(Ed25519.isSigned(key, text, "é")).isFalse();
        assertThat(Ed25519.isSigned(key, text, "AA==")).isFalse();
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < signature.length(); i++) {
            char next = alphabet.charAt((alphabet.indexOf(signature.charAt(i)) + 1) % 64);
            String tampered = signature.substring(0, i) + next + signature.substring(i + 1);
            assertThat(Ed25519.isSigned(key, text, tampered))
                    .as("character %s", i)
                    .isFalse();
        }
        for (int i = 0; i < text.length(); i++) {
            String tampered = text.substring(0, i) + (char) (text.charAt(i) ^ 1) + text.substring(i + 1);
            assertThat(Ed25519.isSigned(key, tampered, signature))
                    .as("character %s", i)
                    .isFalse();
        }
    }

    /** Every text has the signature of 64 zeros by the key of 32 zeros, and more of the like. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0200000000000000000000000000000000000000000000000000000000000000"
            })
    void a_key_by_which_everybody_can_sign_or_that_is_off_the_curve_is_refused(String y) {
        byte[] encoded = HexFormat.of().parseHex("302a300506032b6570032100" + y);
        refused("pem", () -> NewVerifierKey.parse(Base64.getEncoder().encodeToString(encoded)));
    }
}
