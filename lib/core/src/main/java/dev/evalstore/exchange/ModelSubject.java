package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model as boards tell models apart: whatever the case and the blanks of its names. Each text is trimmed, each run of
 * white space in it becomes one blank, and its letters become small whatever the locale. Models whose submissions have
 * one subject compete as one, with the best of them.
 *
 * @param provider who makes or serves it, 1 to 200 characters
 * @param name its name, 1 to 200 characters
 * @param version its version, at most 200 characters; empty for none
 */
public record ModelSubject(String provider, String name, String version) {
    private static final int MAX_TEXT = 400;
    private static final Pattern BLANKS =
            Pattern.compile("[\\s\\p{Z}\\x{1c}-\\x{1f}\\x{85}]+", Pattern.UNICODE_CHARACTER_CLASS);

    public ModelSubject {
        provider = normalize("provider", provider);
        name = normalize("name", name);
        version = version == null || version.isEmpty() ? "" : normalize("version", version);
    }

    /** A model without a version. */
    public static ModelSubject of(String provider, String name) {
        return new ModelSubject(provider, name, "");
    }

    /** A model of this version; null for none. */
    public static ModelSubject of(String provider, String name, @Nullable String version) {
        return new ModelSubject(provider, name, version == null ? "" : version);
    }

    /** Follows from the three texts, each after its length: a UUID of version 8 from the beginning of their SHA-256. */
    UUID key() {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        for (String text : new String[] {provider, name, version}) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
            digest.update(bytes);
        }
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        long high = hash.getLong() & ~0xF000L | 0x8000L;
        long low = hash.getLong() & ~(0b11L << 62) | 0b10L << 62;
        return new UUID(high, low);
    }

    /** One of the three texts, as it is compared. */
    static String normalized(String field, String value) {
        String text = Check.text(field, value);
        String spaced = BLANKS.matcher(text).replaceAll(" ").strip();
        return Check.text(field, spaced.toLowerCase(Locale.ROOT), 1, MAX_TEXT);
    }
}
