package dev.evalstore.tracking;

import dev.evalstore.internal.Check;

/** What a tag must be. */
final class TagRules {
    private static final int MAX_LENGTH = 5_000;

    private TagRules() {}

    static String name(String value) {
        return Names.check("tags", value);
    }

    static String value(String value) {
        Check.content("tags", value);
        if (value.length() > MAX_LENGTH && value.codePointCount(0, value.length()) > MAX_LENGTH) {
            throw new IllegalArgumentException("tags must have values of at most " + MAX_LENGTH + " characters");
        }
        return value;
    }
}
