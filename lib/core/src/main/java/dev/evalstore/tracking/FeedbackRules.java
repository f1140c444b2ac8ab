package dev.evalstore.tracking;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import org.jspecify.annotations.Nullable;

/** What new and changed feedback must meet. */
final class FeedbackRules {
    static final int MAX_COMMENT = 20_000;
    static final int MAX_CRITERIA = 1_000_000;

    private FeedbackRules() {}

    static void rating(@Nullable Integer value) {
        if (value != null) {
            Check.range("rating", value, 1, 5);
        }
    }

    static void criteria(@Nullable Json value) {
        if (value != null
                && (value.text().length() > MAX_CRITERIA
                        || !value.text().stripLeading().startsWith("{"))) {
            throw new IllegalArgumentException(
                    "criteria must be a JSON object of at most " + MAX_CRITERIA + " characters");
        }
    }

    static void comment(@Nullable String value) {
        Check.textOrNull("comment", value, MAX_COMMENT);
    }
}
