package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules for test cases, equal to the columns' constraints. */
final class CaseRules {
    static final int MAX_CASES = 100_000;

    /** The maximum of a prompt, an output or a document, in characters. */
    static final int MAX_TEXT = 1_000_000;

    private static final int MAX_NAME = 200;
    private static final int MAX_DESCRIPTION = 5_000;
    private static final int MAX_TAGS = 20;
    private static final int MAX_FORMAT = 100;
    private static final int MAX_EXPECTATIONS = 100;
    private static final int MAX_ALL_EXPECTATIONS = 10_000_000;

    private CaseRules() {}

    static String caseKey(@Nullable String value) {
        return Check.text("caseKey", value, 1, MAX_NAME);
    }

    static String name(@Nullable String value) {
        return Check.text("name", value, 1, MAX_NAME);
    }

    static @Nullable String description(@Nullable String value) {
        return Check.textOrNull("description", value, MAX_DESCRIPTION);
    }

    static double weight(double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException("weight must be above 0 and at most 1");
        }
        return value;
    }

    static List<String> tags(List<String> values) {
        return Check.labels("tags", values, MAX_TAGS);
    }

    static String promptTemplate(@Nullable String value) {
        return Check.text("promptTemplate", value, 1, MAX_TEXT);
    }

    static Json variables(Json value) {
        PromptTemplate.requireNames(object("variables", value));
        return value;
    }

    static @Nullable String systemPrompt(@Nullable String value) {
        return Check.textOrNull("systemPrompt", value, MAX_TEXT);
    }

    static Json fewShotExamples(Json value) {
        return document("fewShotExamples", value, "[", "an array");
    }

    static String inputFormat(@Nullable String value) {
        return Check.text("inputFormat", value, 1, MAX_FORMAT);
    }

    static @Nullable Json inputConfig(@Nullable Json value) {
        return value == null ? null : object("inputConfig", value);
    }

    static @Nullable String referenceOutput(@Nullable String value) {
        return value == null ? null : content("referenceOutput", value);
    }

    static @Nullable Json outputSchema(@Nullable Json value) {
        if (value != null) {
            document("outputSchema", value, "{tf", "a JSON Schema: an object, true or false,");
            OutputRules.checkSchema("outputSchema", value);
        }
        return value;
    }

    static Json evaluationMethod(Json value) {
        return object("evaluationMethod", value);
    }

    static Expectation expectation(Expectation expectation) {
        Objects.requireNonNull(expectation, "expectation");
        if (expectation.outputs().size() > MAX_EXPECTATIONS
                || expectation.constraints().size() > MAX_EXPECTATIONS) {
            throw new IllegalArgumentException("expectation must have at most " + MAX_EXPECTATIONS
                    + " outputs and at most " + MAX_EXPECTATIONS + " constraints");
        }
        long characters = 0;
        for (ExpectedOutput output : expectation.outputs()) {
            content("outputText", output.outputText());
            object("matchConfig", output.matchConfig());
            description(output.description());
            OutputRules.check(output);
            characters +=
                    output.outputText().length() + output.matchConfig().text().length();
        }
        for (OutputConstraint constraint : expectation.constraints()) {
            object("config", constraint.config());
            description(constraint.description());
            OutputRules.check(constraint);
            characters += constraint.config().text().length();
        }
        if (characters > MAX_ALL_EXPECTATIONS) {
            throw new IllegalArgumentException(
                    "expectation must have at most " + MAX_ALL_EXPECTATIONS + " characters in all");
        }
        return expectation;
    }

    /** The cases of one version, copied; each has a key of its own. */
    static List<NewTestCase> cases(List<NewTestCase> values) {
        List<NewTestCase> cases = Check.list("cases", values);
        if (cases.size() > MAX_CASES) {
            throw new IllegalArgumentException("cases must be at most " + MAX_CASES);
        }
        Set<String> keys = new HashSet<>();
        if (!cases.stream().allMatch(testCase -> keys.add(testCase.caseKey()))) {
            throw new IllegalArgumentException("cases must have each caseKey once");
        }
        return cases;
    }

    private static String content(String field, String value) {
        Check.content(field, value);
        if (value.length() > MAX_TEXT && value.codePointCount(0, value.length()) > MAX_TEXT) {
            throw new IllegalArgumentException(field + " must have at most " + MAX_TEXT + " characters");
        }
        return value;
    }

    private static Json object(String field, @Nullable Json value) {
        return document(field, value, "{", "an object");
    }

    /** A document that begins with one of these characters, which tell objects, arrays, and values apart. */
    private static Json document(String field, @Nullable Json value, String beginnings, String form) {
        Objects.requireNonNull(value, field);
        String text = value.text();
        if (text.length() > MAX_TEXT || beginnings.indexOf(text.stripLeading().charAt(0)) < 0) {
            throw new IllegalArgumentException(field + " must be " + form + " of at most " + MAX_TEXT + " characters");
        }
        return value;
    }
}
