package dev.evalstore.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.analysis.stats.Correction;
import dev.evalstore.tracking.Pairing;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Values that are very small, nearly the same, or not there. */
class ComparisonEdgesTest {
    private static final double NONE = Double.NaN;
    private static final ComparisonOptions OPTIONS = ComparisonOptions.DEFAULT;

    private static double[] noise(int seed, int n) {
        return new SplittableRandom(seed).doubles(n).toArray();
    }

    private static double[] scaled(double[] values, int exponent) {
        return Arrays.stream(values).map(value -> Math.scalb(value, exponent)).toArray();
    }

    @Test
    void small_values_are_tested_as_their_multiples_are() {
        double[] noise = noise(1, 40);
        double[] centred = Arrays.stream(noise).map(value -> value - 0.45).toArray();
        double[] zeros = new double[40];
        ComparisonResult ordinary = Compared.of(OPTIONS, centred, zeros);
        ComparisonResult tiny = Compared.of(OPTIONS, scaled(centred, -700), zeros);

        assertThat(ordinary.winner()).isNull();
        assertThat(tiny.winner()).isNull();
        assertThat(tiny.pairs().get(0).tests())
                .isEqualTo(ordinary.pairs().get(0).tests());
        PairEffect effect = Objects.requireNonNull(tiny.pairs().get(0).effect());
        assertThat(effect.cohenDz())
                .isEqualTo(
                        Objects.requireNonNull(ordinary.pairs().get(0).effect()).cohenDz());
        assertThat(effect.detectable()).isPositive();
    }

    @Test
    void no_value_however_small_gives_what_json_does_not_have() {
        List<TestKind> tests = List.of(TestKind.PAIRED_T, TestKind.WILCOXON, TestKind.SIGN, TestKind.PERMUTATION);
        for (int exponent : new int[] {-540, -700, -960, -970, -1000, -1022, -1040, -1060, -1073, 460}) {
            ComparisonOptions options = OPTIONS.tests(tests).bootstraps(100).permutations(100);
            for (Pairing pairing : Pairing.values()) {
                ComparisonResult result = Compared.of(
                        options.pairing(pairing),
                        true,
                        repeated(scaled(noise(1, 40), exponent), scaled(noise(2, 40), exponent), new double[40]));
                assertThat(result.toJson().text()).doesNotContain("NaN", "Infinity");
                assertThat(ResultJson.read(result.toJson())).isEqualTo(result);
            }
        }
    }

    /** Twenty items with two answers to each. */
    private static ValueTable repeated(double[]... values) {
        String[] items = new String[40];
        int[] repeats = new int[40];
        for (int row = 0; row < 40; row++) {
            items[row] = "item" + row / 2;
            repeats[row] = row % 2;
        }
        return new ValueTable(items, repeats, values);
    }

    @Test
    void means_that_are_written_alike_are_ranked_by_all_their_digits() {
        double[] middle =
                Arrays.stream(noise(4, 30)).map(value -> 1e9 + 0.001 * value).toArray();
        double[] worse = new double[30];
        double[] better = new double[30];
        Arrays.setAll(worse, i -> middle[i] - 0.0001 * (1 + i % 2));
        Arrays.setAll(better, i -> middle[i] + 0.0001 * (1 + i % 2));
        ComparisonResult result = Compared.of(OPTIONS.correction(Correction.NONE), worse, middle, better);

        assertThat(result.members()).extracting(ComparedMember::mean).containsOnly(1e9);
        assertThat(result.members()).extracting(ComparedMember::label).containsExactly("c", "b", "a");
        assertThat(result.members()).extracting(ComparedMember::rank).containsExactly(1, 2, 3);
        assertThat(result.members()).extracting(ComparedMember::tier).containsExactly(1, 2, 3);
        assertThat(result.pairs()).extracting(ComparedPair::verdict).containsOnly(Verdict.FIRST_BETTER);
        assertThat(result.winner()).isEqualTo(Compared.id(2));

        ComparisonResult lower =
                Compared.of(OPTIONS.correction(Correction.NONE), false, toTable(better, middle, worse));
        assertThat(lower.members()).extracting(ComparedMember::label).containsExactly("c", "b", "a");
        assertThat(lower.pairs()).extracting(ComparedPair::verdict).containsOnly(Verdict.FIRST_BETTER);
    }

    private static ValueTable toTable(double[]... values) {
        String[] items = new String[values[0].length];
        Arrays.setAll(items, item -> String.format("item%07d", item));
        return new ValueTable(items, new int[items.length], values);
    }

    @Test
    void means_that_are_equal_in_decimals_share_a_rank() {
        // As doubles, 0.7 + 0.1 is less than 0.4 + 0.4.
        assertThat(0.7 + 0.1).isLessThan(0.4 + 0.4);
        ComparisonResult result =
                Compared.of(OPTIONS, new double[] {0.7, 0.1}, new double[] {0.4, 0.4}, new double[] {0.1, 0.2});
        assertThat(result.members()).extracting(ComparedMember::rank).containsExactly(1, 1, 3);
    }

    @Test
    void who_has_no_value_has_no_rank_and_no_tier_and_takes_none_from_others() {
        double[] good = Arrays.stream(noise(5, 30)).map(value -> value + 1).toArray();
        double[] none = new double[30];
        Arrays.fill(none, NONE);
        ComparisonResult result = Compared.of(OPTIONS.items(ItemRule.OF_PAIR), none, noise(6, 30), good);

        assertThat(result.members()).extracting(ComparedMember::label).containsExactly("c", "b", "a");
        assertThat(result.members()).extracting(ComparedMember::values).containsExactly(30, 30, 0);
        assertThat(result.members()).extracting(ComparedMember::rank).containsExactly(1, 2, null);
        assertThat(result.members()).extracting(ComparedMember::tier).containsExactly(1, 2, null);
        assertThat(result.members()).extracting(ComparedMember::bestRank).containsExactly(1, 2, null);
        assertThat(result.members()).extracting(ComparedMember::worstRank).containsExactly(1, 2, null);
        assertThat(result.winner()).isNull();
        assertThat(ResultJson.read(result.toJson())).isEqualTo(result);

        ComparisonResult ofAll = Compared.of(OPTIONS, none, noise(6, 30), good);
        assertThat(ofAll.sampleSize()).isZero();
        assertThat(ofAll.excluded()).isEqualTo(Map.of("not answered by all", 30));
        assertThat(ofAll.members()).extracting(ComparedMember::values).containsExactly(0, 30, 30);
        assertThat(ofAll.members()).extracting(ComparedMember::rank).containsOnlyNulls();
    }
}
