package dev.evalstore.internal;

import dev.evalstore.Json;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes documents of text that the server has sent. The server has checked it already, so it is not validated again.
 */
public final class StoredJson {
    private static @Nullable Function<String, Json> maker;

    private StoredJson() {}

    /** Called by {@link Json} alone, while its class is initialised. */
    public static void madeBy(Function<String, Json> constructor) {
        maker = constructor;
    }

    /**
     * Refuses a document of more characters. Blanks between its parts do not count, since {@code jsonb} writes some: so what was read
     * can be written again.
     */
    public static Json atMost(String field, @Nullable Json value, int max) {
        String text = Objects.requireNonNull(value, field).text();
        if (text.length() > max && lengthWithoutBlanks(text) > max) {
            throw new IllegalArgumentException(field + " must have at most " + max + " characters");
        }
        return value;
    }

    private static int lengthWithoutBlanks(String text) {
        int length = 0;
        boolean isInText = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                isInText = !isInText;
            } else if (c == '\\') {
                length++;
                i++;
            }
            if (isInText || c > ' ') {
                length++;
            }
        }
        return length;
    }

    public static Json of(String text) {
        // Reading the constant initialises the class Json, which sets the maker.
        Json empty = Json.EMPTY;
        return text.equals("{}") ? empty : Objects.requireNonNull(maker).apply(text);
    }
}
