package dev.evalstore.internal;

import dev.evalstore.PasswordHasher;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** {@code $pbkdf2-sha256$i=<rounds>$<salt>$<hash>}, both in base64 without padding. */
public final class Pbkdf2 implements PasswordHasher {
    private static final Pattern PHC =
            Pattern.compile("\\$pbkdf2-sha256\\$i=([0-9]{1,8})\\$([A-Za-z0-9+/]{6,86})\\$([A-Za-z0-9+/]{43})");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private final int rounds;

    public Pbkdf2(int rounds) {
        this.rounds = Check.range("rounds", rounds, 1_000, MAX_ROUNDS);
    }

    @Override
    public String hash(String password) {
        if (hasHalfLetter(password)) {
            throw new IllegalArgumentException("password holds half a surrogate pair");
        }
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$pbkdf2-sha256$i=" + rounds + "$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(derive(password, salt, rounds));
    }

    @Override
    public boolean verify(String password, String hash) {
        Matcher phc = PHC.matcher(hash);
        if (!phc.matches()) {
            return false;
        }
        int asked = Integer.parseInt(phc.group(1));
        if (asked < 1 || asked > MAX_ROUNDS) {
            return false;
        }
        byte[] expected = decode(phc.group(3));
        byte[] salt = decode(phc.group(2));
        return expected.length == HASH_BYTES
                && salt.length > 0
                && MessageDigest.isEqual(derive(password, salt, asked), expected)
                && !hasHalfLetter(password);
    }

    /** The JDK makes a question mark of it, which would let in by another password. */
    private static boolean hasHalfLetter(String password) {
        return password.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    @Override
    public boolean needsRehash(String hash) {
        Matcher phc = PHC.matcher(hash);
        return !phc.matches() || Integer.parseInt(phc.group(1)) < rounds;
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static byte[] derive(String password, byte[] salt, int rounds) {
        // Keyboards and systems compose the same letter differently.
        char[] letters = Normalizer.normalize(password, Normalizer.Form.NFC).toCharArray();
        PBEKeySpec key = new PBEKeySpec(letters, salt, rounds, HASH_BYTES * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(key)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no PBKDF2WithHmacSHA256", e);
        } finally {
            key.clearPassword();
            Arrays.fill(letters, '\0');
        }
    }

    @Override
    public String toString() {
        return "pbkdf2-sha256(" + rounds + ")";
    }
}
