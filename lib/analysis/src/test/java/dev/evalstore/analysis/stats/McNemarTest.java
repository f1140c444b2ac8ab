package dev.evalstore.analysis.stats;

import static dev.evalstore.analysis.stats.Oracle.near;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class McNemarTest {

    @Test
    void columns_are_counted_as_a_table() {
        McNemar test = McNemar.of(new double[] {1, 1, 1, 0, 0, 0, 1}, new double[] {1, 0, 0, 1, 0, -0.0, 0});
        assertThat(test).isEqualTo(McNemar.ofCounts(1, 3, 1, 2));
        assertThat(test.difference()).isCloseTo(2 / 7.0, within(1e-15));
        assertThat(test.exactP()).isEqualTo(0.625);
        assertThat(SignTest.of(new double[] {1, 1, 1, 0}, new double[] {0, 0, 0, 1})
                        .p())
                .isEqualTo(0.625);
    }

    @Test
    void no_pair_that_differs_is_no_evidence() {
        McNemar test = McNemar.ofCounts(7, 0, 0, 3);
        McNemar.ChiSquare none = new McNemar.ChiSquare(0, 1);
        assertThat(test).isEqualTo(new McNemar(7, 0, 0, 3, 1, 1, none, none));
        assertThat(test.difference()).isZero();
        Interval interval = test.interval(0.95);
        assertThat(interval.low()).isNegative();
        assertThat(interval.high()).isEqualTo(-interval.low());
    }

    @Test
    void as_many_on_either_side_are_no_evidence() {
        McNemar test = McNemar.ofCounts(5, 4, 4, 5);
        assertThat(test.exactP()).isEqualTo(1);
        near("mid", test.midP(), 1 - 70 / 256.0 / 2, 1e-12);
        assertThat(test.plain().p()).isEqualTo(1);
        assertThat(test.corrected().statistic()).isZero();
        assertThat(test.corrected().p()).isEqualTo(1);
    }

    @Test
    void the_interval_of_the_difference_stays_in_bounds() {
        // Agresti and Min by hand: 8.5 and 2.5 of 22, ±1.959963984540054 standard errors.
        Interval interval = McNemar.ofCounts(6, 8, 2, 4).interval(0.95);
        double mean = 6 / 22.0;
        double half = 1.959963984540054 * Math.sqrt(11 - 36 / 22.0) / 22;
        near("low", interval.low(), mean - half, 1e-12);
        near("high", interval.high(), mean + half, 1e-12);
        assertThat(McNemar.ofCounts(0, 1, 0, 0).interval(0.999)).satisfies(wide -> {
            assertThat(wide.low()).isEqualTo(-1);
            assertThat(wide.high()).isEqualTo(1);
        });
    }

    @Test
    void bad_input_is_refused_by_name() {
        double[] bits = {0, 1};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> McNemar.of(new double[] {0, 0.5}, bits))
                .withMessage("x must hold zeros and ones alone");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> McNemar.of(bits, new double[] {0, 2}))
                .withMessage("y must hold zeros and ones alone");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> McNemar.ofCounts(1, -1, 0, 0))
                .withMessageStartingWith("onlyX must be from 0 to");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> McNemar.ofCounts(0, 0, 0, 0))
                .withMessageStartingWith("the sum of the counts must be from 1 to");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> McNemar.ofCounts(Integer.MAX_VALUE, 1, 0, 0))
                .withMessageStartingWith("the sum of the counts must be from 1 to");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> McNemar.ofCounts(1, 1, 0, 0).interval(1))
                .withMessageStartingWith("confidence must be between 0 and 1");
    }
}
