package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.analysis.stats.Bootstrap.Kind;
import dev.evalstore.analysis.stats.KrippendorffAlpha.Scale;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/**
 * Intervals of 95 % hold the true value in 93 to 97 % of simulated sets, and tests at 5 % reject in 3 to 7 % of sets without
 * a difference. Fewer sets than the 2,000 of {@link CoverageLongTest} leave more to chance, and are allowed as much more.
 */
class CoverageTest {
    private static final int RESAMPLES = 500;
    private static final double CONFIDENCE = 0.95;

    int sets() {
        return 400;
    }

    private double slack() {
        return sets() < 2_000 ? 2 * Math.sqrt(0.05 * 0.95 / sets()) : 0;
    }

    @Test
    void percentile_interval_of_a_mean_of_normal_values() {
        covers(1, 3, random -> {
            double[] values = values(100, () -> 3 + 2 * random.nextGaussian());
            return Bootstrap.mean(values, CONFIDENCE, Kind.PERCENTILE, resampling(random))
                    .interval();
        });
    }

    @Test
    void corrected_interval_of_a_mean_of_skewed_values() {
        covers(2, 1, random -> {
            double[] values = values(100, () -> -Math.log(1 - random.nextDouble()));
            return Bootstrap.mean(values, CONFIDENCE, Kind.BCA, resampling(random))
                    .interval();
        });
    }

    /** Right and wrong answers of two models to the same items, some of which are harder than others. */
    @Test
    void corrected_interval_of_a_paired_difference() {
        covers(3, 0.1, random -> {
            double[] x = new double[100];
            double[] y = new double[100];
            for (int i = 0; i < x.length; i++) {
                double easy = 0.3 + 0.5 * random.nextDouble();
                x[i] = random.nextDouble() < easy + 0.1 ? 1 : 0;
                y[i] = random.nextDouble() < easy ? 1 : 0;
            }
            return Bootstrap.pairedDifference(x, y, CONFIDENCE, Kind.BCA, resampling(random))
                    .interval();
        });
    }

    @Test
    void corrected_interval_of_a_difference_of_two_samples() {
        covers(4, -1, random -> {
            double[] x = values(80, () -> random.nextGaussian());
            double[] y = values(120, () -> 1 + 3 * random.nextGaussian());
            return Bootstrap.difference(x, y, CONFIDENCE, Kind.BCA, resampling(random))
                    .interval();
        });
    }

    /** The same values taken as independent would be covered far less often. */
    @Test
    void interval_of_a_mean_of_clusters() {
        Function<Random, double[][]> clustered = random -> {
            List<double[]> rows = new ArrayList<>();
            for (int cluster = 0; cluster < 100; cluster++) {
                double effect = random.nextGaussian();
                for (int i = 0; i <= cluster % 5; i++) {
                    rows.add(new double[] {5 + effect + random.nextGaussian(), cluster});
                }
            }
            return rows.toArray(double[][]::new);
        };
        for (Kind kind : Kind.values()) {
            covers(5, 5, random -> {
                double[][] rows = clustered.apply(random);
                int[] clusters = new int[rows.length];
                for (int i = 0; i < clusters.length; i++) {
                    clusters[i] = (int) rows[i][1];
                }
                return Bootstrap.clusteredMean(column(rows), clusters, CONFIDENCE, kind, resampling(random))
                        .interval();
            });
        }
        double share = share(
                6,
                random -> Bootstrap.mean(
                                column(clustered.apply(random)), CONFIDENCE, Kind.PERCENTILE, resampling(random))
                        .interval()
                        .contains(5));
        assertThat(share).isLessThan(0.9);
    }

    @Test
    void interval_of_a_differences_strength() {
        double[] strengths = {0.8, 0.3, 0, -0.2, -0.9};
        covers(7, strengths[1] - strengths[4], random -> {
            List<Battle> battles = new ArrayList<>();
            for (int battle = 0; battle < 600; battle++) {
                int first = random.nextInt(5);
                int second = (first + 1 + random.nextInt(4)) % 5;
                double wins = BradleyTerry.probability(strengths[first] - strengths[second]);
                battles.add(new Battle("" + first, "" + second, random.nextDouble() < wins ? 1 : 0));
            }
            StrengthDifference difference = ((Strengths) BradleyTerry.fit(PairCount.of(battles))).difference("1", "4");
            return difference.interval(CONFIDENCE);
        });
    }

    @Test
    void interval_of_alpha() {
        double alpha = KrippendorffAlpha.of(
                        ratings(new Random(8), 200_000), Scale.ORDINAL, CONFIDENCE, new Resampling(1, 100))
                .alpha();
        covers(
                9,
                alpha,
                random -> KrippendorffAlpha.of(ratings(random, 150), Scale.ORDINAL, CONFIDENCE, resampling(random))
                        .interval());
    }

    /** Two to four ratings of 1 to 5 for each item, around what it deserves. */
    private static int[][] ratings(Random random, int items) {
        int[][] counts = new int[items][5];
        for (int[] item : counts) {
            double deserved = 5 * random.nextDouble();
            for (int rater = random.nextInt(3); rater < 4; rater++) {
                item[(int) Math.max(0, Math.min(4, Math.floor(deserved + random.nextGaussian())))]++;
            }
        }
        return counts;
    }

    @Test
    void permutation_tests_reject_as_often_as_they_say() {
        rejects(10, random -> {
            double[] x = values(12, () -> random.nextGaussian());
            double[] y = values(12, () -> random.nextGaussian());
            return PermutationTest.paired(x, y, Hypothesis.TWO_SIDED, resampling(random));
        });
        rejects(11, random -> {
            double[] x = values(40, () -> Math.pow(random.nextDouble(), 3));
            double[] y = values(40, () -> Math.pow(random.nextDouble(), 3));
            return PermutationTest.paired(x, y, Hypothesis.GREATER, resampling(random));
        });
        rejects(12, random -> {
            double[] x = values(25, () -> Math.exp(random.nextGaussian()));
            double[] y = values(40, () -> Math.exp(random.nextGaussian()));
            return PermutationTest.twoSample(x, y, Hypothesis.TWO_SIDED, resampling(random));
        });
    }

    private void covers(long seed, double truth, Function<Random, Interval> interval) {
        double share = share(seed, random -> interval.apply(random).contains(truth));
        assertThat(share).as("coverage by seed " + seed).isBetween(0.93 - slack(), 0.97 + slack());
    }

    private void rejects(long seed, Function<Random, PermutationTest> test) {
        double share = share(seed, random -> test.apply(random).p() <= 0.05);
        assertThat(share).as("rejected by seed " + seed).isBetween(0.03 - slack(), 0.07 + slack());
    }

    private double share(long seed, Predicate<Random> holds) {
        Random random = new Random(seed);
        int held = 0;
        for (int set = 0; set < sets(); set++) {
            held += holds.test(random) ? 1 : 0;
        }
        System.out.println(sets() + " sets by seed " + seed + ": " + (double) held / sets());
        return (double) held / sets();
    }

    private static Resampling resampling(Random random) {
        return new Resampling(random.nextLong(), RESAMPLES);
    }

    private static double[] values(int size, DoubleSupplier one) {
        return DoubleStream.generate(one).limit(size).toArray();
    }

    private static double[] column(double[][] rows) {
        double[] column = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            column[i] = rows[i][0];
        }
        return column;
    }
}
