package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model as boards tell models apart: whatever the case and the blanks of its names. Each text is trimmed, each run of
 * white space in it becomes one blank, and its letters become small whatever the locale. Models whose submissions have
 * one subject compete as one, with the best of them.
 *
 * @param provider who makes or serves it, not blank, at most 800 bytes in UTF-8
 * @param name its name, not blank, at most 800 bytes in UTF-8
 * @param version its version, at most 800 bytes in UTF-8; empty for none
 */
public record ModelSubject(String provider, String name, String version) {
    private static final Pattern BLANKS =
            Pattern.compile("[\\s\\p{Z}\\x{1c}-\\x{1f}\\x{85}]+", Pattern.UNICODE_CHARACTER_CLASS);

    public ModelSubject {
        provider = normalized("provider", provider);
        name = normalized("name", name);
        version = Objects.requireNonNull(version, "version").isEmpty() ? "" : normalized("version", version);
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
        String spaced = BLANKS.matcher(Check.text(field, value)).replaceAll(" ").strip();
        return Check.name(field, spaced.toLowerCase(Locale.ROOT));
    }
}
