package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.analysis.stats.CohenKappa.Weights;
import dev.evalstore.analysis.stats.KrippendorffAlpha.Scale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Cohen's and Fleiss' kappa, and Krippendorff's alpha. */
class RaterStatisticsTest {
    private static final Resampling RESAMPLING = new Resampling(7, 500);
    private static final Offset<Double> CLOSE = Offset.offset(1e-12);

    /** The diagnoses of Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, table 18.1. */
    private static final long[][] DIAGNOSES = {{75, 1, 4}, {5, 4, 1}, {0, 0, 10}};

    /** Four observers and twelve units of Krippendorff, 2011; 0 is missing. */
    private static final int[][] OBSERVERS = {
        {1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0},
        {1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3},
        {0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0},
        {1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0}
    };

    @Test
    void cohen_and_fleiss_by_the_oracle() {
        for (JsonNode one : Oracle.cases("cohen_kappa")) {
            long[][] table = StreamSupport.stream(one.get("table").spliterator(), false)
                    .map(row -> Arrays.stream(Oracle.ints(row)).asLongStream().toArray())
                    .toArray(long[][]::new);
            Oracle.same("cohen", CohenKappa.of(table).kappa(), one.get("kappa"));
        }
        for (JsonNode one : Oracle.cases("fleiss_kappa")) {
            int[][] counts = StreamSupport.stream(one.get("counts").spliterator(), false)
                    .map(Oracle::ints)
                    .toArray(int[][]::new);
            Oracle.same("fleiss", FleissKappa.of(counts).kappa(), one.get("kappa"));
        }
    }

    @Test
    void cohens_standard_errors_are_those_of_the_book() {
        CohenKappa kappa = CohenKappa.of(DIAGNOSES);

        assertThat(kappa.observed()).isCloseTo(0.89, CLOSE);
        assertThat(kappa.expected()).isCloseTo(0.66, CLOSE);
        assertThat(kappa.kappa()).isCloseTo(0.23 / 0.34, CLOSE);
        assertThat(kappa.standardError()).isCloseTo(0.087, Offset.offset(0.001));
        assertThat(kappa.kappa() / kappa.z()).isCloseTo(0.076, Offset.offset(0.001));
        assertThat(kappa.interval().low())
                .isCloseTo(kappa.kappa() - 1.959964 * kappa.standardError(), Offset.offset(1e-6));
        assertThat(kappa.p()).isBetween(0.0, 1e-15);
        assertThat(kappa.n()).isEqualTo(100);
    }

    /** With two categories weights do not matter; with three, by the definition of Cohen, 1968. */
    @Test
    void weights_count_near_misses_less() {
        long[][] two = {{20, 5}, {7, 9}};
        assertThat(CohenKappa.of(two, Weights.LINEAR, 0.95)).isEqualTo(CohenKappa.of(two));
        assertThat(CohenKappa.of(two, Weights.QUADRATIC, 0.95)).isEqualTo(CohenKappa.of(two));

        double linear = 1
                - (0.06 * 0.5 + 0.01 * 0.5 + 0.04)
                        / (0.8 * 0.05 * 0.5
                                + 0.8 * 0.15
                                + 0.1 * 0.8 * 0.5
                                + 0.1 * 0.15 * 0.5
                                + 0.1 * 0.8
                                + 0.1 * 0.05 * 0.5);
        assertThat(CohenKappa.of(DIAGNOSES, Weights.LINEAR, 0.95).kappa()).isCloseTo(linear, CLOSE);
        double quadratic = 1
                - (0.06 * 0.25 + 0.01 * 0.25 + 0.04)
                        / (0.8 * 0.05 * 0.25
                                + 0.8 * 0.15
                                + 0.1 * 0.8 * 0.25
                                + 0.1 * 0.15 * 0.25
                                + 0.1 * 0.8
                                + 0.1 * 0.05 * 0.25);
        assertThat(CohenKappa.of(DIAGNOSES, Weights.QUADRATIC, 0.95).kappa()).isCloseTo(quadratic, CLOSE);
    }

    /** The standard deviation of many simulated kappas is what the formulas say. */
    @Test
    void standard_errors_are_those_of_simulated_raters() {
        Random random = new Random(11);
        for (Weights weights : Weights.values()) {
            double[] kappas = new double[2_000];
            double errors = 0;
            double zs = 0;
            for (int set = 0; set < kappas.length; set++) {
                long[][] table = new long[3][3];
                long[][] chance = new long[3][3];
                for (int item = 0; item < 300; item++) {
                    int first = random.nextInt(4) % 3;
                    int second = random.nextInt(10) < 6 ? first : random.nextInt(3);
                    table[first][second]++;
                    chance[random.nextInt(4) % 3][random.nextInt(3)]++;
                }
                CohenKappa kappa = CohenKappa.of(table, weights, 0.95);
                kappas[set] = kappa.kappa();
                errors += kappa.standardError() / kappas.length;
                zs += Math.pow(CohenKappa.of(chance, weights, 0.95).z(), 2) / kappas.length;
            }
            assertThat(errors).isCloseTo(deviation(kappas), Offset.offset(0.04 * errors));
            assertThat(zs).isCloseTo(1, Offset.offset(0.1));
        }
    }

    @Test
    void fleiss_z_is_one_on_average_where_only_chance_agrees() {
        Random random = new Random(12);
        double squares = 0;
        for (int set = 0; set < 2_000; set++) {
            int[][] counts = new int[60][3];
            for (int[] item : counts) {
                for (int rater = 0; rater < 4; rater++) {
                    item[random.nextInt(4) % 3]++;
                }
            }
            squares += Math.pow(FleissKappa.of(counts).z(), 2) / 2_000;
        }
        assertThat(squares).isCloseTo(1, Offset.offset(0.1));
    }

    @Test
    void krippendorffs_own_example() {
        int[][] counts = new int[12][5];
        for (int[] observer : OBSERVERS) {
            for (int unit = 0; unit < 12; unit++) {
                if (observer[unit] > 0) {
                    counts[unit][observer[unit] - 1]++;
                }
            }
        }
        KrippendorffAlpha nominal = KrippendorffAlpha.of(counts, Scale.NOMINAL, 0.95, RESAMPLING);
        assertThat(nominal.alpha()).isCloseTo(0.743, Offset.offset(0.0005));
        assertThat(nominal.items()).isEqualTo(11);
        assertThat(nominal.ratings()).isEqualTo(40);
        assertThat(nominal.singles()).isEqualTo(1);
        assertThat(nominal.interval().contains(nominal.alpha())).isTrue();
        assertThat(KrippendorffAlpha.of(counts, Scale.ORDINAL, 0.95, RESAMPLING).alpha())
                .isCloseTo(0.815, Offset.offset(0.0005));
        assertThat(KrippendorffAlpha.of(counts, Scale.INTERVAL, 0.95, RESAMPLING)
                        .alpha())
                .isCloseTo(0.849, Offset.offset(0.0005));
    }

    @Test
    void alphas_interval_is_the_same_for_a_seed_and_does_not_hang_on_the_order_of_items() {
        List<int[]> items = new ArrayList<>();
        Random random = new Random(4);
        for (int i = 0; i < 80; i++) {
            int[] item = new int[4];
            for (int rater = 0; rater <= i % 4; rater++) {
                item[(i + (random.nextInt(3) == 0 ? 1 : 0)) % 4]++;
            }
            items.add(item);
        }
        KrippendorffAlpha alpha = KrippendorffAlpha.of(items.toArray(int[][]::new), Scale.ORDINAL, 0.9, RESAMPLING);
        Collections.shuffle(items, random);
        assertThat(KrippendorffAlpha.of(items.toArray(int[][]::new), Scale.ORDINAL, 0.9, RESAMPLING))
                .isEqualTo(alpha);
        assertThat(alpha.interval().low()).isGreaterThan(-1).isLessThan(alpha.alpha());
        assertThat(alpha.interval().high()).isLessThan(1).isGreaterThan(alpha.alpha());
        assertThat(KrippendorffAlpha.of(items.toArray(int[][]::new), Scale.ORDINAL, 0.9, new Resampling(8, 500))
                        .interval())
                .isNotEqualTo(alpha.interval());
    }

    @Test
    void one_items_ratings_agree_as_chance_does_to_the_bit() {
        Random random = new Random(9);
        for (int i = 0; i < 200; i++) {
            int[] item = random.ints(2 + i % 5, 1, 30).toArray();
            for (Scale scale : Scale.values()) {
                KrippendorffAlpha alpha = KrippendorffAlpha.of(new int[][] {item}, scale, 0.95, RESAMPLING);
                assertThat(alpha.alpha()).isZero();
                assertThat(alpha.interval()).isEqualTo(new Interval(-1, 1, 0.95));
            }
        }
    }

    @Test
    void one_class_has_no_kappa_and_no_alpha() {
        CohenKappa cohen = CohenKappa.of(new long[][] {{0, 0}, {0, 9}});
        assertThat(cohen.defined()).isFalse();
        assertThat(List.of(cohen.kappa(), cohen.standardError(), cohen.z(), cohen.p()))
                .containsOnly(Double.NaN);
        assertThat(cohen.interval()).isEqualTo(new Interval(-1, 1, 0.95));
        assertThat(CohenKappa.of(new long[][] {{4}}, Weights.QUADRATIC, 0.95).defined())
                .isFalse();

        FleissKappa fleiss = FleissKappa.of(new int[][] {{0, 3}, {0, 3}});
        assertThat(fleiss.defined()).isFalse();
        assertThat(List.of(fleiss.kappa(), fleiss.errorOfChance(), fleiss.z(), fleiss.p()))
                .containsOnly(Double.NaN);
        assertThat(fleiss.observed()).isEqualTo(1);

        KrippendorffAlpha alpha = KrippendorffAlpha.of(new int[][] {{0, 3}, {0, 2}}, Scale.NOMINAL, 0.95, RESAMPLING);
        assertThat(alpha.defined()).isFalse();
        assertThat(alpha.alpha()).isNaN();
        assertThat(alpha.interval()).isEqualTo(new Interval(-1, 1, 0.95));
        KrippendorffAlpha nothing = KrippendorffAlpha.of(new int[][] {{0, 1}, {0, 0}}, Scale.ORDINAL, 0.95, RESAMPLING);
        assertThat(nothing.defined()).isFalse();
        assertThat(nothing.items()).isZero();
        assertThat(nothing.singles()).isEqualTo(2);
    }

    @Test
    void a_rater_who_gives_everything_the_same_agrees_as_chance_does() {
        CohenKappa kappa = CohenKappa.of(new long[][] {{0, 0, 0}, {3, 7, 13}, {0, 0, 0}});

        assertThat(kappa.kappa()).isZero();
        assertThat(kappa.standardError()).isZero();
        assertThat(kappa.p()).isEqualTo(1);
        assertThat(kappa.defined()).isTrue();
        Random random = new Random(9);
        for (Weights weights : Weights.values()) {
            for (int set = 0; set < 200; set++) {
                long[][] table = new long[5][5];
                for (long[] row : table) {
                    row[1] = random.nextInt(30);
                }
                CohenKappa constant = CohenKappa.of(table, weights, 0.95);
                assertThat(constant.kappa()).isZero();
                assertThat(constant.standardError()).isZero();
                assertThat(constant.p()).isEqualTo(1);
            }
        }
    }

    @Test
    void full_agreement_is_one_to_the_bit() {
        CohenKappa cohen = CohenKappa.of(new long[][] {{3, 0, 0}, {0, 7, 0}, {0, 0, 13}}, Weights.LINEAR, 0.95);
        assertThat(cohen.kappa()).isEqualTo(1);
        assertThat(cohen.interval()).isEqualTo(new Interval(1, 1, 0.95));
        assertThat(FleissKappa.of(new int[][] {{3, 0}, {0, 3}}).kappa()).isEqualTo(1);
        KrippendorffAlpha alpha = KrippendorffAlpha.of(new int[][] {{3, 0}, {0, 2}}, Scale.NOMINAL, 0.95, RESAMPLING);
        assertThat(alpha.alpha()).isEqualTo(1);
        // Half of the resamples of two items hold one item twice, and so one category.
        assertThat(alpha.interval()).isEqualTo(new Interval(-1, 1, 0.95));
    }

    @Test
    void a_table_is_made_of_two_raters_categories() {
        assertThat(CohenKappa.table(new int[] {0, 1, 1, 2}, new int[] {0, 1, 0, 2}, 3))
                .isDeepEqualTo(new long[][] {{1, 0, 0}, {1, 1, 0}, {0, 0, 1}});
    }

    @Test
    void bad_input_is_refused_by_name() {
        assertBad(() -> CohenKappa.of(new long[][] {{1, 2}}), "table must have as many columns as rows");
        assertBad(() -> CohenKappa.of(new long[][] {{1, -2}, {1, 1}}), "table must be from 0 to");
        assertBad(() -> CohenKappa.of(new long[0][]), "the number of table's rows must be from 1 to 1000");
        assertBad(() -> CohenKappa.of(new long[][] {{0}}), "the number of table's items must be from 1 to");
        assertBad(() -> CohenKappa.of(DIAGNOSES, Weights.NONE, 1), "confidence must be between 0 and 1");
        assertBad(() -> CohenKappa.table(new int[] {3}, new int[] {0}, 3), "first must be from 0 to 2");
        assertBad(() -> CohenKappa.table(new int[] {0}, new int[] {-1}, 3), "second must be from 0 to 2");
        assertBad(() -> CohenKappa.table(new int[1], new int[2], 3), "second must have as many");
        assertBad(() -> CohenKappa.table(new int[1], new int[1], 0), "categories must be from 1 to 1000");
        assertBad(() -> FleissKappa.of(new int[0][]), "counts must not be empty");
        assertBad(() -> FleissKappa.of(new int[][] {{2, 1}, {1, 1}}), "counts must have as many raters");
        assertBad(() -> FleissKappa.of(new int[][] {{1, 0}}), "the number of counts' raters must be from 2 to");
        assertBad(() -> FleissKappa.of(new int[][] {{2, 1}, {3}}), "counts must have as many categories");
        assertBad(
                () -> FleissKappa.of(new int[][] {{2, 1}, {4, -1}}), "counts must not be negative, and are at index 1");
        assertBad(
                () -> KrippendorffAlpha.of(new int[1][101], Scale.NOMINAL, 0.95, RESAMPLING),
                "the number of counts' categories must be from 1 to 100");
        assertBad(
                () -> KrippendorffAlpha.of(new int[1][2], Scale.NOMINAL, Double.NaN, RESAMPLING),
                "confidence must be between 0 and 1");
    }

    private static void assertBad(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        return Math.sqrt(Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow());
    }
}
