package dev.evalstore.analysis;

import dev.evalstore.Json;
import dev.evalstore.JsonMapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON of a result, field by field: no mapping of the host has a say in it. */
final class ResultJson {
    private ResultJson() {}

    static Json of(ComparisonResult result) {
        return canonical(object(
                "unit", result.unit().name(),
                "metric", result.metric(),
                "higherIsBetter", result.higherIsBetter(),
                "options", options(result.options()),
                "tests", names(result.tests()),
                "sampleSize", result.sampleSize(),
                "excluded", result.excluded(),
                "members", result.members().stream().map(ResultJson::member).toList(),
                "pairs", result.pairs().stream().map(ResultJson::pair).toList(),
                "winner", id(result.winner()),
                "engineVersion", result.engineVersion(),
                "inputHash", result.inputHash()));
    }

    static Json of(ComparisonOptions options) {
        return canonical(options(options));
    }

    private static Map<String, Object> options(ComparisonOptions options) {
        return object(
                "alpha", options.alpha(),
                "correction", options.correction().name(),
                "tests", names(options.tests()),
                "pairing", options.pairing().name(),
                "items", options.items().name(),
                // As text: a double does not hold each of them.
                "seed", Long.toString(options.seed()),
                "permutations", options.permutations(),
                "bootstraps", options.bootstraps());
    }

    private static Map<String, Object> member(ComparedMember member) {
        return object(
                "id", id(member.id()),
                "label", member.label(),
                "items", member.items(),
                "values", member.values(),
                "mean", member.mean(),
                "low", member.low(),
                "high", member.high(),
                "rank", member.rank(),
                "bestRank", member.bestRank(),
                "worstRank", member.worstRank(),
                "tier", member.tier());
    }

    private static Map<String, Object> pair(ComparedPair pair) {
        MeanDifference difference = pair.difference();
        PairEffect effect = pair.effect();
        return object(
                "first", id(pair.first()),
                "second", id(pair.second()),
                "pairs", pair.pairs(),
                "firstMean", pair.firstMean(),
                "secondMean", pair.secondMean(),
                "difference", difference == null ? null : difference(difference),
                "effect", effect == null ? null : effect(effect),
                "tests", pair.tests().stream().map(ResultJson::test).toList(),
                "decidedBy", name(pair.decidedBy()),
                "p", pair.p(),
                "verdict", pair.verdict().name());
    }

    private static Map<String, Object> difference(MeanDifference difference) {
        return object(
                "value", difference.value(),
                "standardError", difference.standardError(),
                "low", difference.low(),
                "high", difference.high(),
                "bootstrapLow", difference.bootstrapLow(),
                "bootstrapHigh", difference.bootstrapHigh());
    }

    private static Map<String, Object> effect(PairEffect effect) {
        return object(
                "wins", effect.wins(),
                "losses", effect.losses(),
                "ties", effect.ties(),
                "cohenDz", effect.cohenDz(),
                "cliffDelta", effect.cliffDelta(),
                "rankBiserial", effect.rankBiserial(),
                "detectable", effect.detectable());
    }

    private static Map<String, Object> test(TestOutcome test) {
        return object(
                "test", test.test().name(),
                "statistic", test.statistic(),
                "df", test.df(),
                "used", test.used(),
                "p", test.p(),
                "adjusted", test.adjusted(),
                "exact", test.exact(),
                "undefined", test.undefined());
    }

    /** @throws IllegalArgumentException if it is not the JSON of a result */
    static ComparisonResult read(Json json) {
        try {
            return new ResultFields(json.asMap()).result();
        } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
            throw new IllegalArgumentException("results must be those of a comparison by this artifact", e);
        }
    }

    private static List<String> names(List<? extends Enum<?>> values) {
        return values.stream().map(Enum::name).toList();
    }

    private static @Nullable String name(@Nullable Enum<?> value) {
        return value == null ? null : value.name();
    }

    private static @Nullable String id(@Nullable UUID value) {
        return value == null ? null : value.toString();
    }

    /** Names, each with its value; what is null is left out. */
    private static Map<String, Object> object(@Nullable Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value != null) {
                object.put(String.valueOf(namesAndValues[i]), value);
            }
        }
        return object;
    }

    private static Json canonical(Map<String, Object> document) {
        return Json.parse(Json.of(document, JsonMapping.builtIn()).canonical());
    }
}
