package dev.evalstore.analysis.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShownTest {
    @Test
    void numbers_of_a_column_have_the_decimals_of_the_largest() {
        assertThat(shown(0.1234567, 0.000_01)).containsExactly("0.1235", "0.0000");
        assertThat(shown(1_234.6, 0.1)).containsExactly("1,235", "0");
        assertThat(shown(12.0, -3.0)).containsExactly("12", "−3");
        assertThat(shown(0.000_123)).containsExactly("0.0001230");
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
