package dev.evalstore.analysis;

import static dev.evalstore.analysis.internal.Numbers.figure;

import dev.evalstore.analysis.ValueTable.Shared;
import dev.evalstore.analysis.internal.Numbers;
import dev.evalstore.analysis.stats.Bootstrap;
import dev.evalstore.analysis.stats.CliffsDelta;
import dev.evalstore.analysis.stats.Hypothesis;
import dev.evalstore.analysis.stats.Interval;
import dev.evalstore.analysis.stats.McNemar;
import dev.evalstore.analysis.stats.PairedPower;
import dev.evalstore.analysis.stats.PairedT;
import dev.evalstore.analysis.stats.PermutationTest;
import dev.evalstore.analysis.stats.Proportion;
import dev.evalstore.analysis.stats.Resampling;
import dev.evalstore.analysis.stats.SignTest;
import dev.evalstore.analysis.stats.Wilcoxon;
import dev.evalstore.tracking.Pairing;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.numbers.core.Sum;
import org.jspecify.annotations.Nullable;

/** From values to figures: of each member, and of each two. Knows no ids and no database. */
final class Computation {
    private static final List<TestKind> OF_BITS = List.of(TestKind.MCNEMAR, TestKind.MCNEMAR_MID_P);
    private static final List<TestKind> OF_NUMBERS = List.of(TestKind.PAIRED_T, TestKind.WILCOXON);
    private static final List<TestKind> OF_REPEATED_BITS = List.of(TestKind.PAIRED_T, TestKind.MCNEMAR);
    private static final double POWER = 0.8;

    private final ComparisonOptions options;
    private final boolean higherIsBetter;
    private final ValueTable table;

    /** What all members share; null where each two are compared on what these share. */
    private final @Nullable Shared ofAll;

    private final boolean isBinary;
    private final boolean isClustered;
    private final List<TestKind> kinds;
    private final Map<Integer, Double> smallestEffects = new HashMap<>();

    /**
     * The mean of a member, and its interval.
     *
     * @param values of how many rows the member has a value
     * @param unrounded the mean with all its digits; NaN without any
     * @param rounding by how much two means of such values may differ that are equal in decimals
     */
    record Mean(
            int items,
            int values,
            double unrounded,
            double rounding,
            @Nullable Double mean,
            @Nullable Double low,
            @Nullable Double high) {}

    /** Two members. */
    record Difference(
            int pairs,
            @Nullable Double firstMean,
            @Nullable Double secondMean,
            @Nullable MeanDifference difference,
            @Nullable PairEffect effect,
            List<PairTests.Tested> tests) {}

    /**
     * @throws IllegalArgumentException if McNemar's test was asked for, and a value is neither 0 nor 1; or if permutations are to
     *     decide, and are too few for so many pairs of members
     */
    Computation(ComparisonOptions options, boolean higherIsBetter, ValueTable table) {
        this.options = options;
        this.higherIsBetter = higherIsBetter;
        this.table = table;
        this.ofAll = options.items() == ItemRule.OF_ALL ? table.shared(everyMember()) : null;
        this.isBinary = ofAll == null ? isBinary(table.values()) : isBinary(ofAll.values());
        this.isClustered = options.pairing() == Pairing.ITEM_AND_REPEAT && table.hasRepeats();
        this.kinds = !options.tests().isEmpty() ? options.tests() : byData();
        if (!isBinary && sampleSize() > 0 && OF_BITS.stream().anyMatch(kinds::contains)) {
            throw new IllegalArgumentException(
                    "tests must not have McNemar's: not all values of the metric are 0 or 1");
        }
        if (kinds.get(0) == TestKind.PERMUTATION && 1 << Math.min(sampleSize(), 30) > PermutationTest.MAX_EXACT) {
            requirePermutations();
        }
    }

    /** Of resamples no p-value is less than one of them, which a correction multiplies. */
    private void requirePermutations() {
        int enough = options.permutations();
        if (canShow(enough)) {
            return;
        }
        int most = Resampling.MAX_RESAMPLES;
        if (!canShow(most)) {
            throw new IllegalArgumentException("tests must not begin with " + TestKind.PERMUTATION + ": corrected over "
                    + pairs() + " pairs of members, not even " + most
                    + " permutations can show a difference at this alpha");
        }
        while (enough < most) {
            int middle = (enough + most) >>> 1;
            if (canShow(middle)) {
                most = middle;
            } else {
                enough = middle + 1;
            }
        }
        throw new IllegalArgumentException("permutations must be at least " + most + ": corrected over " + pairs()
                + " pairs of members, fewer can show no difference at this alpha");
    }

    private boolean canShow(int permutations) {
        double[] least = new double[pairs()];
        Arrays.fill(least, 1.0 / (permutations + 1));
        return options.correction().adjust(least)[0] <= options.alpha();
    }

    private int pairs() {
        int members = table.values().length;
        return members * (members - 1) / 2;
    }

    /**
     * Whether a test may give the verdict. Those which take the repeats of an item for independent are not to decide where the t
     * test, which knows better, is not defined.
     */
    boolean canDecide(TestKind kind) {
        return kind == TestKind.PAIRED_T || !isClustered || !kinds.contains(TestKind.PAIRED_T);
    }

    private List<TestKind> byData() {
        if (!isBinary) {
            return OF_NUMBERS;
        }
        // McNemar's test takes the repeats of an item for independent.
        return isClustered ? OF_REPEATED_BITS : OF_BITS;
    }

    List<TestKind> kinds() {
        return kinds;
    }

    int sampleSize() {
        return ofAll == null ? table.heldBy(2) : ofAll.size();
    }

    Mean mean(int member) {
        Shared own = table.shared(member);
        Shared shared = ofAll == null ? own : ofAll;
        double[] values = shared.values()[ofAll == null ? 0 : member];
        int n = values.length;
        if (n == 0) {
            return new Mean(0, own.size(), Double.NaN, 0, null, null, null);
        }
        double mean = Sum.of(values).getAsDouble() / n;
        Interval interval = isClustered
                ? StudentT.clustered(values, shared.clusters(), confidence()).interval()
                : isBinary
                        ? Proportion.wilson(Math.round(mean * n), n, confidence())
                        : StudentT.of(values, confidence()).interval();
        return new Mean(
                n, own.size(), mean, Numbers.rounding(values), figure(mean), end(interval.low()), end(interval.high()));
    }

    /**
     * Of the first member and the second.
     *
     * @param number that of the pair, by which its resamples differ from those of others
     */
    Difference difference(int first, int second, int number) {
        Shared shared = ofAll == null ? table.shared(first, second) : ofAll;
        double[] x = shared.values()[ofAll == null ? 0 : first];
        double[] y = shared.values()[ofAll == null ? 1 : second];
        int n = x.length;
        if (n == 0) {
            return new Difference(0, null, null, null, null, List.of());
        }
        double[] decimals = Numbers.differences(x, y);
        double[] differences = new double[n];
        // A difference that is none in decimals is none; another keeps its digits, of which means are made.
        Arrays.setAll(differences, i -> decimals[i] == 0 ? 0 : x[i] - y[i]);
        PairedT plain = PairedT.of(differences, new double[n], Hypothesis.TWO_SIDED, confidence());
        StudentT t =
                isClustered ? StudentT.clustered(differences, shared.clusters(), confidence()) : StudentT.of(plain);
        PairTests tests = new PairTests(x, y, differences, decimals);
        return new Difference(
                n,
                figure(Sum.of(x).getAsDouble() / n),
                figure(Sum.of(y).getAsDouble() / n),
                meanDifference(x, y, t, bootstrap(differences, shared.clusters(), number)),
                effect(x, y, tests, t, plain.effect()),
                n == 1 ? List.of() : tests.of(kinds, t, resampling(number, options.permutations())));
    }

    private MeanDifference meanDifference(double[] x, double[] y, StudentT t, @Nullable Interval bootstrap) {
        Interval interval =
                isBinary && !isClustered && x.length > 1 ? McNemar.of(x, y).interval(confidence()) : t.interval();
        return new MeanDifference(
                figure(Numbers.mean(t.mean(), x, y)),
                Double.isNaN(t.error()) ? null : figure(t.error()),
                end(interval.low()),
                end(interval.high()),
                bootstrap == null ? null : end(bootstrap.low()),
                bootstrap == null ? null : end(bootstrap.high()));
    }

    private @Nullable Interval bootstrap(double[] differences, int[] clusters, int number) {
        if (options.bootstraps() == 0) {
            return null;
        }
        Resampling resampling = resampling(number, options.bootstraps());
        Bootstrap bootstrap = isClustered
                ? Bootstrap.clusteredMean(differences, clusters, confidence(), Bootstrap.Kind.BCA, resampling)
                : Bootstrap.mean(differences, confidence(), Bootstrap.Kind.BCA, resampling);
        return bootstrap.defined() ? bootstrap.interval() : null;
    }

    private PairEffect effect(double[] x, double[] y, PairTests tests, StudentT t, double dz) {
        SignTest signs = tests.signs();
        Wilcoxon ranks = tests.ranks();
        boolean varies = t.error() > 0;
        return new PairEffect(
                higherIsBetter ? signs.positive() : signs.negative(),
                higherIsBetter ? signs.negative() : signs.positive(),
                signs.zeros(),
                varies && Double.isFinite(dz) ? figure(dz) : null,
                figure(CliffsDelta.of(decimals(x), decimals(y)).delta()),
                ranks.n() == 0 ? null : figure(ranks.effect()),
                varies ? figure(smallestEffect(t.units()) * t.error() * Math.sqrt(t.units())) : null);
    }

    private static double[] decimals(double[] values) {
        return Arrays.stream(values)
                .map(value -> Numbers.rounded(value, Numbers.DECIMALS))
                .toArray();
    }

    private double smallestEffect(int units) {
        return smallestEffects.computeIfAbsent(
                units, n -> PairedPower.smallestEffect(n, POWER, options.alpha(), Hypothesis.TWO_SIDED));
    }

    private Resampling resampling(int number, int resamples) {
        return new Resampling(options.seed() + number, resamples);
    }

    private double confidence() {
        return 1 - options.alpha();
    }

    private int[] everyMember() {
        int[] members = new int[table.values().length];
        Arrays.setAll(members, member -> member);
        return members;
    }

    /** Whether all values that there are, and there are some, are 0 or 1. */
    private static boolean isBinary(double[][] columns) {
        boolean some = false;
        for (double[] column : columns) {
            for (double value : column) {
                if (value != 0 && value != 1 && !Double.isNaN(value)) {
                    return false;
                }
                some |= !Double.isNaN(value);
            }
        }
        return some;
    }

    /** An end of an interval, or null where nothing is known. */
    private static @Nullable Double end(double value) {
        return Double.isInfinite(value) ? null : figure(value);
    }
}
