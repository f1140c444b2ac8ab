package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CorrectionTest {
    private static final Map<String, Correction> BY_NAME = Map.of(
            "bonferroni", Correction.BONFERRONI,
            "sidak", Correction.SIDAK,
            "holm", Correction.HOLM,
            "hochberg", Correction.HOCHBERG,
            "hommel", Correction.HOMMEL,
            "bh", Correction.BENJAMINI_HOCHBERG,
            "by", Correction.BENJAMINI_YEKUTIELI);

    @Test
    void all_cases_of_statsmodels() {
        int checked = 0;
        for (JsonNode one : Oracle.cases("multiple")) {
            double[] p = Oracle.doubles(one.get("p"));
            for (Map.Entry<String, Correction> entry : BY_NAME.entrySet()) {
                JsonNode expected = one.get("adjusted").get(entry.getKey());
                double[] adjusted = entry.getValue().adjust(p);
                for (int i = 0; i < p.length; i++) {
                    Oracle.same(entry.getKey() + " " + i, adjusted[i], expected.get(i));
                    checked++;
                }
            }
        }
        assertThat(checked).isGreaterThanOrEqualTo(7 * 14);
    }

    @ParameterizedTest
    @EnumSource(Correction.class)
    void nothing_gets_smaller_or_changes_its_order_and_equal_ones_stay_equal(Correction correction) {
        SplittableRandom random = new SplittableRandom(17);
        for (int set = 0; set < 200; set++) {
            double[] p = random.doubles(1 + set % 30)
                    .map(value -> Math.round(value * value * 20) / 20.0)
                    .toArray();
            double[] before = p.clone();
            double[] adjusted = correction.adjust(p);

            assertThat(p).isEqualTo(before);
            for (int i = 0; i < p.length; i++) {
                assertThat(adjusted[i]).isBetween(p[i], 1.0);
                for (int j = 0; j < p.length; j++) {
                    if (p[i] <= p[j]) {
                        assertThat(adjusted[i]).isLessThanOrEqualTo(adjusted[j]);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Correction.class)
    void one_p_value_stays_as_it_is_and_none_gives_none(Correction correction) {
        assertThat(correction.adjust(0.03)).containsExactly(0.03);
        assertThat(correction.adjust(0)).containsExactly(0);
        assertThat(correction.adjust(1)).containsExactly(1);
        assertThat(correction.adjust()).isEmpty();
        assertThat(correction.adjust(0, 1)).startsWith(0).endsWith(1);
    }

    /** The closed test by Simes: the greatest of its p-values over all sets of hypotheses that hold one. */
    @Test
    void hommel_is_the_closed_test_of_simes() {
        SplittableRandom random = new SplittableRandom(3);
        for (int set = 0; set < 60; set++) {
            double[] p = random.doubles(1 + set % 8).map(value -> value * value).toArray();
            double[] adjusted = Correction.HOMMEL.adjust(p);
            for (int i = 0; i < p.length; i++) {
                assertThat(adjusted[i]).isCloseTo(closed(p, i), Offset.offset(1e-12));
            }
        }
    }

    private static double closed(double[] p, int held) {
        double greatest = 0;
        for (int set = 0; set < 1 << p.length; set++) {
            if ((set >> held & 1) == 0) {
                continue;
            }
            int members = set;
            double[] sorted = Arrays.stream(indices(p.length, members))
                    .mapToDouble(i -> p[i])
                    .sorted()
                    .toArray();
            double simes = 1;
            for (int i = 0; i < sorted.length; i++) {
                simes = Math.min(simes, sorted[i] * sorted.length / (i + 1));
            }
            greatest = Math.max(greatest, simes);
        }
        return greatest;
    }

    private static int[] indices(int size, int members) {
        return IntStream.range(0, size).filter(i -> (members >> i & 1) == 1).toArray();
    }

    @Test
    void a_tiny_p_value_keeps_its_digits_with_sidak() {
        assertThat(Correction.SIDAK.adjust(1e-300, 0.5)[0]).isCloseTo(2e-300, Offset.offset(1e-312));
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, -1e-9, 1.0000001, Double.POSITIVE_INFINITY})
    void what_is_no_p_value_is_refused(double bad) {
        for (Correction correction : Correction.values()) {
            assertThatThrownBy(() -> correction.adjust(0.5, bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("p must be from 0 to 1, and is not at index 1");
        }
    }

    @Test
    void hommel_refuses_more_than_it_can_do() {
        double[] many = new double[Correction.MAX_HOMMEL + 1];
        assertThatThrownBy(() -> Correction.HOMMEL.adjust(many))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("p must have at most 20000 values");
        assertThat(Correction.HOLM.adjust(many)).hasSize(many.length);
    }
}
