package dev.evalstore.analysis;

import static dev.evalstore.analysis.internal.Numbers.figure;

import dev.evalstore.analysis.internal.Numbers;
import dev.evalstore.analysis.stats.Hypothesis;
import dev.evalstore.analysis.stats.McNemar;
import dev.evalstore.analysis.stats.Method;
import dev.evalstore.analysis.stats.PermutationTest;
import dev.evalstore.analysis.stats.Resampling;
import dev.evalstore.analysis.stats.SignTest;
import dev.evalstore.analysis.stats.Wilcoxon;
import java.util.ArrayList;
import java.util.List;

/** The tests of one pair of members, each with the direction in which it found a difference. */
final class PairTests {
    private static final String CONSTANT = "all differences are the same, so that their mean has no standard error";
    private static final String ONE_ITEM = "all pairs are of one item";

    /**
     * What a test came to.
     *
     * @param outcome without an adjusted p-value
     * @param direction above 0 where the values of x are the greater ones
     */
    record Tested(TestOutcome outcome, double direction) {}

    private final double[] x;
    private final double[] y;

    /** With zeros, since tests take two columns. */
    private final double[] differences;

    private final double[] zeros;
    private final SignTest signs;
    private final Wilcoxon ranks;

    /**
     * Signs and ranks are of use for effects too, and are computed once.
     *
     * @param differences of x and y
     * @param decimals the same as {@link Numbers#differences} has them, which tells what is equal
     */
    PairTests(double[] x, double[] y, double[] differences, double[] decimals) {
        this.x = x;
        this.y = y;
        this.differences = differences;
        this.zeros = new double[differences.length];
        this.signs = SignTest.of(decimals, zeros);
        this.ranks = Wilcoxon.of(decimals, zeros);
    }

    SignTest signs() {
        return signs;
    }

    Wilcoxon ranks() {
        return ranks;
    }

    /** In the order of the kinds; of at least two pairs. */
    List<Tested> of(List<TestKind> kinds, StudentT t, Resampling permutations) {
        List<Tested> outcomes = new ArrayList<>();
        for (TestKind kind : kinds) {
            outcomes.add(
                    switch (kind) {
                        case PAIRED_T -> t(t);
                        case WILCOXON -> wilcoxon();
                        case SIGN -> sign();
                        case MCNEMAR, MCNEMAR_MID_P -> mcNemar(kind);
                        case PERMUTATION -> permutation(permutations);
                    });
        }
        return outcomes;
    }

    private Tested t(StudentT t) {
        if (!t.isDefined()) {
            String reason = t.units() == 1 ? ONE_ITEM : CONSTANT;
            return new Tested(
                    new TestOutcome(TestKind.PAIRED_T, null, null, x.length, null, null, false, reason), t.mean());
        }
        double df = t.units() - 1.0;
        TestOutcome outcome = new TestOutcome(
                TestKind.PAIRED_T, figure(t.statistic()), df, x.length, figure(t.p()), null, false, null);
        return new Tested(outcome, t.mean());
    }

    private Tested wilcoxon() {
        boolean exact = ranks.method() == Method.EXACT;
        return tested(TestKind.WILCOXON, ranks.statistic(), ranks.n(), ranks.p(), exact, ranks.effect());
    }

    private Tested sign() {
        int used = signs.positive() + signs.negative();
        return tested(TestKind.SIGN, signs.positive(), used, signs.p(), true, signs.effect());
    }

    private Tested mcNemar(TestKind kind) {
        McNemar m = McNemar.of(x, y);
        int used = m.onlyX() + m.onlyY();
        boolean exact = kind == TestKind.MCNEMAR;
        return tested(kind, m.onlyX(), used, exact ? m.exactP() : m.midP(), exact, m.difference());
    }

    private Tested permutation(Resampling resampling) {
        PermutationTest test = PermutationTest.paired(differences, zeros, Hypothesis.TWO_SIDED, resampling);
        double mean = Numbers.mean(test.difference(), x, y);
        return tested(TestKind.PERMUTATION, mean, test.n(), test.p(), test.exact(), mean);
    }

    private static Tested tested(TestKind kind, double statistic, int used, double p, boolean exact, double direction) {
        return new Tested(
                new TestOutcome(kind, figure(statistic), null, used, figure(p), null, exact, null), direction);
    }
}
