package dev.evalstore.internal;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The JSON Canonicalization Scheme (RFC 8785): one text for all documents that say the same, so that it can be hashed and
 * signed. Names are in the order of their UTF-16 code units, numbers as ECMAScript writes them, and no white space is
 * left. A document and what {@code jsonb} has made of it have the same canonical form.
 *
 * <p>A number stands for its nearest double, as the RFC has it. So numbers that differ only beyond a double's 17 digits
 * are one number here.
 */
public final class CanonicalJson {
    /** Always with six decimals, and cut to them. */
    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private CanonicalJson() {}

    /**
     * The document's canonical text.
     *
     * @throws IllegalArgumentException if it holds a number beyond the doubles
     */
    public static String of(Json document) {
        StringBuilder out = new StringBuilder(document.text().length());
        appendDocument(out, "json", document, false);
        return out.toString();
    }

    /**
     * The SHA-256 of the canonical text in UTF-8, of 32 bytes.
     *
     * @throws IllegalArgumentException if it holds a number beyond the doubles
     */
    public static byte[] sha256(Json document) {
        return digest().digest(of(document).getBytes(StandardCharsets.UTF_8));
    }

    /** Writes one object and keeps its text. */
    public static Writer text() {
        return new Writer(null);
    }

    /** Writes one object and keeps its SHA-256 alone, so that it may be of any size. */
    public static Writer hash() {
        return new Writer(digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void appendDocument(StringBuilder out, String field, Json document, boolean keepsDigits) {
        if (document.text().equals("{}")) {
            out.append("{}");
        } else {
            append(out, field, JsonCodec.exact(document.text()), keepsDigits);
        }
    }

    /** A value of a parsed document. */
    private static void append(StringBuilder out, String field, @Nullable Object value, boolean keepsDigits) {
        if (value instanceof Map<?, ?> object) {
            out.append('{');
            String separator = "";
            for (Map.Entry<?, ?> entry : new TreeMap<>(object).entrySet()) {
                append(out.append(separator), (String) entry.getKey());
                append(out.append(':'), field, entry.getValue(), keepsDigits);
                separator = ",";
            }
            out.append('}');
        } else if (value instanceof List<?> array) {
            out.append('[');
            String separator = "";
            for (Object element : array) {
                append(out.append(separator), field, element, keepsDigits);
                separator = ",";
            }
            out.append(']');
        } else if (value instanceof String text) {
            append(out, text);
        } else if (value instanceof Number number) {
            int begin = out.length();
            append(out, field, number.doubleValue());
            BigDecimal exact = new BigDecimal(number.toString());
            if (keepsDigits && exact.compareTo(new BigDecimal(out.substring(begin))) != 0) {
                out.setLength(begin);
                append(out, exact.stripTrailingZeros().toString());
            }
        } else {
            out.append(value);
        }
    }

    private static void append(StringBuilder out, String field, double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException(field + ": a number is beyond ±1.8e308, the range of a double");
        }
        EcmaNumbers.append(out, number);
    }

    private static void append(StringBuilder out, String text) {
        out.append('"');
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                out.append(text, from, i);
                escape(out, c);
                from = i + 1;
            }
        }
        out.append(text, from, text.length()).append('"');
    }

    private static void escape(StringBuilder out, char c) {
        int at = "\b\t\n\f\r\"\\".indexOf(c);
        if (at >= 0) {
            out.append('\\').append("btnfr\"\\".charAt(at));
        } else {
            out.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
        }
    }

    /**
     * Writes an object field by field, without building it. Names must come in canonical order, which is checked.
     *
     * <p>A field without a value is left out, so that a field added later changes no hash of what lacks it. Integers that
     * no double holds exactly, decimals, ids and times are written as text (RFC 8785, appendix D); times in UTC with six
     * decimals. So is a number of a document that has more digits than a double, or two that differ would have one hash.
     */
    public static final class Writer {
        private static final int FLUSH = 8_192;
        private static final long MAX_EXACT = 1L << 53;

        private final @Nullable MessageDigest digest;
        private final StringBuilder out = new StringBuilder("{");
        private final List<Level> levels = new ArrayList<>(List.of(new Level(false)));

        private Writer(@Nullable MessageDigest digest) {
            this.digest = digest;
        }

        /**
         * A text, boolean, integer, double, {@code BigDecimal}, id, time or document under this name; null is left out.
         *
         * @throws IllegalArgumentException naming the field, if its number is not finite
         * @throws IllegalStateException if the name does not come after the last one
         */
        public Writer put(String name, @Nullable Object value) {
            if (value != null) {
                begin(name);
                write(name, value);
            }
            return this;
        }

        /** Opens an array of objects under this name; each is opened by {@link #object()}. */
        public Writer array(String name) {
            begin(name);
            out.append('[');
            levels.add(new Level(true));
            return this;
        }

        /** Opens an object under this name. */
        public Writer object(String name) {
            begin(name);
            return open();
        }

        /** Opens the next object of an array. */
        public Writer object() {
            Level array = levels.get(levels.size() - 1);
            if (!array.isArray) {
                throw new IllegalStateException("a field of an object must have a name");
            }
            separate(array);
            return open();
        }

        /** Closes the object or array that was opened last. */
        public Writer end() {
            out.append(levels.remove(levels.size() - 1).isArray ? ']' : '}');
            if (digest != null && out.length() >= FLUSH) {
                flush(digest);
            }
            return this;
        }

        /** The text of the object, which this closes. */
        public String toText() {
            close();
            return out.toString();
        }

        /** The 32 bytes of the object's SHA-256; this closes the object. */
        public byte[] toSha256() {
            close();
            MessageDigest all = digest == null ? digest() : digest;
            flush(all);
            return all.digest();
        }

        private void close() {
            end();
            if (!levels.isEmpty()) {
                throw new IllegalStateException("an inner object or array is still open");
            }
        }

        private Writer open() {
            out.append('{');
            levels.add(new Level(false));
            return this;
        }

        private void begin(String name) {
            Level object = levels.get(levels.size() - 1);
            if (object.isArray) {
                throw new IllegalStateException("an element of an array has no name");
            }
            if (object.last != null && object.last.compareTo(name) >= 0) {
                throw new IllegalStateException(name + " must come before " + object.last);
            }
            object.last = name;
            separate(object);
            append(out, name);
            out.append(':');
        }

        private void separate(Level level) {
            if (level.isBegun) {
                out.append(',');
            }
            level.isBegun = true;
        }

        private void write(String name, Object value) {
            if (value instanceof String text) {
                append(out, text);
            } else if (value instanceof Double || value instanceof Integer) {
                append(out, name, ((Number) value).doubleValue());
            } else if (value instanceof Long number && Math.abs(number) <= MAX_EXACT && number != Long.MIN_VALUE) {
                out.append((long) number);
            } else if (value instanceof Boolean) {
                out.append(value);
            } else if (value instanceof BigDecimal decimal) {
                append(out, decimal.stripTrailingZeros().toPlainString());
            } else if (value instanceof Instant time) {
                append(out, MICROSECONDS.format(time));
            } else if (value instanceof Long || value instanceof UUID) {
                append(out, value.toString());
            } else if (value instanceof Json document) {
                appendDocument(out, name, document, true);
            } else {
                throw new IllegalArgumentException(name + " is of a type that has no canonical form");
            }
        }

        private void flush(MessageDigest all) {
            all.update(out.toString().getBytes(StandardCharsets.UTF_8));
            out.setLength(0);
        }
    }

    private static final class Level {
        final boolean isArray;
        boolean isBegun;

        @Nullable
        String last;

        Level(boolean isArray) {
            this.isArray = isArray;
        }
    }
}
