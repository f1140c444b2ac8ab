package dev.evalstore.analysis.stats;

import static dev.evalstore.analysis.stats.BradleyTerryTest.fitted;
import static dev.evalstore.analysis.stats.BradleyTerryTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Strengths by counts of very different sizes, and what rounding does to them. */
class UnevenStrengthsTest {
    private static final Offset<Double> CLOSE = Offset.offset(1e-12);

    /** Wins of 1e12 beside 1e-12 of one: the strengths are exact as long as they exist, and said to be missing after. */
    @Test
    void very_uneven_counts_are_exact_or_said_so() {
        Strengths strengths = fitted(List.of(PairCount.of("a", "b", 1e12, 1e-3), PairCount.of("b", "c", 1e12, 1e-3)));
        assertThat(strengths.difference("a", "c").difference()).isCloseTo(2 * Math.log(1e15), Offset.offset(1e-7));

        NoStrengths none = refused(List.of(
                PairCount.of("a", "b", 1e12, 1e-300),
                PairCount.of("b", "c", 1e12, 1e-300),
                PairCount.of("c", "a", 1e-300, 1e12)));
        assertThat(none.reason()).isEqualTo(NoStrengths.Reason.TOO_UNEVEN);
        assertThat(none.groups()).containsExactly(List.of("a", "b", "c"));
    }

    /** Few battles beside very many: closed forms of a chain, and of a ring whose members beat each other in turn. */
    @Test
    void what_few_battles_say_keeps_its_digits_beside_very_many() {
        Strengths chain = fitted(List.of(PairCount.of("a", "b", 5e11, 5e11), PairCount.of("b", "c", 3, 1)));
        double many = 4 / 1e12;
        double few = 1 + 1.0 / 3;
        near("a, b", chain.difference("a", "b"), 0, many);
        near("b, c", chain.difference("b", "c"), Math.log(3), few);
        near("a, c", chain.difference("a", "c"), Math.log(3), many + few);
        Map<String, Double> errors =
                chain.strengths().stream().collect(Collectors.toMap(Strength::player, Strength::standardError));
        Oracle.near("a", errors.get("a"), Math.sqrt(4 * many + few) / 3, 1e-12);
        Oracle.near("b", errors.get("b"), Math.sqrt(many + few) / 3, 1e-12);
        Oracle.near("c", errors.get("c"), Math.sqrt(many + 4 * few) / 3, 1e-12);

        Strengths ring = fitted(List.of(
                PairCount.of("a", "b", 9e11, 1e11),
                PairCount.of("b", "c", 9e11, 1e11),
                PairCount.of("c", "a", 9e11, 1e11),
                PairCount.of("c", "d", 3, 1)));
        near("a, b", ring.difference("a", "b"), 0, many * 2 / 3);
        near("c, d", ring.difference("c", "d"), Math.log(3), few);
        near("a, d", ring.difference("a", "d"), Math.log(3), many * 2 / 3 + few);

        // What wins and losses of 1e12 leave of each other is rounded by more than what c wins of d.
        Strengths rings = fitted(List.of(
                PairCount.of("a", "b", 9e11, 1e11),
                PairCount.of("b", "c", 7e11, 3e10 + 1),
                PairCount.of("c", "a", 8e11, 2e10 + 7),
                PairCount.of("c", "d", 3, 1),
                PairCount.of("d", "e", 6e11, 5e10 + 3),
                PairCount.of("e", "f", 9e11, 3e11),
                PairCount.of("f", "d", 8e11, 7e10 + 1)));
        near("c, d", rings.difference("c", "d"), Math.log(3), few);
    }

    /** Ties of 1e-24 beside some of 1e12: what joins a is nothing to the others, whose closed form is a triangle's. */
    @Test
    void a_difference_that_is_far_surer_than_another_keeps_its_digits() {
        Strengths strengths = fitted(List.of(
                new PairCount("a", "b", 0, 0, 1e-24),
                new PairCount("b", "c", 0, 0, 1e12),
                new PairCount("c", "d", 0, 0, 3e11),
                new PairCount("d", "b", 0, 0, 7e10)));
        double bc = 1e12 / 4;
        double cd = 3e11 / 4;
        double db = 7e10 / 4;
        near("b, c", strengths.difference("b", "c"), 0, 1 / (bc + cd * db / (cd + db)));
        near("d, c", strengths.difference("d", "c"), 0, 1 / (cd + bc * db / (bc + db)));
        near("d, b", strengths.difference("d", "b"), 0, 1 / (db + bc * cd / (bc + cd)));
        near("a, b", strengths.difference("a", "b"), 0, 4e24);
    }

    private static void near(String what, StrengthDifference actual, double difference, double variance) {
        assertThat(actual.difference()).as(what).isCloseTo(difference, CLOSE);
        Oracle.near(what, actual.standardError(), Math.sqrt(variance), 1e-12);
    }

    /** Counts that contradict each other, by which a whole step of Newton's method goes astray. By mpmath, 60 digits. */
    @Test
    void counts_that_contradict_each_other_have_strengths() {
        Strengths strengths = fitted(List.of(
                PairCount.of("p1", "p0", 1e12, 1),
                PairCount.of("p2", "p0", 1e6, 10),
                PairCount.of("p2", "p1", 100, 1e8),
                PairCount.of("p3", "p0", 100, 1),
                PairCount.of("p3", "p1", 10, 1e7),
                PairCount.of("p3", "p2", 1, 1e9)));
        double[] expected = {-13.74728976572606, 19.600719188291506, 5.8895391169006231, -11.74296853946607};
        double[] errors = {0.25513314120685719, 0.14943956539975631, 0.13353060053438914, 0.13357839001495669};
        for (Strength strength : strengths.strengths()) {
            int player = strength.player().charAt(1) - '0';
            Oracle.near(strength.player(), strength.logStrength(), expected[player], 1e-12);
            Oracle.near(strength.player(), strength.standardError(), errors[player], 1e-12);
        }
        Oracle.near("p2, p0", strengths.difference("p2", "p0").standardError(), 0.37410803613022937, 1e-12);
    }

    /** Rounding makes some of them a little stronger than others. */
    @Test
    void players_who_are_equal_but_for_rounding_come_by_name() {
        for (int players = 3; players < 9; players++) {
            for (int wins = 1; wins < 9; wins++) {
                List<PairCount> counts = new ArrayList<>(List.of(PairCount.of("y", "z", 1, 7)));
                for (int i = 0; i < players; i++) {
                    counts.add(PairCount.of("p" + i, "p" + (i + 1) % players, wins, 5));
                    counts.add(PairCount.of("p" + i, "z", wins, 3));
                }
                assertThat(fitted(counts).strengths())
                        .extracting(Strength::player)
                        .filteredOn(player -> player.startsWith("p"))
                        .isSorted();
            }
        }
    }
}
