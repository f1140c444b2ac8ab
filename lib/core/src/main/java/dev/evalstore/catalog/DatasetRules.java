package dev.evalstore.catalog;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the fields of a dataset must be, for new ones and for changes. */
final class DatasetRules {
    private static final int MAX_NAME = 200;
    private static final int MAX_LABEL = 100;
    private static final int MAX_URI = 2_000;
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    private DatasetRules() {}

    static String name(String value) {
        return Check.text("name", value, 1, MAX_NAME);
    }

    static String versionLabel(String value) {
        return Check.text("versionLabel", value, 1, MAX_LABEL);
    }

    static void count(String field, @Nullable Long value) {
        Check.notNegativeOrNull(field, value);
    }

    static void domain(@Nullable String value) {
        Check.textOrNull("domain", value, MAX_NAME);
    }

    static void uri(@Nullable String value) {
        Check.textOrNull("uri", value, MAX_URI);
    }

    static void checksum(@Nullable String value) {
        if (value != null && !SHA_256.matcher(value).matches()) {
            throw new IllegalArgumentException("checksum must be 64 lower-case hexadecimal digits");
        }
    }

    static double validationSplit(double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("validationSplit must be from 0 to 1");
        }
        return value;
    }

    static void metadata(@Nullable Json value) {
        if (value != null && !value.text().stripLeading().startsWith("{")) {
            throw new IllegalArgumentException("metadata must be a JSON object");
        }
    }
}
