package dev.evalstore.analysis.stats;

import static dev.evalstore.analysis.stats.Oracle.near;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.junit.jupiter.api.Test;

class ProportionTest {

    @Test
    void none_and_all_end_at_zero_and_one_and_have_a_width() {
        assertThat(Proportion.wilson(0, 1, 0.95).low()).isZero();
        assertThat(Proportion.wilson(1, 1, 0.95).high()).isEqualTo(1);
        assertThat(Proportion.clopperPearson(0, 7, 0.95).low()).isZero();
        assertThat(Proportion.clopperPearson(7, 7, 0.95).high()).isEqualTo(1);
        assertThat(Proportion.agrestiCoull(0, 7, 0.95).low()).isZero();
        assertThat(Proportion.wilson(0, 20, 0.95).high()).isGreaterThan(0.1);
        // One success of one: the lower end of the exact interval is the tail itself.
        near("low", Proportion.clopperPearson(1, 1, 0.95).low(), 0.025, 1e-13);
        near("high", Proportion.clopperPearson(0, 3, 0.9).high(), 1 - Math.cbrt(0.05), 1e-12);
    }

    @Test
    void the_exact_interval_ends_where_the_tails_are_what_they_should_be() {
        for (int k : new int[] {1, 17, 500, 999}) {
            Interval interval = Proportion.clopperPearson(k, 1000, 0.99);
            near("low", BinomialDistribution.of(1000, interval.low()).survivalProbability(k - 1), 0.005, 1e-10);
            near("high", BinomialDistribution.of(1000, interval.high()).cumulativeProbability(k), 0.005, 1e-10);
        }
    }

    @Test
    void all_three_agree_on_many_trials_and_mirror_each_other() {
        long n = 1_000_000_000_000L;
        Interval wilson = Proportion.wilson(n / 4, n, 0.95);
        assertThat(wilson.low()).isCloseTo(0.25, within(1e-6));
        assertThat(Proportion.agrestiCoull(n / 4, n, 0.95).low()).isCloseTo(wilson.low(), within(1e-12));
        assertThat(Proportion.clopperPearson(n / 4, n, 0.95).low()).isCloseTo(wilson.low(), within(1e-10));
        Interval few = Proportion.wilson(3, 11, 0.8);
        Interval many = Proportion.wilson(8, 11, 0.8);
        assertThat(many.low()).isCloseTo(1 - few.high(), within(1e-15));
        assertThat(few.contains(3 / 11.0)).isTrue();
        assertThat(few.contains(0.9)).isFalse();
        assertThat(few.confidence()).isEqualTo(0.8);
    }

    @Test
    void bad_input_is_refused_by_name() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Proportion.wilson(0, 0, 0.95))
                .withMessageStartingWith("n must be from 1 to 1000000000000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Proportion.clopperPearson(5, 4, 0.95))
                .withMessage("successes must be from 0 to 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Proportion.agrestiCoull(-1, 4, 0.95))
                .withMessage("successes must be from 0 to 4");
        for (double confidence : new double[] {0, 1, -1, 95, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Proportion.wilson(1, 4, confidence))
                    .withMessageStartingWith("confidence must be between 0 and 1");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Interval(2, 1, 0.95))
                .withMessageStartingWith("low must be");
    }
}
