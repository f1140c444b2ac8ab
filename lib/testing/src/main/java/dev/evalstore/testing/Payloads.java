package dev.evalstore.testing;

import dev.evalstore.Json;
import java.util.Map;

/** Payloads compared field by field, with numbers, texts and nested values as JSON has them. */
final class Payloads {
    private static final int SHOWN = 300;

    private Payloads() {}

    /** Whether the payload has all of the expected fields; a field that is expected to be null may be missing. */
    static boolean has(Json payload, Map<String, ?> expected) {
        if (expected.isEmpty()) {
            return true;
        }
        Map<?, ?> actual;
        try {
            actual = payload.as(Map.class);
        } catch (IllegalArgumentException e) {
            return false;
        }
        // Through JSON, as the payload came: an UUID is a text there, and an int a number.
        Map<?, ?> wanted = Json.of(expected).as(Map.class);
        return wanted.entrySet().stream()
                .allMatch(field -> String.valueOf(actual.get(field.getKey())).equals(String.valueOf(field.getValue())));
    }

    static String with(Map<String, ?> expected) {
        return expected.isEmpty() ? "" : " with " + Json.of(expected).text();
    }

    static String text(Json payload) {
        String text = payload.text();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
