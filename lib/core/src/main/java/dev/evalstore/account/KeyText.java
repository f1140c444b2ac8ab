package dev.evalstore.account;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The text of a key: {@code evs_<key id>_<secret>_<checksum>}, all in base 62. By the prefix, secret scanners find
 * leaked keys; by the CRC-32, a typing error is recognised without asking the database.
 */
record KeyText(String keyId, String secret) {
    private static final Pattern FORM = Pattern.compile("evs_([0-9A-Za-z]{16})_([0-9A-Za-z]{43})_[0-9A-Za-z]{6}");
    private static final int LENGTH = 71;
    private static final int CHECKSUM = 6;
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A new key: 95 random bits to find it by, and 256 secret ones. */
    static KeyText random() {
        return new KeyText(base62(new BigInteger(95, RANDOM), 16), randomSecret());
    }

    /** 256 random bits. */
    static String randomSecret() {
        return base62(new BigInteger(256, RANDOM), 43);
    }

    /** Null if the text is no key. */
    static @Nullable KeyText parse(String presented) {
        Matcher form = FORM.matcher(presented);
        if (presented.length() != LENGTH || !form.matches()) {
            return null;
        }
        KeyText key = new KeyText(form.group(1), form.group(2));
        return presented.endsWith(checksum(key.body())) ? key : null;
    }

    String text() {
        return body() + "_" + checksum(body());
    }

    byte[] hash() {
        return sha256(secret);
    }

    /** Of a secret that has as many random bits as the hash, which needs no salt and no slow hash. */
    static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private String body() {
        return "evs_" + keyId + "_" + secret;
    }

    /** A CRC-32 in base 62. */
    static String checksum(String body) {
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.US_ASCII));
        char[] digits = new char[CHECKSUM];
        long rest = crc.getValue();
        for (int i = CHECKSUM - 1; i >= 0; i--) {
            digits[i] = DIGITS.charAt((int) (rest % DIGITS.length()));
            rest /= DIGITS.length();
        }
        return new String(digits);
    }

    private static String base62(BigInteger value, int length) {
        char[] digits = new char[length];
        BigInteger rest = value;
        for (int i = length - 1; i >= 0; i--) {
            BigInteger[] parts = rest.divideAndRemainder(BASE);
            digits[i] = DIGITS.charAt(parts[1].intValue());
            rest = parts[0];
        }
        return new String(digits);
    }

    /** Safe to log: without the secret. */
    @Override
    public String toString() {
        return "evs_" + keyId + "_***";
    }
}
