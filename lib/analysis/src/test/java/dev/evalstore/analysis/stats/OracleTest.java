package dev.evalstore.analysis.stats;

import static dev.evalstore.analysis.stats.Oracle.doubles;
import static dev.evalstore.analysis.stats.Oracle.near;
import static dev.evalstore.analysis.stats.Oracle.same;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Paired samples, proportions and means as SciPy 1.10 and statsmodels 0.13 have them. */
class OracleTest {

    @Test
    void student_and_welch() {
        for (JsonNode one : Oracle.cases("paired")) {
            double[] x = doubles(one.get("x"));
            double[] y = doubles(one.get("y"));
            String name = one.get("name").asString();
            JsonNode expected = one.get("paired_t");

            PairedT paired = PairedT.of(x, y);
            same(name, paired.statistic(), expected.get("t"));
            same(name, paired.df(), expected.get("df"));
            same(name, paired.p(), expected.get("p"));
            same(name, paired.mean(), expected.get("mean"));
            // Of the ends, as of half the width: SciPy's quantile of 64 degrees of freedom is good to 3.5e-10 of
            // itself,
            // which is more than 1e-9 of an end near zero.
            double low = expected.get("ci95").get(0).asDouble();
            double high = expected.get("ci95").get(1).asDouble();
            Offset<Double> width = Offset.offset(1e-9 * (high - low) / 2);
            assertThat(paired.interval().low()).as(name).isCloseTo(low, width);
            assertThat(paired.interval().high()).as(name).isCloseTo(high, width);
            same(name, paired.effect(), expected.get("cohen_dz"));
            assertThat(paired.n()).isEqualTo(x.length);

            Welch welch = Welch.of(x, y);
            same(name, welch.statistic(), one.get("welch_t").get("t"));
            same(name, welch.p(), one.get("welch_t").get("p"));
        }
    }

    @Test
    void wilcoxon_by_each_rule_for_zeros() {
        int exact = 0;
        for (JsonNode one : Oracle.cases("paired")) {
            double[] x = doubles(one.get("x"));
            double[] y = doubles(one.get("y"));
            for (JsonNode expected : one.get("wilcoxon")) {
                String name = one.get("name").asString() + " " + expected;
                boolean approximate = expected.get("method").asString().equals("approx");
                exact += approximate ? 0 : 1;
                Wilcoxon wilcoxon = Wilcoxon.of(
                        x,
                        y,
                        zeros(expected.get("zeros").asString()),
                        Hypothesis.TWO_SIDED,
                        approximate ? Method.ASYMPTOTIC : Method.EXACT,
                        expected.path("continuity").asBoolean(false));
                same(name, wilcoxon.statistic(), expected.get("w"));
                same(name, wilcoxon.p(), expected.get("p"));
            }
        }
        assertThat(exact).isPositive();
    }

    @Test
    void sign_cliff_and_mann_whitney() {
        for (JsonNode one : Oracle.cases("paired")) {
            double[] x = doubles(one.get("x"));
            double[] y = doubles(one.get("y"));
            String name = one.get("name").asString();

            SignTest sign = SignTest.of(x, y);
            assertThat(sign.positive())
                    .isEqualTo(one.get("sign").get("positive").asInt());
            assertThat(sign.positive() + sign.negative())
                    .isEqualTo(one.get("sign").get("n").asInt());
            same(name, sign.p(), one.get("sign").get("p"));

            same(name, CliffsDelta.of(x, y).delta(), one.get("cliff_delta"));

            JsonNode expected = one.get("mann_whitney_asymptotic_cc");
            MannWhitney whitney = MannWhitney.of(x, y, Hypothesis.TWO_SIDED, Method.ASYMPTOTIC, true);
            same(name, whitney.statistic(), expected.get("u"));
            same(name, whitney.p(), expected.get("p"));
            same(name, whitney.effect(), one.get("cliff_delta"));
        }
    }

    @Test
    void correlations_and_none_of_a_constant_column() {
        int undefined = 0;
        for (JsonNode one : Oracle.cases("paired")) {
            double[] x = doubles(one.get("x"));
            double[] y = doubles(one.get("y"));
            String name = one.get("name").asString();
            if (!one.get("pearson").isNumber()) {
                undefined++;
                assertThat(List.of(Correlation.pearson(x, y), Correlation.spearman(x, y), Correlation.kendall(x, y)))
                        .noneMatch(Correlation::defined);
                continue;
            }
            same(name, Correlation.pearson(x, y).coefficient(), one.get("pearson"));
            same(name, Correlation.spearman(x, y).coefficient(), one.get("spearman"));
            same(name, Correlation.kendall(x, y).coefficient(), one.get("kendall_tau_b"));
        }
        assertThat(undefined).isEqualTo(1);
    }

    @Test
    void mcnemar() {
        for (JsonNode one : Oracle.cases("mcnemar")) {
            int[] first = Oracle.ints(one.get("table").get(0));
            int[] second = Oracle.ints(one.get("table").get(1));
            McNemar test = McNemar.ofCounts(first[0], first[1], second[0], second[1]);
            String name = one.toString();
            same(name, test.exactP(), one.get("exact_p"));
            same(name, test.midP(), one.get("mid_p"));
            same(name, test.corrected().statistic(), one.get("chi2_cc").get("chi2"));
            same(name, test.corrected().p(), one.get("chi2_cc").get("p"));
            same(name, test.plain().statistic(), one.get("chi2").get("chi2"));
            same(name, test.plain().p(), one.get("chi2").get("p"));
            assertThat(test.n()).isEqualTo(one.get("n").asInt());
        }
    }

    @Test
    void proportions() {
        for (JsonNode one : Oracle.cases("proportion")) {
            long k = one.get("k").asLong();
            long n = one.get("n").asLong();
            interval(Proportion.wilson(k, n, 0.95), one.get("wilson95"));
            interval(Proportion.clopperPearson(k, n, 0.95), one.get("clopper_pearson95"));
            interval(Proportion.agrestiCoull(k, n, 0.95), one.get("agresti_coull95"));
        }
    }

    @Test
    void clustered_means() {
        for (JsonNode one : Oracle.cases("clustered_mean")) {
            double[] values = doubles(one.get("y"));
            int[] clusters = Oracle.ints(one.get("cluster"));
            List<String> named =
                    Arrays.stream(clusters).mapToObj(number -> "text " + number).collect(Collectors.toList());
            for (ClusteredMean mean :
                    List.of(ClusteredMean.of(values, clusters, 0.95), ClusteredMean.of(values, named, 0.95))) {
                same("mean", mean.mean(), one.get("mean"));
                same("plain", mean.plainError(), one.get("se_plain"));
                same("clustered", mean.clusterError(), one.get("se_cluster"));
                same("small sample", mean.error(), one.get("se_cluster_small_sample"));
            }
        }
    }

    @Test
    void how_many_pairs_a_power_takes() {
        for (JsonNode one : Oracle.cases("paired_power")) {
            double effect = one.get("effect_dz").asDouble();
            double power = one.get("power").asDouble();
            double alpha = one.get("alpha").asDouble();
            double pairs = PairedPower.pairs(effect, power, alpha, Hypothesis.TWO_SIDED);
            near("pairs", pairs, one.get("n").asDouble(), 1e-7);
        }
    }

    private static void interval(Interval actual, JsonNode expected) {
        same("low", actual.low(), expected.get(0));
        same("high", actual.high(), expected.get(1));
    }

    private static Zeros zeros(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "PRATT" -> Zeros.PRATT;
            case "ZSPLIT" -> Zeros.SPLIT;
            default -> Zeros.WILCOX;
        };
    }
}
