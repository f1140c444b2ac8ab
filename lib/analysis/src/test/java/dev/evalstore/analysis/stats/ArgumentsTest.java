package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.evalstore.analysis.stats.Bootstrap.Kind;
import dev.evalstore.analysis.stats.BradleyTerry.Fit;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.DoubleFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Arguments at the ends of their range, and beyond, in whatever function has them. */
class ArgumentsTest {
    private static final Resampling RESAMPLING = new Resampling(1, 500);
    private static final double[] X = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
    private static final double[] Y = {2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5};
    private static final int[] CLUSTERS = {0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5};
    private static final int[][] RATINGS = {{2, 1}, {3, 0}, {1, 2}, {0, 3}};
    private static final Map<String, DoubleFunction<Interval>> INTERVALS = new TreeMap<>();

    static {
        for (Kind kind : Kind.values()) {
            INTERVALS.put(
                    "mean " + kind, c -> Bootstrap.mean(X, c, kind, RESAMPLING).interval());
            INTERVALS.put(
                    "paired " + kind,
                    c -> Bootstrap.pairedDifference(X, Y, c, kind, RESAMPLING).interval());
            INTERVALS.put(
                    "difference " + kind,
                    c -> Bootstrap.difference(X, Y, c, kind, RESAMPLING).interval());
            INTERVALS.put(
                    "clustered " + kind,
                    c -> Bootstrap.clusteredMean(X, CLUSTERS, c, kind, RESAMPLING)
                            .interval());
            INTERVALS.put(
                    "of " + kind,
                    c -> Bootstrap.of(X, x -> Arrays.stream(x).sum(), c, kind, RESAMPLING)
                            .interval());
            INTERVALS.put(
                    "pairs " + kind,
                    c -> Bootstrap.ofPairs(X, Y, (x, y) -> x[0] * y[0] + x[3], c, kind, RESAMPLING)
                            .interval());
        }
        INTERVALS.put("PairedT", c -> PairedT.of(X, Y, Hypothesis.LESS, c).interval());
        INTERVALS.put("Welch", c -> Welch.of(X, Y, Hypothesis.LESS, c).interval());
        INTERVALS.put("ClusteredMean", c -> ClusteredMean.of(X, CLUSTERS, c).interval());
        INTERVALS.put("McNemar", c -> McNemar.ofCounts(3, 4, 1, 7).interval(c));
        INTERVALS.put(
                "CohenKappa",
                c -> CohenKappa.of(new long[][] {{5, 1}, {2, 7}}, CohenKappa.Weights.NONE, c)
                        .interval());
        INTERVALS.put(
                "Krippendorff",
                c -> KrippendorffAlpha.of(RATINGS, KrippendorffAlpha.Scale.NOMINAL, c, RESAMPLING)
                        .interval());
        for (int successes : new int[] {0, 1, 5, 10}) {
            INTERVALS.put("wilson " + successes, c -> Proportion.wilson(successes, 10, c));
            INTERVALS.put("exact " + successes, c -> Proportion.clopperPearson(successes, 10, c));
            INTERVALS.put("adjusted " + successes, c -> Proportion.agrestiCoull(successes, 10, c));
        }
        Strengths strengths = (Strengths) BradleyTerry.fit(List.of(PairCount.of("a", "b", 3, 2)));
        INTERVALS.put("Strength", c -> strengths.strengths().get(0).interval(c));
        INTERVALS.put("StrengthDifference", c -> strengths.difference("a", "b").interval(c));
    }

    @Test
    void every_confidence_between_zero_and_one_has_its_interval() {
        double[] confidences = {Double.MIN_VALUE, 1e-17, 0.5, 0.999999, 1 - 1e-12, 1 - 1e-16, Math.nextDown(1.0)};
        INTERVALS.forEach((name, of) -> {
            Interval before = null;
            for (double confidence : confidences) {
                Interval interval = of.apply(confidence);
                assertThat(interval.confidence()).as(name).isEqualTo(confidence);
                if (before != null) {
                    assertThat(interval.low()).as(name).isLessThanOrEqualTo(before.low());
                    assertThat(interval.high()).as(name).isGreaterThanOrEqualTo(before.high());
                }
                before = interval;
            }
        });
    }

    @Test
    void every_other_confidence_is_refused_by_name() {
        for (double confidence : new double[] {0, 1, -0.5, 1.5, Double.NaN, Double.POSITIVE_INFINITY}) {
            INTERVALS.forEach((name, of) -> assertThatIllegalArgumentException()
                    .as(name)
                    .isThrownBy(() -> of.apply(confidence))
                    .withMessage("confidence must be between 0 and 1, and neither of them"));
        }
    }

    @Test
    void the_greatest_value_is_taken_and_one_beyond_is_refused() {
        assertThat(Samples.MAX_VALUE).isEqualTo(1e140);
        Map<String, Consumer<double[]>> all = new TreeMap<>();
        all.put("x", x -> {
            PairedT.of(x, Y);
            Welch.of(x, Y);
            Correlation.pearson(x, Y);
            MannWhitney.of(x, Y);
            CliffsDelta.of(x, Y);
            PermutationTest.paired(x, Y, Hypothesis.LESS, RESAMPLING);
            PermutationTest.twoSample(x, Y, Hypothesis.LESS, RESAMPLING);
            Bootstrap.difference(x, Y, 0.95, Kind.BCA, RESAMPLING);
            Bootstrap.pairedDifference(x, Y, 0.95, Kind.BCA, RESAMPLING);
        });
        all.put("values", values -> {
            ClusteredMean.of(values, CLUSTERS, 0.95);
            Bootstrap.clusteredMean(values, CLUSTERS, 0.95, Kind.BCA, RESAMPLING);
            Bootstrap.mean(values, 0.95, Kind.BCA, RESAMPLING);
            Bootstrap.of(values, x -> x[0], 0.95, Kind.BCA, RESAMPLING);
        });
        all.forEach((name, test) -> {
            double[] values = X.clone();
            for (double greatest : new double[] {Samples.MAX_VALUE, -Samples.MAX_VALUE}) {
                values[3] = greatest;
                test.accept(values);
                values[3] = greatest * (1 + 1e-15);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> test.accept(values))
                        .withMessageStartingWith(name + " must not hold NaN, an infinity, or a value beyond 1e140");
            }
        });
        // Differences may be twice as great, and so may their resamples.
        double[] low = {-Samples.MAX_VALUE, -Samples.MAX_VALUE, 1 - Samples.MAX_VALUE, Samples.MAX_VALUE};
        double[] high = {Samples.MAX_VALUE, Samples.MAX_VALUE, Samples.MAX_VALUE, -Samples.MAX_VALUE};
        for (Kind kind : Kind.values()) {
            assertThat(Bootstrap.pairedDifference(low, high, 0.95, kind, RESAMPLING)
                            .defined())
                    .isTrue();
            assertThat(Bootstrap.difference(low, high, 0.95, kind, RESAMPLING).defined())
                    .isTrue();
        }
        for (double figure : new double[] {1e141, -1e308, Double.NaN, Double.NEGATIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Bootstrap.of(X, x -> figure, 0.95, Kind.BCA, RESAMPLING))
                    .withMessageStartingWith("statistic must be a finite number, and not beyond 1e140");
        }
    }

    @Test
    void a_number_that_is_none_is_refused_by_name() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            refused("first must be", () -> Elo.expectedScore(bad, 1));
            refused("second must be", () -> Elo.expectedScore(1, bad));
            refused("k must be", () -> new Elo(bad, 1));
            refused("initial must be", () -> new Elo(1, bad));
            refused("score must be", () -> new Battle("a", "b", bad));
            refused("firstWins must be", () -> PairCount.of("a", "b", bad, 1));
            refused("secondWins must be", () -> PairCount.of("a", "b", 1, bad));
            refused("ties must be", () -> new PairCount("a", "b", 1, 1, bad));
            refused("p must be", () -> Correction.HOLM.adjust(0.1, bad));
            refused("effect must be", () -> PairedPower.power(bad, 9, 0.05, Hypothesis.LESS));
            refused("alpha must be", () -> PairedPower.power(1, 9, bad, Hypothesis.LESS));
            refused("effect must be", () -> PairedPower.pairs(bad, 0.8, 0.05, Hypothesis.LESS));
            refused("power must be", () -> PairedPower.pairs(1, bad, 0.05, Hypothesis.LESS));
            refused("alpha must be", () -> PairedPower.pairs(1, 0.8, bad, Hypothesis.LESS));
            refused("power must be", () -> PairedPower.smallestEffect(9, bad, 0.05, Hypothesis.LESS));
            refused("alpha must be", () -> PairedPower.smallestEffect(9, 0.8, bad, Hypothesis.LESS));
        }
        refused("value must be", () -> new Interval(0, 1, 0.95).contains(Double.NaN));
        refused("low must be", () -> new Interval(Double.NaN, 1, 0.95));
    }

    @Test
    void a_missing_element_is_refused_by_the_name_of_the_argument() {
        List<Battle> battles = Collections.singletonList(null);
        missing("battles", () -> Elo.DEFAULT.rate(battles));
        missing("battles", () -> PairCount.of(battles));
        missing("counts", () -> BradleyTerry.fit(Collections.singletonList(null)));
        missing("counts", () -> FleissKappa.of(new int[][] {{1, 1}, null}));
        missing(
                "counts",
                () -> KrippendorffAlpha.of(
                        new int[][] {{1, 1}, null}, KrippendorffAlpha.Scale.NOMINAL, 0.95, RESAMPLING));
        missing("table", () -> CohenKappa.of(new long[][] {{1, 1}, null}));
        missing("clusters", () -> ClusteredMean.of(new double[1], Collections.singletonList(null), 0.95));
        Fit none = BradleyTerry.fit(List.of(PairCount.of("a", "b", 1, 0)));
        NoStrengths.Reason reason = ((NoStrengths) none).reason();
        List<String> names = Collections.singletonList(null);
        missing("groups", () -> new NoStrengths(reason, Collections.singletonList(null), List.of(), List.of()));
        missing("groups", () -> new NoStrengths(reason, List.of(names), List.of(), List.of()));
        missing("unbeaten", () -> new NoStrengths(reason, List.of(), names, List.of()));
        missing("winless", () -> new NoStrengths(reason, List.of(), List.of(), names));
    }

    private static void refused(String message, ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessageStartingWith(message);
    }

    private static void missing(String name, ThrowingCallable call) {
        assertThatNullPointerException().isThrownBy(call).withMessage(name);
    }
}
