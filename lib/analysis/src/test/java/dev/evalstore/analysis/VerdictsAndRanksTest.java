package dev.evalstore.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.analysis.report.Report;
import dev.evalstore.analysis.stats.Correction;
import dev.evalstore.tracking.Pairing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Ranks go by means, and never against a verdict. */
class VerdictsAndRanksTest {
    private static final double NONE = Double.NaN;
    private static final ComparisonOptions OPTIONS = ComparisonOptions.DEFAULT;

    private static void assertConsistent(ComparisonResult result) {
        List<ComparedMember> members = result.members();
        for (ComparedMember member : members) {
            assertThat(member.rank()).isBetween(member.bestRank(), member.worstRank());
        }
        for (ComparedPair pair : result.pairs()) {
            assertThat(pair.verdict()).isNotEqualTo(Verdict.SECOND_BETTER);
        }
        if (result.winner() != null) {
            assertThat(members.get(0).id()).isEqualTo(result.winner());
        }
    }

    @Test
    void who_is_better_on_what_two_share_stands_above_a_higher_mean_of_easier_items() {
        double[] a = new double[60];
        double[] b = new double[60];
        SplittableRandom random = new SplittableRandom(3);
        Arrays.setAll(a, i -> i < 30 ? 0.2 + 0.01 * random.nextInt(9) : 1);
        Arrays.setAll(b, i -> i < 30 ? a[i] + 0.05 + 0.01 * random.nextInt(5) : NONE);
        double[] between = new double[60];
        Arrays.setAll(between, i -> i < 30 ? a[i] + 0.02 : NONE);
        ComparisonResult result = Compared.of(OPTIONS.items(ItemRule.OF_PAIR), a, between, b);

        assertThat(result.members()).extracting(ComparedMember::label).containsExactly("c", "b", "a");
        assertThat(result.members()).extracting(ComparedMember::rank).containsExactly(1, 2, 3);
        assertThat(result.winner()).isEqualTo(Compared.id(2));
        assertConsistent(result);
    }

    @Test
    void a_test_of_ranks_decides_the_order_that_it_is_asked_for() throws Exception {
        double[] steady = new double[40];
        double[] lucky = new double[40];
        // Worse thirty times by little, and better ten times by much.
        Arrays.setAll(steady, i -> 0.5 + 0.001 * i);
        Arrays.setAll(lucky, i -> steady[i] + (i % 4 == 0 ? 0.4 : -0.01 - 0.0001 * i));
        ComparisonResult result = Compared.of(OPTIONS.tests(List.of(TestKind.SIGN)), lucky, steady);

        assertThat(result.members().get(0).mean())
                .isLessThan(result.members().get(1).mean());
        assertThat(result.members()).extracting(ComparedMember::label).containsExactly("b", "a");
        assertThat(result.winner()).isEqualTo(Compared.id(1));
        assertConsistent(result);
        String note = "Who is significantly better stands above a better mean.";
        assertThat(html(result)).contains(note);
        assertThat(html(Compared.of(OPTIONS, lucky, steady))).doesNotContain(note);
        assertThat(html(Compared.of(OPTIONS, false, new double[] {1, 2, 3}, new double[] {4, 5, 6})))
                .doesNotContain(note);
    }

    private static String html(ComparisonResult result) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Report.ofComparison("Ranks", result).writeHtml(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void ranks_agree_with_verdicts_in_any_case() {
        SplittableRandom random = new SplittableRandom(8);
        TestKind[] tests = {TestKind.PAIRED_T, TestKind.WILCOXON, TestKind.SIGN};
        for (int round = 0; round < 150; round++) {
            double[][] values = new double[2 + random.nextInt(5)][20 + random.nextInt(40)];
            for (double[] column : values) {
                double level = random.nextInt(4) * 0.1;
                double share = random.nextDouble();
                Arrays.setAll(column, i -> random.nextDouble() < share ? NONE : level + random.nextInt(10) / 10.0);
            }
            ComparisonOptions options = OPTIONS.items(ItemRule.OF_PAIR)
                    .correction(Correction.NONE)
                    .tests(List.of(tests[round % tests.length]));
            ComparisonResult result = Compared.of(options, round % 2 == 0, values);
            for (ComparedMember member : result.members()) {
                if (member.rank() != null) {
                    assertThat(member.rank()).isBetween(member.bestRank(), member.worstRank());
                }
            }
            if (result.winner() != null) {
                assertThat(result.members().get(0).id()).isEqualTo(result.winner());
            }
        }
    }

    @Test
    void of_three_that_beat_each_other_in_a_circle_none_wins() {
        Standings standings = new Standings(3);
        standings.better(0, 1);
        standings.better(1, 2);
        standings.better(2, 0);
        assertThat(standings.places()).containsExactly(0, 1, 2);
        Standings turned = new Standings(4);
        turned.better(3, 0);
        turned.better(2, 3);
        assertThat(turned.places()).containsExactly(1, 2, 3, 0);
    }

    @Test
    void repeats_of_one_item_show_nothing_and_of_two_no_more_than_their_averages() {
        double[] better = new double[10];
        Arrays.setAll(better, i -> 0.5 + 0.01 * i);
        double[] worse = new double[10];
        Arrays.setAll(worse, i -> 0.1 + 0.02 * i);
        ComparisonOptions options = OPTIONS.pairing(Pairing.ITEM_AND_REPEAT);
        ComparisonResult one = Compared.of(options, true, table(1, better, worse));
        assertThat(one.pairs().get(0).verdict()).isEqualTo(Verdict.NOT_COMPARABLE);
        assertThat(one.pairs().get(0).decidedBy()).isNull();
        assertThat(one.winner()).isNull();

        double[] right = new double[10];
        Arrays.fill(right, 1);
        ComparisonResult bits = Compared.of(options, true, table(1, right, new double[10]));
        assertThat(bits.pairs().get(0).verdict()).isEqualTo(Verdict.NOT_COMPARABLE);

        double[] all = new double[20];
        double[] less = new double[20];
        Arrays.setAll(all, i -> 0.5 + 0.01 * i);
        Arrays.setAll(less, i -> all[i] - 0.25);
        ComparisonResult two = Compared.of(options, true, table(2, all, less));
        assertThat(two.pairs().get(0).verdict()).isEqualTo(Verdict.NOT_COMPARABLE);

        // Who asks for such a test alone takes repeats for independent.
        ComparisonResult told = Compared.of(options.tests(List.of(TestKind.SIGN)), true, table(2, all, less));
        assertThat(told.pairs().get(0).verdict()).isEqualTo(Verdict.FIRST_BETTER);
    }

    private static ValueTable table(int items, double[]... values) {
        int rows = values[0].length;
        String[] keys = new String[rows];
        int[] repeats = new int[rows];
        for (int row = 0; row < rows; row++) {
            keys[row] = "item" + row * items / rows;
            repeats[row] = row;
        }
        return new ValueTable(keys, repeats, values);
    }

    @Test
    void permutations_that_can_show_nothing_are_refused_with_the_number_that_could() {
        double[][] values = new double[34][40];
        SplittableRandom random = new SplittableRandom(2);
        for (int member = 0; member < values.length; member++) {
            double level = member;
            Arrays.setAll(values[member], i -> level + random.nextDouble());
        }
        ComparisonOptions options = OPTIONS.tests(List.of(TestKind.PERMUTATION)).permutations(1_000);
        assertThatThrownBy(() -> Compared.of(options, values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("permutations must be at least 11219: corrected over 561 pairs");
        assertThatThrownBy(() -> Compared.of(options.permutations(11_218), values))
                .hasMessageStartingWith("permutations must be at least 11219: ");
        assertThatThrownBy(() -> Compared.of(options.alpha(1e-5), values))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tests must not begin with PERMUTATION: corrected over 561 pairs");
        ComparisonResult enough = Compared.of(options.permutations(11_219), values);
        assertThat(enough.winner()).isNotNull();
        assertConsistent(enough);
        assertThat(Compared.of(options.correction(Correction.BENJAMINI_HOCHBERG), values)
                        .winner())
                .isNotNull();
    }

    @Test
    void each_pair_has_resamples_of_its_own() {
        double[] zeros = new double[30];
        SplittableRandom random = new SplittableRandom(4);
        double[] x = new double[30];
        Arrays.setAll(x, i -> random.nextDouble() - 0.4);
        double[] twin = x.clone();
        ComparisonOptions options =
                OPTIONS.tests(List.of(TestKind.PERMUTATION)).permutations(200).correction(Correction.NONE);
        ComparisonResult result = Compared.of(options.bootstraps(200), x, twin, zeros);
        ComparedPair one = result.pair(Compared.id(0), Compared.id(2)).orElseThrow();
        ComparedPair other = result.pair(Compared.id(1), Compared.id(2)).orElseThrow();
        assertThat(one.difference().value()).isEqualTo(other.difference().value());
        assertThat(one.difference().bootstrapLow())
                .isNotEqualTo(other.difference().bootstrapLow());
    }

    @Test
    void values_that_are_compared_decide_the_test_and_not_those_that_are_left_out() {
        double[] a = new double[20];
        double[] b = new double[20];
        Arrays.setAll(a, i -> i % 2);
        Arrays.setAll(b, i -> i % 3 == 0 ? 1 : 0);
        a[19] = 0.5;
        b[19] = NONE;
        assertThat(Compared.of(OPTIONS, a, b).tests()).containsExactly(TestKind.MCNEMAR, TestKind.MCNEMAR_MID_P);
    }
}
