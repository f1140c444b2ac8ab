package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class EloTest {
    private static final Offset<Double> CLOSE = Offset.offset(1e-9);

    @Test
    void four_hundred_points_are_odds_of_ten_to_one() {
        assertThat(Elo.expectedScore(1_400, 1_000)).isCloseTo(10.0 / 11, CLOSE);
        assertThat(Elo.expectedScore(1_000, 1_400)).isCloseTo(1.0 / 11, CLOSE);
        assertThat(Elo.expectedScore(7, 7)).isEqualTo(0.5);
        assertThat(Elo.expectedScore(1e9, 0)).isEqualTo(1);
        assertThat(Elo.expectedScore(0, 1e9)).isZero();
    }

    @Test
    void points_move_from_loser_to_winner() {
        List<EloRating> ratings =
                new Elo(32, 1_500).rate(List.of(Battle.won("a", "b"), Battle.won("c", "a"), Battle.tied("b", "c")));

        double moved = 32 * (1 - Elo.expectedScore(1_500, 1_516));
        double c = 1_500 + moved;
        double tie = 32 * (0.5 - Elo.expectedScore(1_484, c));
        assertThat(ratings).extracting(EloRating::player).containsExactly("c", "a", "b");
        assertThat(ratings.get(0).rating()).isCloseTo(c - tie, CLOSE);
        assertThat(ratings.get(1).rating()).isCloseTo(1_516 - moved, CLOSE);
        assertThat(ratings.get(2).rating()).isCloseTo(1_484 + tie, CLOSE);
        assertThat(ratings.stream().mapToDouble(EloRating::rating).sum()).isCloseTo(4_500, CLOSE);
        assertThat(ratings).extracting(EloRating::battles).containsOnly(2L);
    }

    @Test
    void the_order_of_battles_matters() {
        Battle first = Battle.won("a", "b");
        Battle second = Battle.won("b", "a");

        assertThat(Elo.DEFAULT.rate(List.of(first, second)).get(0).player()).isEqualTo("b");
        assertThat(Elo.DEFAULT.rate(List.of(second, first)).get(0).player()).isEqualTo("a");
    }

    @Test
    void nobody_has_a_rating_without_battles_and_equal_ones_are_ordered_by_name() {
        assertThat(Elo.DEFAULT.rate(List.of())).isEmpty();
        assertThat(Elo.DEFAULT.rate(List.of(Battle.tied("b", "a"))))
                .containsExactly(new EloRating("a", 1_000, 1), new EloRating("b", 1_000, 1));
    }

    @Test
    void bad_settings_are_refused_by_name() {
        for (double k : new double[] {0, -1, 1_001, Double.NaN}) {
            assertThatThrownBy(() -> new Elo(k, 1_000))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("k must be");
        }
        assertThatThrownBy(() -> new Elo(32, Double.NaN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("initial must be");
    }
}
