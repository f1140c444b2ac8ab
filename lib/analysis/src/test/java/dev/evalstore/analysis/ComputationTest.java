package dev.evalstore.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalstore.Json;
import dev.evalstore.analysis.stats.Correction;
import dev.evalstore.tracking.Pairing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Values without a database: what is computed of them, and what is said of them. */
class ComputationTest {
    private static final double NONE = Double.NaN;
    private static final ComparisonOptions OPTIONS = ComparisonOptions.DEFAULT;
    private static final double[] GOOD = {0.7, 0.9, 0.4, 0.8, 0.6, 0.95, 0.5, 0.85};
    private static final double[] POOR = {0.5, 0.8, 0.35, 0.5, 0.62, 0.7, 0.4, 0.6};

    @Test
    void of_numbers_paired_t_and_wilcoxon_are_reported_and_the_t_test_decides() {
        ComparisonResult result = Compared.of(OPTIONS, POOR, GOOD);

        assertThat(result.tests()).containsExactly(TestKind.PAIRED_T, TestKind.WILCOXON);
        ComparedPair pair = result.pairs().get(0);
        assertThat(pair.first()).isEqualTo(Compared.id(1)).isEqualTo(result.winner());
        assertThat(pair.tests())
                .containsExactly(
                        new TestOutcome(
                                TestKind.PAIRED_T, 3.861297147, 7.0, 8, 0.006201080405, 0.006201080405, false, null),
                        new TestOutcome(TestKind.WILCOXON, 1.0, null, 8, 0.015625, 0.015625, true, null));
        assertThat(pair.decidedBy()).isEqualTo(TestKind.PAIRED_T);
        assertThat(pair.p()).isEqualTo(0.006201080405);
        assertThat(pair.verdict()).isEqualTo(Verdict.FIRST_BETTER);
        MeanDifference difference = difference(pair);
        assertThat(difference.value()).isEqualTo(0.15375);
        assertThat(difference.standardError()).isEqualTo(0.03981822537);
        assertThat(difference.low()).isPositive();
        assertThat(difference.bootstrapLow()).isNull();
        PairEffect effect = effect(pair);
        assertThat(List.of(effect.wins(), effect.losses(), effect.ties())).containsExactly(7, 1, 0);
        assertThat(effect.cohenDz()).isEqualTo(1.365174698);
        assertThat(effect.rankBiserial()).isEqualTo(0.9444444444);
        assertThat(effect.detectable()).isBetween(0.12, 0.14);
    }

    @Test
    void of_values_0_and_1_mcnemar_decides() {
        double[] right = new double[40];
        double[] other = new double[40];
        Arrays.fill(right, 0, 30, 1);
        Arrays.fill(other, 8, 30, 1);
        other[35] = 1;
        ComparisonResult result = Compared.of(OPTIONS, right, other);

        assertThat(result.tests()).containsExactly(TestKind.MCNEMAR, TestKind.MCNEMAR_MID_P);
        ComparedPair pair = result.pairs().get(0);
        // 8 against 1: twice the tail of the binomial distribution of 9 is 20/512.
        assertThat(pair.tests())
                .containsExactly(
                        new TestOutcome(TestKind.MCNEMAR, 8.0, null, 9, 0.0390625, 0.0390625, true, null),
                        new TestOutcome(TestKind.MCNEMAR_MID_P, 8.0, null, 9, 0.021484375, 0.021484375, false, null));
        assertThat(pair.verdict()).isEqualTo(Verdict.FIRST_BETTER);
        ComparedMember best = result.members().get(0);
        assertThat(best.mean()).isEqualTo(0.75);
        // Wilson, 30 of 40.
        assertThat(best.low()).isEqualTo(0.5980603858);
        assertThat(best.high()).isEqualTo(0.8581288136);
    }

    @Test
    void mcnemar_is_refused_where_values_are_others() {
        assertThatThrownBy(() -> Compared.of(OPTIONS.tests(List.of(TestKind.MCNEMAR)), GOOD, POOR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tests must not have McNemar's");
        assertThat(Compared.of(OPTIONS.tests(List.of(TestKind.MCNEMAR)), new double[0], new double[0])
                        .sampleSize())
                .isZero();
    }

    @Test
    void tests_that_are_told_are_made_in_their_order() {
        List<TestKind> told = List.of(TestKind.SIGN, TestKind.PERMUTATION, TestKind.PAIRED_T);
        ComparisonResult result = Compared.of(OPTIONS.tests(told), GOOD, POOR);
        assertThat(result.tests()).isEqualTo(told);
        assertThat(result.pairs().get(0).tests()).extracting(TestOutcome::test).isEqualTo(told);
        assertThat(result.pairs().get(0).decidedBy()).isEqualTo(TestKind.SIGN);
        // 7 of 8 signs: 2 (1 + 8) / 256. Of 256 ways, 2 are as far: all signs as they are, and all turned.
        assertThat(result.pairs().get(0).tests().get(0).p()).isEqualTo(0.0703125);
        assertThat(result.pairs().get(0).verdict()).isEqualTo(Verdict.NOT_SHOWN);
        assertThat(result.pairs().get(0).tests().get(1).exact()).isTrue();
    }

    @Test
    void p_values_are_corrected_over_all_pairs_and_say_ranks_tiers_and_a_winner() {
        SplittableRandom random = new SplittableRandom(5);
        double[][] values = new double[4][60];
        double[] levels = {0.5, 0.8, 0.52, 0.2};
        for (int item = 0; item < 60; item++) {
            for (int member = 0; member < 4; member++) {
                values[member][item] = levels[member] + 0.3 * random.nextDouble();
            }
        }
        ComparisonResult result = Compared.of(OPTIONS, values);

        assertThat(result.pairs()).hasSize(6);
        double[] raw = result.pairs().stream()
                .mapToDouble(pair -> Objects.requireNonNull(pair.tests().get(0).p()))
                .toArray();
        double[] holm = Correction.HOLM.adjust(raw);
        for (int i = 0; i < 6; i++) {
            assertThat(result.pairs().get(i).p()).isCloseTo(holm[i], withPercentage(1e-7));
            assertThat(result.pairs().get(i).tests().get(0).adjusted())
                    .isEqualTo(result.pairs().get(i).p());
        }
        assertThat(result.members()).extracting(ComparedMember::label).containsExactly("b", "c", "a", "d");
        assertThat(result.members()).extracting(ComparedMember::rank).containsExactly(1, 2, 3, 4);
        assertThat(result.members()).extracting(ComparedMember::tier).containsExactly(1, 2, 2, 3);
        assertThat(result.members()).extracting(ComparedMember::bestRank).containsExactly(1, 2, 2, 4);
        assertThat(result.members()).extracting(ComparedMember::worstRank).containsExactly(1, 3, 3, 4);
        assertThat(result.winner()).isEqualTo(Compared.id(1));
    }

    @Test
    void without_correction_more_pairs_find_more_and_bonferroni_counts_them() {
        double[] a = GOOD;
        double[] b = POOR;
        double[] c = {0.6, 0.85, 0.41, 0.7, 0.63, 0.8, 0.46, 0.75};
        ComparisonResult none = Compared.of(OPTIONS.correction(Correction.NONE), a, b, c);
        ComparisonResult bonferroni = Compared.of(OPTIONS.correction(Correction.BONFERRONI), a, b, c);
        for (int i = 0; i < 3; i++) {
            double p = Objects.requireNonNull(none.pairs().get(i).p());
            assertThat(bonferroni.pairs().get(i).p()).isEqualTo(Math.min(1, 3 * p), within(1e-9));
            assertThat(bonferroni.pairs().get(i).tests().get(0).p()).isEqualTo(p);
        }
    }

    @Test
    void where_lower_is_better_the_lower_mean_ranks_first_and_wins() {
        ComparisonResult result = Compared.of(OPTIONS, false, GOOD, POOR);
        ComparedPair pair = result.pairs().get(0);
        assertThat(pair.first()).isEqualTo(Compared.id(1));
        assertThat(pair.verdict()).isEqualTo(Verdict.FIRST_BETTER);
        assertThat(difference(pair).value()).isNegative();
        assertThat(effect(pair).wins()).isEqualTo(7);
        assertThat(result.winner()).isEqualTo(Compared.id(1));
    }

    @Test
    void all_differences_zero_show_nothing_and_members_share_a_rank() {
        ComparisonResult result = Compared.of(OPTIONS.bootstraps(100), GOOD, GOOD.clone());
        ComparedPair pair = result.pairs().get(0);
        assertThat(pair.verdict()).isEqualTo(Verdict.NOT_SHOWN);
        assertThat(pair.p()).isEqualTo(1);
        assertThat(effect(pair)).isEqualTo(new PairEffect(0, 0, 8, null, 0, null, null));
        assertThat(difference(pair)).isEqualTo(new MeanDifference(0, 0.0, 0.0, 0.0, 0.0, 0.0));
        assertThat(result.members()).extracting(ComparedMember::rank).containsExactly(1, 1);
        assertThat(result.members()).extracting(ComparedMember::tier).containsExactly(1, 1);
        assertThat(result.winner()).isNull();
    }

    @Test
    void where_all_differences_are_the_same_t_is_undefined_and_the_next_test_decides() {
        double[] more = Arrays.stream(POOR).map(value -> value + 0.25).toArray();
        ComparisonResult result = Compared.of(OPTIONS, POOR, more);
        ComparedPair pair = result.pairs().get(0);
        TestOutcome t = pair.tests().get(0);
        assertThat(t.p()).isNull();
        assertThat(t.adjusted()).isNull();
        assertThat(t.undefined()).isEqualTo("all differences are the same, so that their mean has no standard error");
        assertThat(pair.decidedBy()).isEqualTo(TestKind.WILCOXON);
        assertThat(pair.p()).isEqualTo(0.0078125);
        assertThat(pair.verdict()).isEqualTo(Verdict.FIRST_BETTER);
        assertThat(effect(pair).cohenDz()).isNull();
        assertThat(effect(pair).detectable()).isNull();
    }

    @Test
    void one_pair_and_none_are_not_compared() {
        ComparisonResult one = Compared.of(OPTIONS, new double[] {0.5}, new double[] {0.9});
        ComparedPair pair = one.pairs().get(0);
        assertThat(pair.verdict()).isEqualTo(Verdict.NOT_COMPARABLE);
        assertThat(pair.tests()).isEmpty();
        assertThat(pair.p()).isNull();
        assertThat(pair.decidedBy()).isNull();
        assertThat(difference(pair).value()).isEqualTo(0.4);
        assertThat(difference(pair).standardError()).isNull();
        assertThat(difference(pair).low()).isNull();
        assertThat(one.winner()).isNull();
        assertThat(one.members().get(0).low()).isNull();

        ComparisonResult none = Compared.of(OPTIONS, new double[] {0.5, NONE}, new double[] {NONE, 0.9});
        assertThat(none.sampleSize()).isZero();
        assertThat(none.excluded()).isEqualTo(Map.of("not answered by all", 2));
        assertThat(none.pairs().get(0).verdict()).isEqualTo(Verdict.NOT_COMPARABLE);
        assertThat(none.pairs().get(0).difference()).isNull();
        assertThat(none.members()).extracting(ComparedMember::mean).containsOnlyNulls();
        assertThat(none.members()).extracting(ComparedMember::rank).containsOnlyNulls();
    }

    @Test
    void means_and_pairs_are_of_the_items_that_all_have_unless_each_pair_is_to_have_its_own() {
        double[] a = {0.1, 0.3, 0.5, 0.7, NONE};
        double[] b = {0.2, 0.5, NONE, 0.6, 0.4};
        double[] c = {0.3, 0.4, 0.9, NONE, NONE};
        ComparisonResult ofAll = Compared.of(OPTIONS, a, b, c);
        assertThat(ofAll.sampleSize()).isEqualTo(2);
        assertThat(ofAll.excluded()).isEqualTo(Map.of("not answered by all", 3));
        assertThat(ofAll.pairs()).extracting(ComparedPair::pairs).containsExactly(2, 2, 2);
        assertThat(ofAll.members()).extracting(ComparedMember::items).containsOnly(2);

        ComparisonResult ofPair = Compared.of(OPTIONS.items(ItemRule.OF_PAIR), a, b, c);
        assertThat(ofPair.sampleSize()).isEqualTo(4);
        assertThat(ofPair.excluded()).isEqualTo(Map.of("of one member alone", 1));
        assertThat(ofPair.pair(Compared.id(0), Compared.id(1)).orElseThrow().pairs())
                .isEqualTo(3);
        assertThat(ofPair.pair(Compared.id(2), Compared.id(0)).orElseThrow().pairs())
                .isEqualTo(3);
        assertThat(ofPair.pair(Compared.id(1), Compared.id(2)).orElseThrow().pairs())
                .isEqualTo(2);
        assertThat(ofPair.member(Compared.id(1)).orElseThrow().mean()).isEqualTo(0.425);
    }

    @Test
    void repeats_that_are_pairs_of_their_own_do_not_count_as_independent_items() {
        ValueTable repeated = repeated(GOOD, POOR, 5);
        ComparisonOptions paired = OPTIONS.pairing(Pairing.ITEM_AND_REPEAT);
        ComparedPair pair = Compared.of(paired, true, repeated).pairs().get(0);
        ComparedPair once = Compared.of(OPTIONS, GOOD, POOR).pairs().get(0);

        assertThat(pair.pairs()).isEqualTo(40);
        // Five equal repeats tell what one does.
        assertThat(pair.tests().get(0).df()).isEqualTo(7.0);
        assertThat(pair.tests().get(0).p()).isEqualTo(once.tests().get(0).p());
        assertThat(difference(pair).low()).isEqualTo(difference(once).low());
        assertThat(effect(pair).detectable()).isEqualTo(effect(once).detectable());

        double[] bits = {1, 1, 0, 1, 1, 1, 0, 1};
        double[] others = {0, 1, 0, 0, 1, 0, 0, 1};
        ComparisonResult binary = Compared.of(paired, true, repeated(bits, others, 5));
        assertThat(binary.tests()).containsExactly(TestKind.PAIRED_T, TestKind.MCNEMAR);
        assertThat(binary.pairs().get(0).tests().get(0).df()).isEqualTo(7.0);
        assertThat(Compared.of(paired, true, repeated(bits, others, 1)).tests())
                .containsExactly(TestKind.MCNEMAR, TestKind.MCNEMAR_MID_P);

        ValueTable oneItem = new ValueTable(
                new String[] {"i", "i", "i"}, new int[] {0, 1, 2}, new double[][] {{0.5, 0.7, 0.9}, {0.4, 0.8, 0.6}});
        TestOutcome t =
                Compared.of(paired, true, oneItem).pairs().get(0).tests().get(0);
        assertThat(t.undefined()).isEqualTo("all pairs are of one item");
    }

    @Test
    void a_seed_gives_the_same_bytes_and_another_one_others() {
        SplittableRandom random = new SplittableRandom(3);
        double[] a = random.doubles(40).toArray();
        double[] b = Arrays.stream(a)
                .map(value -> 0.9 * value + 0.08 * random.nextDouble())
                .toArray();
        ComparisonOptions sampled =
                OPTIONS.tests(List.of(TestKind.PERMUTATION)).permutations(1_000).bootstraps(500);
        String first = Compared.of(sampled, a, b).toJson().text();
        assertThat(Compared.of(sampled, a, b).toJson().text()).isEqualTo(first);
        ComparisonResult other = Compared.of(sampled.seed(Long.MAX_VALUE), a, b);
        assertThat(other.pairs().get(0).difference())
                .isNotEqualTo(Compared.of(sampled, a, b).pairs().get(0).difference());
        assertThat(difference(other.pairs().get(0)).bootstrapLow()).isPositive();
    }

    @Test
    void a_result_is_read_back_from_its_json_as_it_was() {
        List<ComparisonResult> results = new ArrayList<>();
        results.add(Compared.of(OPTIONS.bootstraps(100).seed(Long.MIN_VALUE), GOOD, POOR, POOR.clone()));
        results.add(Compared.of(OPTIONS.tests(List.of(TestKind.WILCOXON)), false, new double[] {1}, new double[] {2}));
        results.add(Compared.of(OPTIONS, new double[] {NONE}, new double[] {1}));
        for (ComparisonResult result : results) {
            assertThat(ResultJson.read(result.toJson())).isEqualTo(result);
        }
        assertThatThrownBy(() -> ResultJson.read(Json.parse("{\"unit\": 7}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("results must be those of a comparison by this artifact");
    }

    @Test
    void figures_are_those_of_scipy() throws Exception {
        String data = System.getProperty("evalstore.data", System.getenv("EVALSTORE_DATA"));
        if (data == null) {
            System.err.println("SKIPPED: comparisons beside SciPy; set EVALSTORE_DATA to the folder of the oracle");
        }
        assumeTrue(data != null, "EVALSTORE_DATA names the folder of the oracle");
        ComparisonOptions told = OPTIONS.tests(List.of(TestKind.PAIRED_T, TestKind.SIGN));
        int cases = 0;
        for (JsonNode one : new JsonMapper()
                .readTree(Files.readAllBytes(Path.of(data, "oracle", "statistics.json")))
                .path("cases")) {
            if (!one.path("kind").asString().equals("paired")) {
                continue;
            }
            cases++;
            JsonNode t = one.path("paired_t");
            ComparedPair pair = Compared.of(told, numbers(one.path("x")), numbers(one.path("y")))
                    .pairs()
                    .get(0);
            double sign = pair.first().equals(Compared.id(0)) ? 1 : -1;
            close(sign * number(pair.tests().get(0).statistic()), t.path("t").asDouble());
            close(number(pair.p()), t.path("p").asDouble());
            close(sign * difference(pair).value(), t.path("mean").asDouble());
            // SciPy's quantile of t has ten digits too, and the interval may begin near 0.
            double low = sign
                    * number(
                            sign > 0 ? difference(pair).low() : difference(pair).high());
            double width =
                    number(difference(pair).high()) - number(difference(pair).low());
            assertThat(low).isCloseTo(t.path("ci95").get(0).asDouble(), within(1e-9 * width));
            close(sign * number(effect(pair).cohenDz()), t.path("cohen_dz").asDouble());
            close(sign * effect(pair).cliffDelta(), one.path("cliff_delta").asDouble());
            close(number(pair.tests().get(1).p()), one.path("sign").path("p").asDouble());
        }
        assertThat(cases).isEqualTo(18);
    }

    /** Ten digits are within a billionth. */
    private static void close(double actual, double expected) {
        assertThat(actual).isCloseTo(expected, within(1e-9 * Math.abs(expected)));
    }

    private static double number(Double value) {
        return Objects.requireNonNull(value);
    }

    private static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        Arrays.setAll(numbers, i -> array.get(i).asDouble());
        return numbers;
    }

    private static ValueTable repeated(double[] a, double[] b, int times) {
        int n = a.length * times;
        String[] items = new String[n];
        int[] repeats = new int[n];
        double[][] values = new double[2][n];
        for (int row = 0; row < n; row++) {
            items[row] = "item" + row / times;
            repeats[row] = row % times;
            values[0][row] = a[row / times];
            values[1][row] = b[row / times];
        }
        return new ValueTable(items, repeats, values);
    }

    private static MeanDifference difference(ComparedPair pair) {
        return Objects.requireNonNull(pair.difference());
    }

    private static PairEffect effect(ComparedPair pair) {
        return Objects.requireNonNull(pair.effect());
    }
}
