package dev.evalstore.analysis.stats;

import static dev.evalstore.analysis.stats.Oracle.near;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.PValueMethod;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankTestsTest {
    private static final double[] X = {3.1, 2.4, 5.0, 4.4, 2.2, 4.0, 3.3, 5.6, 1.9, 4.1};
    private static final double[] Y = {2.9, 2.7, 4.1, 3.9, 2.5, 3.1, 3.8, 4.9, 1.2, 3.0};

    /** With ties, and four pairs of equal values. */
    private static final double[] TIED_X = {4, 5, 3, 4, 2, 5, 5, 1, 4, 3, 2, 4};

    private static final double[] TIED_Y = {3, 5, 2, 4, 3, 4, 4, 1, 2, 3, 1, 5};

    @Test
    void wilcoxon_by_each_hypothesis() {
        // By SciPy 1.17, method="asymptotic".
        double[][] less = {
            {0.9341659919885928, 0.9432818095819087},
            {0.9305087698534072, 0.9358312547283432},
            {0.9263738470484366, 0.9318305316162748}
        };
        double[][] greater = {
            {0.06583400801140711, 0.07604631624078985},
            {0.06949123014659277, 0.07514737493755187},
            {0.07362615295156336, 0.07941064379354501}
        };
        for (Zeros zeros : Zeros.values()) {
            for (int c = 0; c < 2; c++) {
                near("less", asymptotic(zeros, Hypothesis.LESS, c == 1), less[zeros.ordinal()][c], 1e-9);
                near("greater", asymptotic(zeros, Hypothesis.GREATER, c == 1), greater[zeros.ordinal()][c], 1e-9);
            }
        }
    }

    @Test
    void wilcoxon_is_exact_with_ties_and_zeros_too() {
        // By going through all 256 ways to give eight ranks their signs.
        Wilcoxon wilcox = Wilcoxon.of(TIED_X, TIED_Y);
        assertThat(wilcox).isEqualTo(new Wilcoxon(28, 8, 0.234375, Method.EXACT, 20 / 36.0, 8, 4, 7));
        assertThat(wilcox.statistic()).isEqualTo(8);
        assertThat(exact(Zeros.WILCOX, Hypothesis.LESS)).isEqualTo(0.96875);
        assertThat(exact(Zeros.WILCOX, Hypothesis.GREATER)).isEqualTo(0.1171875);
        Wilcoxon pratt = Wilcoxon.of(TIED_X, TIED_Y, Zeros.PRATT, Hypothesis.TWO_SIDED, Method.AUTO, true);
        assertThat(pratt.positive()).isEqualTo(52);
        assertThat(pratt.negative()).isEqualTo(16);
        assertThat(pratt.p()).isEqualTo(0.234375);
        assertThat(exact(Zeros.PRATT, Hypothesis.LESS)).isEqualTo(0.96484375);
        assertThat(exact(Zeros.PRATT, Hypothesis.GREATER)).isEqualTo(0.1171875);
        assertThat(exact(Zeros.SPLIT, Hypothesis.LESS)).isEqualTo(0.96484375);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void wilcoxon_equals_all_signs_gone_through(long seed) {
        Random random = new Random(seed);
        int n = 1 + random.nextInt(11);
        double[] x = random.ints(n, 0, 5).asDoubleStream().toArray();
        double[] y = random.ints(n, 0, 5).asDoubleStream().toArray();
        for (Zeros zeros : Zeros.values()) {
            for (Hypothesis hypothesis : Hypothesis.values()) {
                double p =
                        Wilcoxon.of(x, y, zeros, hypothesis, Method.EXACT, true).p();
                assertThat(p).isCloseTo(allSigns(x, y, zeros, hypothesis), within(1e-12));
            }
        }
    }

    @Test
    void many_zeros_keep_the_exact_p_value_and_take_no_memory() {
        double[] x = new double[3_000_000];
        double[] y = new double[3_000_000];
        for (int i = 0; i < 50; i++) {
            x[i] = i + 1;
        }
        Wilcoxon test = Wilcoxon.of(x, y, Zeros.PRATT, Hypothesis.GREATER, Method.AUTO, true);
        assertThat(test.method()).isEqualTo(Method.EXACT);
        assertThat(test.p()).isEqualTo(StrictMath.pow(2, -50));
        assertThat(test.zeros()).isEqualTo(2_999_950);
        assertThat(test.positive()).isEqualTo(50 * 2_999_950 + 1_275);
        // The smallest difference turned: only all positive is a greater sum.
        x[0] = -1;
        assertThat(Wilcoxon.of(x, y, Zeros.PRATT, Hypothesis.GREATER, Method.AUTO, true)
                        .p())
                .isEqualTo(2 * StrictMath.pow(2, -50));
    }

    @Test
    void wilcoxon_without_ties_is_that_of_commons() {
        Random random = new Random(11);
        for (int n : new int[] {1, 2, 10, 50, 100}) {
            double[] x = random.doubles(n).toArray();
            double[] y = random.doubles(n).toArray();
            Wilcoxon test = Wilcoxon.of(x, y, Zeros.WILCOX, Hypothesis.TWO_SIDED, Method.EXACT, true);
            WilcoxonSignedRankTest.Result commons = WilcoxonSignedRankTest.withDefaults()
                    .with(PValueMethod.EXACT)
                    .test(x, y);
            assertThat(test.positive()).isEqualTo(commons.getStatistic());
            near("p", test.p(), commons.getPValue(), 1e-9);
        }
        assertThat(Wilcoxon.of(random.doubles(50).toArray(), new double[50]).method())
                .isEqualTo(Method.EXACT);
        assertThat(Wilcoxon.of(random.doubles(51).toArray(), new double[51]).method())
                .isEqualTo(Method.ASYMPTOTIC);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Wilcoxon.of(
                        random.doubles(101).toArray(),
                        new double[101],
                        Zeros.WILCOX,
                        Hypothesis.LESS,
                        Method.EXACT,
                        true))
                .withMessageStartingWith("method must not be EXACT");
    }

    @Test
    void all_differences_zero_are_no_evidence() {
        for (Zeros zeros : Zeros.values()) {
            for (Method method : Method.values()) {
                for (Hypothesis hypothesis : Hypothesis.values()) {
                    Wilcoxon test = Wilcoxon.of(X, X, zeros, hypothesis, method, true);
                    assertThat(test.p()).isEqualTo(1);
                    assertThat(test.effect()).isZero();
                    assertThat(test.n()).isZero();
                    assertThat(test.zeros()).isEqualTo(10);
                }
            }
        }
        assertThat(SignTest.of(X, X)).isEqualTo(new SignTest(0, 0, 10, 1));
        assertThat(SignTest.of(X, X).effect()).isZero();
        assertThat(CliffsDelta.of(new double[] {1, 1}, new double[] {1, 1, 1})).isEqualTo(new CliffsDelta(0, 0, 0, 6));
        MannWhitney equal = MannWhitney.of(new double[] {1, 1}, new double[] {1, 1, 1});
        assertThat(equal).isEqualTo(new MannWhitney(3, 1, Method.ASYMPTOTIC, 0, 2, 3, 5));
    }

    @Test
    void one_pair_is_never_significant() {
        double[] one = {0.9};
        double[] other = {0.1};
        assertThat(Wilcoxon.of(one, other)).isEqualTo(new Wilcoxon(1, 0, 1, Method.EXACT, 1, 1, 0, 0));
        assertThat(SignTest.of(one, other)).isEqualTo(new SignTest(1, 0, 0, 1));
        assertThat(SignTest.of(one, other, Hypothesis.GREATER).p()).isEqualTo(0.5);
        assertThat(MannWhitney.of(one, other)).isEqualTo(new MannWhitney(1, 1, Method.EXACT, 1, 1, 1, 0));
        assertThat(CliffsDelta.of(one, other)).isEqualTo(new CliffsDelta(1, 1, 0, 0));
    }

    @Test
    void zero_has_one_sign() {
        double[] minus = {-0.0, 1};
        double[] plus = {0.0, 1};
        assertThat(CliffsDelta.of(minus, plus).ties()).isEqualTo(2);
        assertThat(MannWhitney.of(minus, plus).ties()).isEqualTo(4);
        assertThat(SignTest.of(minus, plus).zeros()).isEqualTo(2);
        assertThat(Wilcoxon.of(minus, plus).zeros()).isEqualTo(2);
    }

    @Test
    void sign_test_by_each_hypothesis() {
        assertThat(SignTest.of(TIED_X, TIED_Y)).isEqualTo(new SignTest(6, 2, 4, 0.2890625));
        near("less", SignTest.of(TIED_X, TIED_Y, Hypothesis.LESS).p(), 0.96484375, 1e-12);
        near("greater", SignTest.of(TIED_X, TIED_Y, Hypothesis.GREATER).p(), 0.14453125, 1e-12);
        assertThat(SignTest.of(TIED_X, TIED_Y).effect()).isEqualTo(0.5);
    }

    @Test
    void mann_whitney_by_each_hypothesis() {
        double[] x = {3.1, 2.4, 5.01, 4.4, 2.2, 4.0, 3.3, 5.6, 1.9, 4.1};
        double[] y = {2.9, 2.7, 4.15, 3.9, 2.5, 3.15, 3.8, 4.9, 1.2, 3.0};
        for (Hypothesis hypothesis : Hypothesis.values()) {
            assertThat(MannWhitney.of(x, y, hypothesis, Method.AUTO, true).method())
                    .isEqualTo(Method.EXACT);
        }
        near("two", MannWhitney.of(x, y).p(), bruteU(x, y, Hypothesis.TWO_SIDED), 1e-9);
        near("less", p(x, y, Hypothesis.LESS), bruteU(x, y, Hypothesis.LESS), 1e-9);
        near("greater", p(x, y, Hypothesis.GREATER), bruteU(x, y, Hypothesis.GREATER), 1e-9);
        // By SciPy 1.17, with and without continuity correction.
        near("less", tied(Hypothesis.LESS, true), 0.7877845089081246, 1e-9);
        near("less", tied(Hypothesis.LESS, false), 0.7791049832143466, 1e-9);
        near("greater", tied(Hypothesis.GREATER, true), 0.2297742941057464, 1e-9);
        near("greater", tied(Hypothesis.GREATER, false), 0.22089501678565343, 1e-9);
        near("two", tied(Hypothesis.TWO_SIDED, false), 0.44179003357130686, 1e-9);
    }

    @Test
    void mann_whitney_with_ties_is_that_of_commons() {
        Random random = new Random(5);
        double[] x = random.ints(300, 0, 40).asDoubleStream().toArray();
        double[] y = random.ints(200, 3, 45).asDoubleStream().toArray();
        MannWhitney test = MannWhitney.of(x, y);
        MannWhitneyUTest.Result commons = MannWhitneyUTest.withDefaults().test(x, y);
        assertThat(test.statistic()).isEqualTo(commons.getStatistic());
        near("p", test.p(), commons.getPValue(), 1e-12);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MannWhitney.of(x, y, Hypothesis.LESS, Method.EXACT, true))
                .withMessageStartingWith("method must not be EXACT");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22, 23})
    void cliffs_delta_equals_every_pair_compared(long seed) {
        Random random = new Random(seed);
        double[] x = random.ints(300, 0, 60).asDoubleStream().toArray();
        double[] y = random.ints(211, 5, 55).asDoubleStream().toArray();
        long greater = 0;
        long less = 0;
        for (double a : x) {
            for (double b : y) {
                greater += a > b ? 1 : 0;
                less += a < b ? 1 : 0;
            }
        }
        CliffsDelta delta = CliffsDelta.of(x, y);
        long pairs = 300 * 211;
        assertThat(delta)
                .isEqualTo(new CliffsDelta((greater - less) / (double) pairs, greater, less, pairs - greater - less));
        assertThat(MannWhitney.of(x, y).effect()).isCloseTo(delta.delta(), within(1e-15));
    }

    private static double p(double[] x, double[] y, Hypothesis hypothesis) {
        return MannWhitney.of(x, y, hypothesis, Method.AUTO, true).p();
    }

    private static double tied(Hypothesis hypothesis, boolean continuity) {
        return MannWhitney.of(TIED_X, TIED_Y, hypothesis, Method.ASYMPTOTIC, continuity)
                .p();
    }

    private static double asymptotic(Zeros zeros, Hypothesis hypothesis, boolean continuity) {
        return Wilcoxon.of(TIED_X, TIED_Y, zeros, hypothesis, Method.ASYMPTOTIC, continuity)
                .p();
    }

    private static double exact(Zeros zeros, Hypothesis hypothesis) {
        return Wilcoxon.of(TIED_X, TIED_Y, zeros, hypothesis, Method.EXACT, true)
                .p();
    }

    private static double allSigns(double[] x, double[] y, Zeros zeros, Hypothesis hypothesis) {
        double[] differences = new double[x.length];
        Arrays.setAll(differences, i -> x[i] - y[i]);
        double[] ranked = Arrays.stream(differences)
                .filter(d -> zeros != Zeros.WILCOX || d != 0)
                .toArray();
        double[] kept = Arrays.stream(ranked).filter(d -> d != 0).toArray();
        if (kept.length == 0) {
            return 1;
        }
        double[] ranks = new double[kept.length];
        for (int i = 0; i < kept.length; i++) {
            double size = Math.abs(kept[i]);
            long lower = Arrays.stream(ranked).filter(d -> Math.abs(d) < size).count();
            long equal = Arrays.stream(ranked).filter(d -> Math.abs(d) == size).count();
            ranks[i] = lower + (equal + 1) / 2.0;
        }
        double observed = 0;
        for (int i = 0; i < kept.length; i++) {
            observed += kept[i] > 0 ? ranks[i] : 0;
        }
        double lower = 0;
        double upper = 0;
        int ways = 1 << kept.length;
        for (int signs = 0; signs < ways; signs++) {
            double sum = 0;
            for (int i = 0; i < kept.length; i++) {
                sum += (signs >> i & 1) == 1 ? ranks[i] : 0;
            }
            lower += sum <= observed ? 1.0 / ways : 0;
            upper += sum >= observed ? 1.0 / ways : 0;
        }
        return Tails.p(hypothesis, lower, upper);
    }

    /** Goes through all ways to choose which ten of twenty values are of x. */
    private static double bruteU(double[] x, double[] y, Hypothesis hypothesis) {
        double[] all = Arrays.copyOf(x, x.length + y.length);
        System.arraycopy(y, 0, all, x.length, y.length);
        Arrays.sort(all);
        double observed = Arrays.stream(x).map(v -> Arrays.binarySearch(all, v)).sum();
        long lower = 0;
        long upper = 0;
        long ways = 0;
        for (int chosen = 0; chosen < 1 << all.length; chosen++) {
            if (Integer.bitCount(chosen) != x.length) {
                continue;
            }
            int sum = 0;
            for (int i = 0; i < all.length; i++) {
                sum += (chosen >> i & 1) * i;
            }
            ways++;
            lower += sum <= observed ? 1 : 0;
            upper += sum >= observed ? 1 : 0;
        }
        return Tails.p(hypothesis, (double) lower / ways, (double) upper / ways);
    }
}
