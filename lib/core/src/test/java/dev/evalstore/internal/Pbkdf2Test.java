package dev.evalstore.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.PasswordHasher;
import java.util.List;
import org.junit.jupiter.api.Test;

class Pbkdf2Test {
    private final PasswordHasher quick = PasswordHasher.pbkdf2(1_000);

    @Test
    void the_default_makes_six_hundred_thousand_rounds_and_knows_its_own() {
        PasswordHasher hasher = PasswordHasher.pbkdf2();
        String hash = hasher.hash("correct horse");

        assertThat(hash).matches("\\$pbkdf2-sha256\\$i=600000\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}");
        assertThat(hasher.verify("correct horse", hash)).isTrue();
        assertThat(hasher.verify("wrong", hash)).isFalse();
        assertThat(hasher.needsRehash(hash)).isFalse();
        assertThat(hasher.toString()).isEqualTo("pbkdf2-sha256(600000)");
    }

    @Test
    void it_gives_what_others_give() {
        // RFC 7914, section 11: PBKDF2-HMAC-SHA-256 of "Password" with salt "NaCl" and 80,000 rounds, the first 32
        // bytes.
        byte[] expected =
                java.util.HexFormat.of().parseHex("4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
        String base64 = java.util.Base64.getEncoder().withoutPadding().encodeToString(expected);
        String salt = java.util.Base64.getEncoder().withoutPadding().encodeToString("NaCl".getBytes());
        assertThat(quick.verify("Password", "$pbkdf2-sha256$i=80000$" + salt + "$" + base64))
                .isTrue();
    }

    @Test
    void one_password_has_a_new_hash_each_time() {
        assertThat(quick.hash("x")).isNotEqualTo(quick.hash("x"));
    }

    @Test
    void fewer_rounds_are_made_again_and_more_are_left() {
        assertThat(PasswordHasher.pbkdf2(2_000).needsRehash(quick.hash("x"))).isTrue();
        assertThat(quick.needsRehash(PasswordHasher.pbkdf2(2_000).hash("x"))).isFalse();
        assertThat(quick.needsRehash("$2a$10$whatever")).isTrue();
    }

    @Test
    void one_letter_composed_in_two_ways_is_one_password() {
        assertThat(quick.verify("cafe\u0301", quick.hash("caf\u00e9"))).isTrue();
    }

    @Test
    void what_cannot_be_read_or_would_take_for_ever_is_false() {
        String salt = "AAAAAAAAAAAAAAAAAAAAAA";
        String hash = "A".repeat(43);
        for (String bad : List.of(
                "",
                "x",
                "$pbkdf2-sha256$i=0$" + salt + "$" + hash,
                "$pbkdf2-sha256$i=99999999$" + salt + "$" + hash,
                "$pbkdf2-sha256$i=1000$" + salt + "$short",
                "$pbkdf2-sha512$i=1000$" + salt + "$" + hash)) {
            assertThat(quick.verify("x", bad)).as(bad).isFalse();
        }
        assertThatThrownBy(() -> PasswordHasher.pbkdf2(999)).isInstanceOf(IllegalArgumentException.class);
    }
}
