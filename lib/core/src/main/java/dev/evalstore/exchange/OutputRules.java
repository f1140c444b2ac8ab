package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.JsonCodec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what expected outputs and constraints demand. {@link OutputCheck} documents the configurations. They are read
 * when a test case is made, so what cannot be checked is not stored, and again when an output is checked.
 */
final class OutputRules {
    private static final double DEFAULT_THRESHOLD = 0.8;
    private static final int MAX_TEXTS = 100;
    private static final int MAX_TEXT = 1_000;
    private static final int MAX_VALUES = 1_000;
    private static final int MAX_VALUE = 10_000;

    private OutputRules() {}

    /** Whether an output is as it should be. */
    @FunctionalInterface
    interface Test {
        boolean isPassed(String output, Deadline deadline);
    }

    /** What an output must meet. */
    @FunctionalInterface
    interface Demand {
        /** Why the output does not meet it, or null if it does. Holds nothing of the output but names of fields in it. */
        @Nullable
        String failure(String output, Deadline deadline);
    }

    /** @throws IllegalArgumentException naming the field that does not fit the kind */
    static void check(ExpectedOutput expected) {
        test(expected, (ignored, output) -> false);
    }

    /**
     * @throws IllegalArgumentException naming the field that does not fit the kind
     * @throws IllegalStateException if it has a JSON Schema, and the library for it is missing
     */
    static void check(OutputConstraint constraint) {
        demand(constraint);
    }

    /**
     * @throws IllegalArgumentException naming the field, if it is not a JSON Schema, or refers to others
     * @throws IllegalStateException if the library for it is missing
     */
    static void checkSchema(String field, Json schema) {
        schema(field, schema.text());
    }

    static Test test(ExpectedOutput expected, SemanticMatcher semantic) {
        Settings settings = Settings.of("matchConfig", expected.matchConfig());
        return switch (expected.kind()) {
            case EXACT -> {
                settings.only("ignore_case", "trim");
                Form form = settings.form();
                String text = form.of(expected.outputText());
                yield (output, deadline) -> form.of(output).equals(text);
            }
            case PATTERN -> {
                settings.only("whole");
                yield test(TextPattern.of("outputText", expected.outputText()), settings.flag("whole"));
            }
            case FUZZY -> {
                settings.only("threshold", "ignore_case", "trim");
                Form form = settings.form();
                String text = form.of(expected.outputText());
                double threshold = settings.threshold();
                yield (output, deadline) -> EditDistance.isSimilar(form.of(output), text, threshold, deadline);
            }
            case SEMANTIC -> (output, deadline) -> deadline.pausedFor(() -> semantic.matches(expected, output));
        };
    }

    static Demand demand(OutputConstraint constraint) {
        Settings settings = Settings.of("config", constraint.config());
        return switch (constraint.kind()) {
            case LENGTH -> {
                settings.only("min", "max");
                int min = settings.whole("min", 0);
                int max = settings.whole("max", Integer.MAX_VALUE);
                if (settings.values.isEmpty() || min > max) {
                    throw new IllegalArgumentException("config must have min, max, or both, and min at most max");
                }
                yield unless("its length is not within the bounds", (output, deadline) -> {
                    int length = output.codePointCount(0, output.length());
                    return min <= length && length <= max;
                });
            }
            case CONTAINS -> {
                settings.only("texts", "ignore_case");
                Form form = settings.form();
                List<String> texts = settings.texts("texts", MAX_TEXTS, 1, MAX_TEXT, form);
                yield unless("a text is not in it", (output, deadline) -> {
                    String formed = form.of(output);
                    return texts.stream().allMatch(formed::contains);
                });
            }
            case NOT_CONTAINS -> {
                settings.only("texts", "ignore_case");
                Form form = settings.form();
                List<String> texts = settings.texts("texts", MAX_TEXTS, 1, MAX_TEXT, form);
                yield unless("a text is in it", (output, deadline) -> {
                    String formed = form.of(output);
                    return texts.stream().noneMatch(formed::contains);
                });
            }
            case PATTERN -> {
                settings.only("pattern", "whole");
                String pattern = settings.text("pattern");
                yield unless(
                        "the pattern does not fit it",
                        test(TextPattern.of("config pattern", pattern), settings.flag("whole")));
            }
            case JSON -> {
                settings.only("schema");
                Demand fits = settings.values.containsKey("schema")
                        ? schema("config schema", settings.document("schema"))
                        : (output, deadline) -> null;
                yield (output, deadline) -> notJson(output, fits, deadline);
            }
            case ONE_OF -> {
                settings.only("values", "ignore_case", "trim");
                Form form = settings.form();
                Set<String> values = new HashSet<>(settings.texts("values", MAX_VALUES, 0, MAX_VALUE, form));
                yield unless("it is none of the values", (output, deadline) -> values.contains(form.of(output)));
            }
        };
    }

    /** That an output is a document which fits the schema. */
    static Demand schemaDemand(Json schema) {
        Demand fits = schema("outputSchema", schema.text());
        return (output, deadline) -> notJson(output, fits, deadline);
    }

    private static @Nullable String notJson(String output, Demand schema, Deadline deadline) {
        try {
            Json.parse(output);
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
        return schema.failure(output, deadline);
    }

    private static Demand schema(String field, String text) {
        try {
            Demand fits = JsonSchemas.demand(field, text);
            return (output, deadline) -> {
                try {
                    return fits.failure(output, deadline);
                } catch (NoClassDefFoundError e) {
                    throw missing(field);
                }
            };
        } catch (NoClassDefFoundError e) {
            throw missing(field);
        }
    }

    private static IllegalStateException missing(String field) {
        return new IllegalStateException(
                field + " is a JSON Schema: to check it, add com.networknt:json-schema-validator,"
                        + " version 3, and what it depends on to the class path");
    }

    private static Test test(TextPattern pattern, boolean whole) {
        return whole ? pattern::isWhole : pattern::isIn;
    }

    private static Demand unless(String failure, Test test) {
        return (output, deadline) -> test.isPassed(output, deadline) ? null : failure;
    }

    /** How texts are made alike before they are compared. */
    private record Form(boolean ignoresCase, boolean trims) {
        String of(String text) {
            String trimmed = trims ? text.strip() : text;
            return ignoresCase ? folded(trimmed) : trimmed;
        }

        /** By code point and the same in every locale, as {@code equalsIgnoreCase} compares. */
        private static String folded(String text) {
            int[] folded = text.codePoints()
                    .map(c -> Character.toLowerCase(Character.toUpperCase(c)))
                    .toArray();
            return new String(folded, 0, folded.length);
        }
    }

    /** A configuration, whose errors name its field. */
    private record Settings(String field, Map<?, ?> values) {
        static Settings of(String field, Json config) {
            if (!(JsonCodec.exact(config.text()) instanceof Map<?, ?> values)) {
                throw new IllegalArgumentException(field + " must be an object");
            }
            return new Settings(field, values);
        }

        /** A misspelled name would be a demand that is silently not made. */
        void only(String... names) {
            if (!Arrays.asList(names).containsAll(values.keySet())) {
                throw new IllegalArgumentException(field + " may have only " + String.join(", ", names));
            }
        }

        Form form() {
            return new Form(flag("ignore_case"), flag("trim"));
        }

        boolean flag(String name) {
            Object value = values.get(name);
            if (value == null && !values.containsKey(name)) {
                return false;
            }
            if (!(value instanceof Boolean flag)) {
                throw new IllegalArgumentException(field + " must have true or false as " + name);
            }
            return flag;
        }

        int whole(String name, int absent) {
            if (!values.containsKey(name)) {
                return absent;
            }
            if (!(values.get(name) instanceof Integer number) || number < 0) {
                throw new IllegalArgumentException(field + " must have a whole number from 0 to 2147483647 as " + name);
            }
            return number;
        }

        double threshold() {
            if (!values.containsKey("threshold")) {
                return DEFAULT_THRESHOLD;
            }
            if (!(values.get("threshold") instanceof Number number)
                    || !(number.doubleValue() > 0 && number.doubleValue() <= 1)) {
                throw new IllegalArgumentException(field + " must have a number above 0, at most 1, as threshold");
            }
            return number.doubleValue();
        }

        /** A document within the configuration. */
        String document(String name) {
            Object value = values.get(name);
            if (value == null) {
                throw new IllegalArgumentException(field + " must have a document as " + name);
            }
            return JsonCodec.write(value);
        }

        String text(String name) {
            if (!(values.get(name) instanceof String text)) {
                throw new IllegalArgumentException(field + " must have a text as " + name);
            }
            return text;
        }

        List<String> texts(String name, int maxTexts, int minLength, int maxLength, Form form) {
            if (!(values.get(name) instanceof List<?> list)
                    || list.isEmpty()
                    || list.size() > maxTexts
                    || !list.stream().allMatch(one -> isText(one, minLength, maxLength))) {
                throw new IllegalArgumentException(field + " must have 1 to " + maxTexts + " texts of " + minLength
                        + " to " + maxLength + " characters as " + name);
            }
            return list.stream().map(one -> form.of((String) one)).toList();
        }

        private static boolean isText(Object value, int minLength, int maxLength) {
            return value instanceof String text && text.length() >= minLength && text.length() <= maxLength;
        }
    }
}
