package dev.evalstore.analysis;

import static dev.evalstore.analysis.internal.Numbers.figure;

import dev.evalstore.analysis.Computation.Difference;
import dev.evalstore.analysis.Computation.Mean;
import dev.evalstore.analysis.stats.Correction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Members and pairs of a result: p-values corrected, verdicts by these, ranks by means and verdicts, tiers by the verdicts. */
final class Assembly {
    private final Computation computation;
    private final ComparisonOptions options;
    private final boolean higherIsBetter;
    private final List<UUID> ids;
    private final List<Mean> means;

    /** The members' numbers, best first; those without a mean last. */
    private List<Integer> order;

    private List<ComparedPair> pairs;
    private Standings standings;

    /** @param ids in ascending order, as they stand in the table */
    Assembly(Computation computation, ComparisonOptions options, boolean higherIsBetter, List<UUID> ids) {
        this.computation = computation;
        this.options = options;
        this.higherIsBetter = higherIsBetter;
        this.ids = ids;
        this.means = IntStream.range(0, ids.size()).mapToObj(computation::mean).toList();
        this.order = IntStream.range(0, ids.size()).boxed().sorted(bestFirst()).toList();
        this.standings = new Standings(ids.size());
        this.pairs = pairs();
        List<Integer> places = standings.places();
        if (!places.equals(IntStream.range(0, ids.size()).boxed().toList())) {
            List<Integer> byMeans = order;
            this.order = places.stream().map(byMeans::get).toList();
            this.standings = new Standings(ids.size());
            this.pairs = pairs();
        }
    }

    List<ComparedPair> all() {
        return pairs;
    }

    List<ComparedMember> members(List<String> labels) {
        List<ComparedMember> members = new ArrayList<>();
        List<Integer> tiers = standings.tiers();
        int ranked = (int) means.stream().filter(mean -> mean.items() > 0).count();
        int first = 0;
        for (int place = 0; place < order.size(); place++) {
            int member = order.get(place);
            Mean mean = means.get(member);
            if (!isEqual(means.get(order.get(first)), mean)) {
                first = place;
            }
            boolean isRanked = mean.items() > 0;
            members.add(new ComparedMember(
                    ids.get(member),
                    labels.get(member),
                    mean.items(),
                    mean.values(),
                    mean.mean(),
                    mean.low(),
                    mean.high(),
                    isRanked ? first + 1 : null,
                    isRanked ? Math.min(first, standings.above(place)) + 1 : null,
                    isRanked ? Math.max(first + 1, ranked - standings.below(place)) : null,
                    isRanked ? tiers.get(place) : null));
        }
        return members;
    }

    /** The member that is better than all others. */
    @Nullable
    UUID winner() {
        for (int place = 0; place < order.size(); place++) {
            if (standings.below(place) == order.size() - 1) {
                return ids.get(order.get(place));
            }
        }
        return null;
    }

    /**
     * Members by their means, those without one last. The tests see all digits, and so does this: the first of a tier would
     * else be any of those whose means are written alike. Sums of doubles are the same on every machine.
     */
    private Comparator<Integer> bestFirst() {
        // NaN is the greatest double, and stays it.
        return Comparator.comparingDouble(member -> {
            double mean = means.get(member).unrounded();
            return (higherIsBetter ? -mean : mean) + 0.0;
        });
    }

    /** Whether means differ by no more than decimals do that are written as doubles, such as 0.1 + 0.3 and 0.2 + 0.2. */
    private static boolean isEqual(Mean one, Mean other) {
        return Math.abs(one.unrounded() - other.unrounded()) <= Math.max(one.rounding(), other.rounding());
    }

    private List<ComparedPair> pairs() {
        List<int[]> places = new ArrayList<>();
        List<Difference> differences = new ArrayList<>();
        for (int first = 0; first < order.size(); first++) {
            for (int second = first + 1; second < order.size(); second++) {
                places.add(new int[] {first, second});
                differences.add(computation.difference(order.get(first), order.get(second), differences.size()));
            }
        }
        List<List<@Nullable Double>> adjusted = new ArrayList<>();
        for (int kind = 0; kind < computation.kinds().size(); kind++) {
            List<PairTests.@Nullable Tested> ofKind = new ArrayList<>();
            for (Difference pair : differences) {
                ofKind.add(pair.tests().isEmpty() ? null : pair.tests().get(kind));
            }
            adjusted.add(adjust(ofKind));
        }
        List<PairTests.@Nullable Tested> deciders = new ArrayList<>();
        differences.forEach(pair -> deciders.add(decider(pair)));
        List<@Nullable Double> deciding = adjust(deciders);
        List<ComparedPair> compared = new ArrayList<>();
        for (int i = 0; i < differences.size(); i++) {
            compared.add(pair(places.get(i), differences.get(i), deciding.get(i), adjustedOf(adjusted, i)));
        }
        return compared;
    }

    private ComparedPair pair(
            int[] places, Difference difference, @Nullable Double p, List<@Nullable Double> adjusted) {
        PairTests.Tested decider = decider(difference);
        Verdict verdict = verdict(decider, p);
        if (verdict == Verdict.FIRST_BETTER) {
            standings.better(places[0], places[1]);
        } else if (verdict == Verdict.SECOND_BETTER) {
            standings.better(places[1], places[0]);
        }
        List<TestOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < difference.tests().size(); i++) {
            outcomes.add(difference.tests().get(i).outcome().adjusted(adjusted.get(i)));
        }
        return new ComparedPair(
                ids.get(order.get(places[0])),
                ids.get(order.get(places[1])),
                difference.pairs(),
                difference.firstMean(),
                difference.secondMean(),
                difference.difference(),
                difference.effect(),
                outcomes,
                decider == null ? null : decider.outcome().test(),
                p,
                verdict);
    }

    private Verdict verdict(PairTests.@Nullable Tested decider, @Nullable Double p) {
        if (decider == null || p == null) {
            return Verdict.NOT_COMPARABLE;
        }
        if (p > options.alpha() || decider.direction() == 0) {
            return Verdict.NOT_SHOWN;
        }
        return decider.direction() > 0 == higherIsBetter ? Verdict.FIRST_BETTER : Verdict.SECOND_BETTER;
    }

    /** The first test that is defined, and can decide. */
    private PairTests.@Nullable Tested decider(Difference difference) {
        return difference.tests().stream()
                .filter(test -> test.outcome().p() != null
                        && computation.canDecide(test.outcome().test()))
                .findFirst()
                .orElse(null);
    }

    private static List<@Nullable Double> adjustedOf(List<List<@Nullable Double>> byTest, int pair) {
        List<@Nullable Double> adjusted = new ArrayList<>();
        byTest.forEach(test -> adjusted.add(test.get(pair)));
        return adjusted;
    }

    /** The corrected p-values of those that have one, and null for the others. */
    private List<@Nullable Double> adjust(List<PairTests.@Nullable Tested> tests) {
        Correction correction = options.correction();
        double[] given = new double[tests.size()];
        int count = 0;
        for (PairTests.Tested test : tests) {
            Double p = test == null ? null : test.outcome().p();
            if (p != null) {
                given[count++] = p;
            }
        }
        double[] adjusted = correction.adjust(Arrays.copyOf(given, count));
        List<@Nullable Double> result = new ArrayList<>();
        int at = 0;
        for (PairTests.Tested test : tests) {
            result.add(test == null || test.outcome().p() == null ? null : (Double) figure(adjusted[at++]));
        }
        return result;
    }
}
