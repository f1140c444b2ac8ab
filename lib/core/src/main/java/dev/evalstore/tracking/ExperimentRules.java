package dev.evalstore.tracking;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.internal.Check;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the fields of an experiment must be, for new ones and for changes. */
final class ExperimentRules {
    static final String DEFAULT_PROJECT = "default";

    private static final int MAX_NAME = 200;
    private static final int MAX_TEXT = 20_000;

    /** Of params, and of tags. */
    static final int MAX_ENTRIES = 10_000;

    private ExperimentRules() {}

    static String project(String value) {
        return Check.text("project", value, 1, MAX_NAME);
    }

    static String name(String value) {
        return Check.text("name", value, 1, MAX_NAME);
    }

    static void description(@Nullable String value) {
        Check.textOrNull("description", value, MAX_TEXT);
    }

    static void notes(@Nullable String value) {
        Check.textOrNull("notes", value, MAX_TEXT);
    }

    static void config(@Nullable Json value) {
        if (value != null && !value.text().stripLeading().startsWith("{")) {
            throw new IllegalArgumentException("config must be a JSON object");
        }
    }

    static Map<String, ParamValue> params(Map<String, ParamValue> values) {
        Map<String, ParamValue> copy = copy("params", values);
        copy.keySet().forEach(name -> Names.check("params", name));
        return copy;
    }

    static Map<String, String> tags(Map<String, String> values) {
        Map<String, String> copy = copy("tags", values);
        copy.forEach((name, value) -> {
            TagRules.name(name);
            TagRules.value(value);
        });
        return copy;
    }

    /** Tags as their column has them. */
    static Json tagsJson(Map<String, String> tags) {
        return Json.of(tags, JsonMapping.builtIn());
    }

    private static <T> Map<String, T> copy(String field, Map<String, T> values) {
        Objects.requireNonNull(values, field);
        Map<String, T> copy = new TreeMap<>();
        values.forEach(
                (name, value) -> copy.put(Objects.requireNonNull(name, field), Objects.requireNonNull(value, field)));
        checkSize(field, copy);
        return Collections.unmodifiableMap(copy);
    }

    static void checkSize(String field, Map<String, ?> values) {
        if (values.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException(field + " must be at most " + MAX_ENTRIES);
        }
    }
}
