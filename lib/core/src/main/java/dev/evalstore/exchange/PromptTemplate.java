package dev.evalstore.exchange;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.JsonCodec;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills templates. Values are inserted as they are, and never read as templates themselves. */
final class PromptTemplate {
    private static final int MAX_RENDERED = 10_000_000;
    private static final int MAX_VARIABLES = 1_000;
    private static final String NAME = "[A-Za-z_][A-Za-z0-9_]{0,63}";
    private static final Pattern VARIABLE = Pattern.compile(NAME);
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*+(" + NAME + ")\\s*+\\}\\}");

    private PromptTemplate() {}

    /** Each variable has a name that a template can hold. */
    static void requireNames(Json variables) {
        Map<?, ?> defaults = defaults(variables);
        if (defaults.size() > MAX_VARIABLES) {
            throw new IllegalArgumentException("variables must be at most " + MAX_VARIABLES);
        }
        defaults.keySet().forEach(name -> requireName(String.valueOf(name)));
    }

    /**
     * The template with a value in each place: the given one, or else the variable's default.
     *
     * @throws IllegalArgumentException naming the variable, if one is given that neither the template nor the defaults
     *     have, or a place has no value
     */
    static String render(String template, Json variables, Map<String, ?> given) {
        Objects.requireNonNull(given, "variables");
        Map<?, ?> defaults = defaults(variables);
        Map<String, String> values = new HashMap<>();
        StringBuilder prompt = new StringBuilder();
        Matcher places = PLACE.matcher(template);
        int end = 0;
        while (places.find()) {
            prompt.append(template, end, places.start());
            prompt.append(values.computeIfAbsent(places.group(1), name -> value(name, defaults, given)));
            end = places.end();
            requireLength(prompt.length());
        }
        requireLength(prompt.length() + template.length() - end);
        for (String name : given.keySet()) {
            Objects.requireNonNull(name, "variables");
            if (!values.containsKey(name) && !defaults.containsKey(name)) {
                throw new IllegalArgumentException("variables: the test case has no " + requireName(name));
            }
        }
        return prompt.append(template, end, template.length()).toString();
    }

    private static void requireLength(int length) {
        if (length > MAX_RENDERED) {
            throw new IllegalArgumentException("variables make a prompt of more than " + MAX_RENDERED + " characters");
        }
    }

    private static String value(String name, Map<?, ?> defaults, Map<String, ?> given) {
        Object value = given.containsKey(name) ? given.get(name) : defaults.get(name);
        if (value == null) {
            throw new IllegalArgumentException("variables: " + name + " has no value and no default");
        }
        if (value instanceof String text) {
            return Check.characters(name, text);
        }
        try {
            return Json.of(value, JsonMapping.builtIn()).text();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("variables: " + name + " cannot be inserted, " + e.getMessage());
        }
    }

    /** Numbers keep all their digits. */
    private static Map<?, ?> defaults(Json variables) {
        return JsonCodec.exact(variables.text()) instanceof Map<?, ?> object ? object : Map.of();
    }

    /** The name, if it may stand in a message: another may be anything. */
    private static String requireName(String name) {
        if (!VARIABLE.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "variables must have names of letters, digits and underscores, not beginning with a digit, at most 64");
        }
        return name;
    }
}
