package dev.evalstore.analysis.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "-0.0,0",
        "5,5",
        "-3,-3",
        "0.1,0.1",
        "-0.25,-0.25",
        "100,100",
        "2e-3,0.002",
        "0.000001,0.000001",
        "1e-7,1e-7",
        "-1.25e-7,-1.25e-7",
        "9007199254740992,9007199254740992",
        "1e20,100000000000000000000",
        "123456789012345680000,123456789012345680000",
        "1e21,1e+21",
        "1.5e21,1.5e+21",
        "1e23,1e+23",
        "2e23,2e+23",
        "4.35,4.35",
        "1234567.125,1234567.125",
        "12345678.125,12345678.125",
        "1.7976931348623157e308,1.7976931348623157e+308",
        "NaN,NaN",
        "Infinity,Infinity",
        "-Infinity,-Infinity"
    })
    void a_number_is_its_shortest_decimal_in_the_layout_of_json(double value, String text) {
        assertThat(Numbers.text(value)).isEqualTo(text);
    }

    @Test
    void a_number_is_rounded_as_its_exact_decimal_is_seed_5() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 200_000; i++) {
            double value = switch (i % 4) {
                case 0 -> Double.longBitsToDouble(random.nextLong());
                case 1 -> random.nextInt(-1_000_000, 1_000_000) / 1000.0;
                case 2 -> (random.nextInt(1_000) + 0.5) * Math.pow(10, random.nextInt(-20, 20));
                default -> random.nextDouble(-1, 1);
            };
            int digits = 1 + random.nextInt(16);
            if (Double.isFinite(value) && value != 0) {
                assertThat(Numbers.rounded(value, digits))
                        .as("%s with %d digits", value, digits)
                        .isEqualTo(new BigDecimal(value)
                                .round(new MathContext(digits, RoundingMode.HALF_EVEN))
                                .doubleValue());
            }
        }
        assertThat(Numbers.rounded(Double.MIN_VALUE, 3)).isEqualTo(Double.MIN_VALUE);
        assertThat(Numbers.rounded(9.9996, 4)).isEqualTo(10);
        assertThat(Double.doubleToRawLongBits(Numbers.rounded(-0.0, 3))).isZero();
    }

    @Test
    void a_difference_is_that_of_the_decimals_seed_6() {
        SplittableRandom random = new SplittableRandom(6);
        for (int i = 0; i < 100_000; i++) {
            int decimals = random.nextInt(9);
            BigDecimal x = BigDecimal.valueOf(random.nextInt(-2_000_000, 2_000_000), decimals);
            BigDecimal y = BigDecimal.valueOf(random.nextInt(-2_000_000, 2_000_000), decimals);
            assertThat(Numbers.difference(x.doubleValue(), y.doubleValue()))
                    .isEqualTo(x.subtract(y).doubleValue());
        }
    }

    @Test
    void text_is_read_back_as_the_same_number_and_is_that_of_canonical_json_seed_17() {
        SplittableRandom random = new SplittableRandom(17);
        for (int i = 0; i < 20_000; i++) {
            double value = i % 2 == 0 ? Double.longBitsToDouble(random.nextLong()) : random.nextInt() / 1000.0;
            // Of a subnormal number ECMAScript may write one digit where Java writes two.
            if (Double.isFinite(value) && Math.abs(value) >= Double.MIN_NORMAL) {
                String text = Numbers.text(value);
                assertThat(Double.parseDouble(text)).isEqualTo(value);
                assertThat("[" + text + "]").isEqualTo(Json.of(List.of(value)).canonical());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.005,2,1.00",
        "0.125,2,0.12",
        "0.375,2,0.38",
        "-0.0001,3,0.000",
        "0.35,3,0.350",
        "1e21,0,1000000000000000000000",
        "2.5,0,2",
        "NaN,2,NaN"
    })
    void a_table_shows_so_many_decimals_and_halves_go_to_the_even_digit(double value, int decimals, String text) {
        assertThat(Numbers.fixed(value, decimals)).isEqualTo(text);
    }

    @Test
    void a_figure_keeps_ten_digits_and_is_never_minus_zero() {
        assertThat(Numbers.figure(1 / 3.0)).isEqualTo(0.3333333333);
        assertThat(Numbers.figure(-2e-300 / 3)).isEqualTo(-6.666666667e-301);
        assertThat(Numbers.figure(Math.nextUp(0.1 + 0.2))).isEqualTo(0.3);
        assertThat(Numbers.figure(-0.0)).isEqualTo(0.0);
        assertThat(Numbers.figure(Double.NaN)).isNaN();
        assertThat(Numbers.figure(Double.NEGATIVE_INFINITY)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(Numbers.significant(1234.5, 2)).isEqualTo("1200");
        assertThat(Numbers.significant(0.034999, 2)).isEqualTo("0.035");
    }

    @Test
    void a_decimal_has_no_exponent_and_no_zeros_at_its_end() {
        assertThat(Numbers.text(new BigDecimal("0.000000100"))).isEqualTo("0.0000001");
        assertThat(Numbers.text(new BigDecimal("1200"))).isEqualTo("1200");
        assertThat(Numbers.text(new BigDecimal("0E-9"))).isEqualTo("0");
    }
}
