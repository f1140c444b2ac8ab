package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.StoredJson;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The rules for what is submitted, equal to the columns' constraints. */
final class SubmissionRules {
    /** The maximum of metrics, and of metadata, of one submission. */
    static final int MAX_ROWS = 1_000;

    private SubmissionRules() {}

    /** A stored object may be longer than what was sent: {@code jsonb} writes blanks, and numbers digit by digit. */
    static Json object(String field, Json value) {
        Objects.requireNonNull(value, field);
        if (!value.text().stripLeading().startsWith("{")) {
            throw new IllegalArgumentException(field + " must be an object");
        }
        return value;
    }

    static void objectOrNull(String field, @Nullable Json value) {
        if (value != null) {
            object(field, value);
        }
    }

    /** A document that is to be stored, where it is given. */
    static void size(String field, @Nullable Json value) {
        if (value != null) {
            StoredJson.atMost(field, value, CaseRules.MAX_TEXT);
        }
    }

    /** An object of limited length that is to be stored, where it is given. */
    static void storedObject(String field, @Nullable Json value) {
        objectOrNull(field, value);
        size(field, value);
    }

    /** Any text, also empty, of at most so many characters. */
    static void contentOrNull(String field, @Nullable String value, int max) {
        Check.contentOrNull(field, value);
        if (value != null && value.length() > max && value.codePointCount(0, value.length()) > max) {
            throw new IllegalArgumentException(field + " must have at most " + max + " characters");
        }
    }

    /** The rows of one submission, copied; each has a name of its own. */
    static <T> List<T> rows(String field, List<T> values, int max, String key, Function<T, String> keyOf) {
        List<T> rows = Check.list(field, values);
        if (rows.size() > max) {
            throw new IllegalArgumentException(field + " must be at most " + max);
        }
        Set<String> keys = new HashSet<>();
        if (!rows.stream().allMatch(row -> keys.add(keyOf.apply(row)))) {
            throw new IllegalArgumentException(field + " must have each " + key + " once");
        }
        return rows;
    }
}
