package dev.evalstore.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StandingsTest {
    @Test
    void a_tier_ends_before_the_next_member_that_is_worse_than_its_first() {
        // Places 0 to 4: 0 is better than 2 and all below; 2 is better than 4; 1 and 2 cannot be told apart.
        Standings standings = new Standings(5);
        standings.better(0, 2);
        standings.better(0, 3);
        standings.better(0, 4);
        standings.better(1, 4);
        standings.better(2, 4);
        assertThat(standings.tiers()).containsExactly(1, 1, 2, 2, 3);
        assertThat(standings.above(0)).isZero();
        assertThat(standings.below(0)).isEqualTo(3);
        assertThat(standings.above(2)).isEqualTo(1);
        assertThat(standings.above(4)).isEqualTo(3);
        assertThat(standings.below(4)).isZero();
    }

    @Test
    void those_of_whom_nothing_is_said_are_one_tier() {
        assertThat(new Standings(3).tiers()).containsExactly(1, 1, 1);
    }
}
