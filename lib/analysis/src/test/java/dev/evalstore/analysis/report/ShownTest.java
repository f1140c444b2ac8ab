package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShownTest {
    @Test
    void numbers_of_a_column_have_the_decimals_of_the_largest() {
        assertThat(shown(0.1234567, 0.0132)).containsExactly("0.1235", "0.0132");
        assertThat(shown(12.0, -3.0)).containsExactly("12", "−3");
        assertThat(shown(0.000_123)).containsExactly("0.0001230");
    }

    /** A few more decimals for all, or else those of its own; and no zeros that say nothing. */
    @Test
    void a_small_number_keeps_its_digits_beside_a_large_one() {
        assertThat(shown(12.3456, 0.451234)).containsExactly("12.3456", "0.4512");
        assertThat(shown(0.1234567, 0.000_01)).containsExactly("0.12346", "0.00001");
        assertThat(shown(1_234.6, 0.1)).containsExactly("1,234.6", "0.1");
        assertThat(shown(0.812, 0.813, 1_200.5)).containsExactly("0.812", "0.813", "1,200.500");
        assertThat(shown(0.812, 0.81244444, 12_000.5)).containsExactly("0.812", "0.8124", "12,000");
        assertThat(shown(0.000_03, 0.02, 45_000.4)).containsExactly("0.00003", "0.02", "45,000");
        assertThat(shown(1.23456e-9, 0.5, -0.000_000_12)).containsExactly("1.235e-9", "0.5000", "−0.00000012");
        assertThat(shown(80.1, 80.2, 1_000_000.0)).containsExactly("80.1", "80.2", "1,000,000.0");
        assertThat(shown(1_138_888_889_000_000.0, 1.5)).containsExactly("1.138888889e15", "1.5");
    }

    @Test
    void a_value_has_the_decimals_of_its_interval() {
        List<Double> small = List.of(0.000_041_234, -0.004_123_4, 0.003_3);
        List<Double> large = List.of(45_000.4, 1.0, 90_000.0);
        Shown shown = Shown.ofRows(Stream.of(small, large));

        assertThat(shown.number(small.get(0), small.get(1), small.get(2))).isEqualTo("0.000041");
        assertThat(shown.interval(small.get(1), small.get(2))).isEqualTo("[−0.004123, 0.003300]");
        assertThat(shown.number(large.get(0), large.get(1), large.get(2))).isEqualTo("45,000");
        assertThat(shown.interval(large.get(1), large.get(2))).isEqualTo("[1, 90,000]");
    }

    @Test
    void what_is_smaller_than_all_decimals_is_not_shown_as_zero() {
        assertThat(shown(1e-320)).containsExactly("1e-320");
        assertThat(shown(5e-9, -1.23456e-10, 0.0)).containsExactly("5e-9", "−1.235e-10", "0");
    }

    @Test
    void dollars_of_a_column_have_the_decimals_that_all_need() {
        List<BigDecimal> values = List.of(new BigDecimal("0.03"), new BigDecimal("0.0540"), new BigDecimal("1200"));
        int decimals = Shown.cents(values.stream());

        assertThat(values)
                .extracting(value -> Shown.usd(value, decimals))
                .containsExactly("0.030", "0.054", "1,200.000");
        assertThat(Shown.cents(Stream.of(new BigDecimal("3")))).isEqualTo(2);
    }

    @Test
    void a_level_has_all_of_its_digits() {
        assertThat(Shown.level(0.05)).isEqualTo("95 %");
        assertThat(Shown.level(0.1)).isEqualTo("90 %");
        assertThat(Shown.level(0.3)).isEqualTo("70 %");
        assertThat(Shown.level(4e-5)).isEqualTo("99.996 %");
        assertThat(Shown.level(1e-6)).isEqualTo("99.9999 %");
        assertThat(Shown.percent(0.95)).isEqualTo("95 %");
        assertThat(Shown.percent(0.999_999_9)).isEqualTo("99.99999 %");
    }

    private static List<String> shown(Double... values) {
        Shown shown = Shown.of(Stream.of(values));
        return Stream.of(values).map(shown::number).toList();
    }
}
