package dev.evalstore.analysis;

import dev.evalstore.analysis.stats.Correction;
import dev.evalstore.tracking.ComparisonUnit;
import dev.evalstore.tracking.Pairing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The fields of a result's JSON that was read. */
record ResultFields(Map<String, Object> fields) {
    ComparisonResult result() {
        Map<String, Integer> excluded = new TreeMap<>();
        ResultFields reasons = object("excluded");
        reasons.fields().keySet().forEach(reason -> excluded.put(reason, reasons.integer(reason)));
        String winner = textOrNull("winner");
        return new ComparisonResult(
                ComparisonUnit.valueOf(text("unit")),
                text("metric"),
                bool("higherIsBetter"),
                object("options").options(),
                tests("tests"),
                integer("sampleSize"),
                excluded,
                list("members", ResultFields::member),
                list("pairs", ResultFields::pair),
                winner == null ? null : UUID.fromString(winner),
                text("engineVersion"),
                text("inputHash"));
    }

    private ComparisonOptions options() {
        return new ComparisonOptions(
                real("alpha"),
                Correction.valueOf(text("correction")),
                tests("tests"),
                Pairing.valueOf(text("pairing")),
                ItemRule.valueOf(text("items")),
                Long.parseLong(text("seed")),
                integer("permutations"),
                integer("bootstraps"));
    }

    private ComparedMember member() {
        return new ComparedMember(
                UUID.fromString(text("id")),
                text("label"),
                integer("items"),
                integer("values"),
                realOrNull("mean"),
                realOrNull("low"),
                realOrNull("high"),
                integerOrNull("rank"),
                integerOrNull("bestRank"),
                integerOrNull("worstRank"),
                integerOrNull("tier"));
    }

    private ComparedPair pair() {
        String decidedBy = textOrNull("decidedBy");
        return new ComparedPair(
                UUID.fromString(text("first")),
                UUID.fromString(text("second")),
                integer("pairs"),
                realOrNull("firstMean"),
                realOrNull("secondMean"),
                fields.containsKey("difference") ? object("difference").difference() : null,
                fields.containsKey("effect") ? object("effect").effect() : null,
                list("tests", ResultFields::test),
                decidedBy == null ? null : TestKind.valueOf(decidedBy),
                realOrNull("p"),
                Verdict.valueOf(text("verdict")));
    }

    private MeanDifference difference() {
        return new MeanDifference(
                real("value"),
                realOrNull("standardError"),
                realOrNull("low"),
                realOrNull("high"),
                realOrNull("bootstrapLow"),
                realOrNull("bootstrapHigh"));
    }

    private PairEffect effect() {
        return new PairEffect(
                integer("wins"),
                integer("losses"),
                integer("ties"),
                realOrNull("cohenDz"),
                real("cliffDelta"),
                realOrNull("rankBiserial"),
                realOrNull("detectable"));
    }

    private TestOutcome test() {
        return new TestOutcome(
                TestKind.valueOf(text("test")),
                realOrNull("statistic"),
                realOrNull("df"),
                integer("used"),
                realOrNull("p"),
                realOrNull("adjusted"),
                bool("exact"),
                textOrNull("undefined"));
    }

    private List<TestKind> tests(String name) {
        List<TestKind> tests = new ArrayList<>();
        ((List<?>) value(name)).forEach(test -> tests.add(TestKind.valueOf((String) test)));
        return tests;
    }

    private <T> List<T> list(String name, Function<ResultFields, T> read) {
        List<T> list = new ArrayList<>();
        ((List<?>) value(name)).forEach(element -> list.add(read.apply(of(element))));
        return list;
    }

    private ResultFields object(String name) {
        return of(value(name));
    }

    @SuppressWarnings("unchecked")
    private static ResultFields of(Object object) {
        return new ResultFields((Map<String, Object>) object);
    }

    private Object value(String name) {
        Object value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private String text(String name) {
        return (String) value(name);
    }

    private @Nullable String textOrNull(String name) {
        return (String) fields.get(name);
    }

    private boolean bool(String name) {
        return (Boolean) value(name);
    }

    private int integer(String name) {
        return ((Number) value(name)).intValue();
    }

    private @Nullable Integer integerOrNull(String name) {
        Number value = (Number) fields.get(name);
        return value == null ? null : value.intValue();
    }

    private double real(String name) {
        return ((Number) value(name)).doubleValue();
    }

    private @Nullable Double realOrNull(String name) {
        Number value = (Number) fields.get(name);
        return value == null ? null : value.doubleValue();
    }
}
