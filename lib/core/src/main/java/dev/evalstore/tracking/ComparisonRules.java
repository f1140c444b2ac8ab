package dev.evalstore.tracking;

import dev.evalstore.Json;
import dev.evalstore.internal.Check;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a stored comparison, and the units of one, must be. */
final class ComparisonRules {
    static final int MIN_UNITS = 2;
    static final int MAX_UNITS = 100;

    private static final int MAX_NAME = 200;
    private static final int MAX_DESCRIPTION = 20_000;
    private static final int MAX_METRIC = 250;
    private static final int MAX_SHORT = 100;
    private static final int MAX_OPTIONS = 100_000;
    private static final int MAX_RESULTS = 10_000_000;
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    private ComparisonRules() {}

    static void name(String value) {
        Check.text("name", value, 1, MAX_NAME);
    }

    static void description(@Nullable String value) {
        Check.textOrNull("description", value, MAX_DESCRIPTION);
    }

    static void metric(String value) {
        Check.text("metric", value, 1, MAX_METRIC);
    }

    static void method(String value) {
        Check.text("method", value, 1, MAX_NAME);
    }

    static void options(Json value) {
        object("options", value, MAX_OPTIONS);
    }

    static void results(Json value) {
        object("results", value, MAX_RESULTS);
    }

    private static void object(String field, Json value, int max) {
        String text = Objects.requireNonNull(value, field).text();
        if (text.length() > max || !text.stripLeading().startsWith("{")) {
            throw new IllegalArgumentException(field + " must be a JSON object of at most " + max + " characters");
        }
    }

    static List<ComparisonMember> members(List<ComparisonMember> values) {
        List<ComparisonMember> members = Check.list("members", values);
        Check.range("members size", members.size(), MIN_UNITS, MAX_UNITS);
        Set<UUID> ids = new HashSet<>();
        for (ComparisonMember member : members) {
            if (!ids.add(Objects.requireNonNull(member.id(), "members id"))) {
                throw new IllegalArgumentException("members must name each unit once");
            }
        }
        return members;
    }

    /** The units of which answers are paired. */
    static List<UUID> units(String field, List<UUID> ids) {
        List<UUID> units = Check.list(field, ids);
        Check.range(field + " size", units.size(), MIN_UNITS, MAX_UNITS);
        if (new HashSet<>(units).size() < units.size()) {
            throw new IllegalArgumentException(field + " must name each unit once");
        }
        return units;
    }

    static void winner(@Nullable Integer value, int members) {
        if (value != null) {
            Check.range("winner", value, 0, members - 1);
        }
    }

    static void sampleSize(int value) {
        Check.notNegative("sampleSize", value);
    }

    static Map<String, Integer> excluded(Map<String, Integer> values) {
        Map<String, Integer> reasons = new TreeMap<>();
        long total = 0;
        for (Map.Entry<String, Integer> reason :
                Objects.requireNonNull(values, "excluded").entrySet()) {
            int count = Objects.requireNonNull(reason.getValue(), "excluded");
            total += Check.notNegative("excluded", count);
            reasons.put(Check.text("excluded", reason.getKey(), 1, MAX_SHORT), count);
        }
        if (reasons.size() > MAX_SHORT || total > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("excluded must have at most " + MAX_SHORT + " reasons, and at most "
                    + Integer.MAX_VALUE + " together");
        }
        return Collections.unmodifiableMap(reasons);
    }

    static void pValue(@Nullable Double value) {
        if (value != null && !(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("pValue must be from 0 to 1");
        }
    }

    static void effect(@Nullable Double value) {
        Check.figureOrNull("effect", value);
    }

    static void engineVersion(String value) {
        Check.text("engineVersion", value, 1, MAX_SHORT);
    }

    static void inputHash(String value) {
        if (!SHA_256.matcher(Objects.requireNonNull(value, "inputHash")).matches()) {
            throw new IllegalArgumentException("inputHash must be 64 lower-case hexadecimal digits");
        }
    }
}
