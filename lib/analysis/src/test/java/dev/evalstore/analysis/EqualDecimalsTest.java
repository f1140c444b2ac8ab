package dev.evalstore.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Scores are decimals. What is equal in decimals is a tie, though doubles differ in their last bit. */
class EqualDecimalsTest {
    private static final ComparisonOptions OPTIONS = ComparisonOptions.DEFAULT;

    private static ComparisonWorld world;

    @BeforeAll
    static void open() {
        world = new ComparisonWorld();
    }

    @AfterAll
    static void close() {
        world.close();
    }

    private static PairEffect effect(ComparisonResult result) {
        return Objects.requireNonNull(result.pairs().get(0).effect());
    }

    private static double[] divided(double[] values, double by) {
        return Arrays.stream(values).map(value -> value / by).toArray();
    }

    private static void assertSameTests(double[] x, double[] y, double by) {
        List<TestKind> tests = List.of(TestKind.WILCOXON, TestKind.SIGN, TestKind.PERMUTATION);
        ComparisonResult whole = Compared.of(OPTIONS.tests(tests), x, y);
        ComparisonResult divided = Compared.of(OPTIONS.tests(tests), divided(x, by), divided(y, by));
        for (int test = 0; test < tests.size(); test++) {
            assertThat(divided.pairs().get(0).tests().get(test).p())
                    .as(tests.get(test) + " of values by " + by)
                    .isEqualTo(whole.pairs().get(0).tests().get(test).p());
        }
        assertThat(effect(divided).rankBiserial()).isEqualTo(effect(whole).rankBiserial());
        assertThat(effect(divided).cliffDelta()).isEqualTo(effect(whole).cliffDelta());
        assertThat(effect(divided).ties()).isEqualTo(effect(whole).ties());
    }

    @Test
    void ranks_of_tenths_thirds_and_thousandths_are_those_of_the_integers() {
        double[] x = {9, 8, 3, 7, 6, 9, 1, 4, 2, 8, 5, 5, 0, 3, 9, 7};
        double[] y = {8, 7, 2, 6, 7, 6, 3, 4, 5, 6, 5, 3, 1, 3, 8, 9};
        for (double by : new double[] {10, 3, 7, 9, 1000, 1e-3, 3e10, 7e-30, 1e120}) {
            assertSameTests(x, y, by);
        }
        assertSameTests(new double[] {1000.3, 2, 3, 4}, new double[] {1000.2, 1, 2, 5}, 1);
        // As doubles, 0.9 - 0.8 is less than 0.2 - 0.1.
        assertThat(0.9 - 0.8).isLessThan(0.2 - 0.1);
    }

    @Test
    void averages_that_are_equal_in_decimals_are_ties_and_nobody_wins_by_them() {
        UUID a = world.experiment("a");
        UUID b = world.experiment("b");
        for (int item = 0; item < 12; item++) {
            String key = "i" + item;
            world.add(
                    a,
                    ComparisonWorld.answer(key, 0).score(0.1),
                    ComparisonWorld.answer(key, 1).score(0.5));
            world.add(
                    b,
                    ComparisonWorld.answer(key, 0).score(0.2),
                    ComparisonWorld.answer(key, 1).score(0.4));
        }
        assertThat((0.1 + 0.5) / 2).isNotEqualTo((0.2 + 0.4) / 2);
        ComparisonResult result = Comparison.between(a, b).on(world.db).run();

        assertThat(result.winner()).isNull();
        assertThat(result.pairs().get(0).verdict()).isEqualTo(Verdict.NOT_SHOWN);
        assertThat(result.pairs().get(0).p()).isEqualTo(1);
        assertThat(effect(result).ties()).isEqualTo(12);
        assertThat(effect(result).cliffDelta()).isZero();
        assertThat(result.members()).extracting(ComparedMember::rank).containsOnly(1);
        assertThat(result.excluded()).isEqualTo(Map.of());
    }

    @Test
    void means_of_averages_that_are_equal_on_paper_share_a_rank_and_differ_by_nothing() {
        for (int parts : new int[] {3, 7}) {
            double[] a = new double[20 * parts];
            double[] b = new double[a.length];
            // Of each half of the items, so many parts; of all of them one.
            Arrays.setAll(a, i -> i % 2 == 0 ? 2.0 / parts : 0);
            Arrays.fill(b, 1.0 / parts);
            ComparisonResult result =
                    Compared.of(OPTIONS.tests(List.of(TestKind.PERMUTATION, TestKind.PAIRED_T)), a, b);
            assertThat(result.members()).extracting(ComparedMember::rank).containsOnly(1);
            ComparedPair pair = result.pairs().get(0);
            assertThat(Objects.requireNonNull(pair.difference()).value()).isZero();
            assertThat(pair.tests().get(0).statistic()).isZero();
            assertThat(pair.verdict()).isEqualTo(Verdict.NOT_SHOWN);
        }
    }

    @Test
    void what_differs_in_the_thirteenth_digit_differs() {
        double[] x = {0.5, 0.25, 0.125, 0.75, 0.1};
        double[] y = Arrays.stream(x).map(value -> value + 1e-13).toArray();
        assertThat(effect(Compared.of(OPTIONS, x, y)).wins()).isEqualTo(5);
        // Integers keep each of theirs.
        double[] great = {9e15, 9e15 - 3, 5e15};
        double[] more = {9e15 - 1, 9e15 - 4, 5e15 - 1};
        assertThat(effect(Compared.of(OPTIONS, great, more)).wins()).isEqualTo(3);
    }
}
