package dev.evalstore.exchange;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Ed25519 (RFC 8032) by the JDK. Keys are SubjectPublicKeyInfo (RFC 8410), keys and signatures are text in Base64. */
final class Ed25519 {
    static final String ALGORITHM = "Ed25519";

    /** The same text as the constraint of the column: the 12 bytes that name the algorithm, and the 32 of the key. */
    private static final Pattern PUBLIC_KEY = Pattern.compile("MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=");

    private static final Pattern PEM =
            Pattern.compile("\\s*-----BEGIN PUBLIC KEY-----(.*)-----END PUBLIC KEY-----\\s*", Pattern.DOTALL);
    private static final int KEY_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;

    /** The points of small order, without the sign: by such a key everybody can sign nearly everything. */
    private static final Set<String> WEAK = Set.of(
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    private Ed25519() {}

    /** The key's text, or null if it is no Ed25519 key. */
    static @Nullable String text(PublicKey key) {
        byte[] encoded = key.getEncoded();
        String text = encoded == null ? "" : Base64.getEncoder().encodeToString(encoded);
        return isKey(text) ? text : null;
    }

    /** The key of a PEM file, or of its body alone; null if it is none. */
    static @Nullable PublicKey parse(String text) {
        var pem = PEM.matcher(text);
        String body = (pem.matches() ? pem.group(1) : text).replaceAll("\\s", "");
        return isKey(body) ? publicKey(body) : null;
    }

    static String sign(PrivateKey key, String text) throws InvalidKeyException {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 cannot be signed with by this JDK", e);
        }
    }

    /** Whether the key signed the text. A signature counts in its one spelling alone: Base64 ignores the last bits. */
    static boolean isSigned(String key, String text, String signature) {
        byte[] bytes = bytes(signature);
        PublicKey by = publicKey(key);
        if (bytes == null || bytes.length != SIGNATURE_BYTES || by == null) {
            return false;
        }
        try {
            Signature check = Signature.getInstance(ALGORITHM);
            check.initVerify(by);
            check.update(text.getBytes(StandardCharsets.UTF_8));
            return check.verify(bytes);
        } catch (GeneralSecurityException e) {
            // So does the JDK refuse numbers that are out of range, in the signature or the key.
            return false;
        }
    }

    private static boolean isKey(String text) {
        byte[] encoded = PUBLIC_KEY.matcher(text).matches() ? bytes(text) : null;
        PublicKey key = encoded == null ? null : publicKey(text);
        if (encoded == null || key == null) {
            return false;
        }
        byte[] y = Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
        y[KEY_BYTES - 1] &= 0x7F;
        try {
            // Refuses what is no point of the curve.
            Signature.getInstance(ALGORITHM).initVerify(key);
        } catch (GeneralSecurityException e) {
            return false;
        }
        return !WEAK.contains(HexFormat.of().formatHex(y));
    }

    private static @Nullable PublicKey publicKey(String text) {
        try {
            return KeyFactory.getInstance(ALGORITHM)
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return null;
        }
    }

    private static byte @Nullable [] bytes(String base64) {
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return Base64.getEncoder().encodeToString(bytes).equals(base64) ? bytes : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
