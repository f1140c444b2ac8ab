package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class BradleyTerryTest {
    private static final Offset<Double> CLOSE = Offset.offset(1e-12);

    @Test
    void all_cases_of_the_oracle() {
        for (JsonNode one : Oracle.cases("bradley_terry")) {
            int n = one.get("wins").size();
            List<PairCount> counts = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < i; j++) {
                    double won = one.get("wins").get(i).get(j).asDouble();
                    double lost = one.get("wins").get(j).get(i).asDouble();
                    if (won + lost > 0) {
                        counts.add(PairCount.of(name(i), name(j), won, lost));
                    }
                }
            }
            Strengths strengths = fitted(counts);
            assertThat(strengths.strengths()).hasSize(n);
            for (Strength strength : strengths.strengths()) {
                int number = Integer.parseInt(strength.player());
                String what = n + " players, " + strength.player();
                Oracle.near(
                        what,
                        strength.logStrength(),
                        one.get("log_strength").get(number).asDouble(),
                        1e-7);
                Oracle.near(
                        what,
                        strength.standardError(),
                        one.get("se").get(number).asDouble(),
                        1e-7);
            }
        }
    }

    @Test
    void two_players_have_their_closed_form() {
        Strengths strengths = fitted(List.of(new PairCount("a", "b", 30, 10, 20)));
        double logOdds = Math.log(40.0 / 20);

        Strength first = strengths.strengths().get(0);
        assertThat(first.player()).isEqualTo("a");
        assertThat(first.logStrength()).isCloseTo(logOdds / 2, CLOSE);
        assertThat(first.score()).isEqualTo(40);
        assertThat(first.battles()).isEqualTo(60);
        assertThat(first.eloPoints()).isCloseTo(200 * Math.log10(2), CLOSE);
        StrengthDifference difference = strengths.difference("a", "b");
        double error = Math.sqrt(1 / 40.0 + 1 / 20.0);
        assertThat(difference.difference()).isCloseTo(logOdds, CLOSE);
        assertThat(difference.standardError()).isCloseTo(error, CLOSE);
        assertThat(first.standardError()).isCloseTo(error / 2, CLOSE);
        assertThat(first.eloStandardError()).isCloseTo(error * 200 / Math.log(10), CLOSE);
        assertThat(difference.z()).isCloseTo(logOdds / error, CLOSE);
        assertThat(difference.p()).isBetween(0.0112, 0.0114);
        assertThat(difference.winProbability()).isCloseTo(2.0 / 3, CLOSE);
        assertThat(difference.interval(0.95).low()).isCloseTo(logOdds - 1.959963984540054 * error, CLOSE);
        assertThat(first.interval(0.95).high()).isCloseTo(logOdds / 2 + 1.959963984540054 * error / 2, CLOSE);
        assertThat(strengths.difference("b", "a").difference()).isCloseTo(-logOdds, CLOSE);
    }

    @Test
    void ties_alone_make_players_equal() {
        Strengths strengths = fitted(List.of(new PairCount("b", "a", 0, 0, 4), new PairCount("c", "a", 0, 0, 4)));

        assertThat(strengths.strengths()).extracting(Strength::player).containsExactly("a", "b", "c");
        assertThat(strengths.strengths()).extracting(Strength::logStrength).containsOnly(0.0);
        assertThat(strengths.difference("a", "b").p()).isEqualTo(1);
    }

    @Test
    void the_order_of_counts_and_of_a_pair_does_not_matter_to_the_bit() {
        Random random = new Random(5);
        List<PairCount> counts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int first = random.nextInt(12);
            int second = (first + 1 + random.nextInt(11)) % 12;
            counts.add(new PairCount(
                    name(first), name(second), random.nextDouble(), random.nextDouble(), random.nextInt(3)));
        }
        List<Strength> expected = fitted(counts).strengths();
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(counts, random);
            List<PairCount> turned = counts.stream()
                    .map(c -> random.nextBoolean()
                            ? c
                            : new PairCount(c.second(), c.first(), c.secondWins(), c.firstWins(), c.ties()))
                    .toList();
            assertThat(fitted(turned).strengths()).isEqualTo(expected);
        }
    }

    @Test
    void battles_are_counted_pair_by_pair() {
        List<Battle> battles = List.of(
                Battle.won("b", "a"),
                Battle.won("a", "b"),
                Battle.tied("b", "a"),
                new Battle("a", "c", 0),
                Battle.won("b", "a"));

        assertThat(PairCount.of(battles))
                .containsExactly(new PairCount("a", "b", 1, 2, 1), new PairCount("a", "c", 0, 1, 0));
        assertThat(PairCount.of(List.of())).isEmpty();
    }

    @Test
    void players_whom_no_battle_joins_are_said_so() {
        NoStrengths none = refused(List.of(
                PairCount.of("x", "y", 3, 2),
                PairCount.of("a", "b", 3, 2),
                PairCount.of("b", "c", 1, 1),
                PairCount.of("c", "x", 0, 0)));

        assertThat(none.reason()).isEqualTo(NoStrengths.Reason.DISCONNECTED);
        assertThat(none.groups()).containsExactly(List.of("a", "b", "c"), List.of("x", "y"));
        assertThat(none.unbeaten()).isEmpty();
        assertThat(none.winless()).isEmpty();
    }

    @Test
    void unbeaten_and_winless_players_are_said_so() {
        NoStrengths none = refused(List.of(
                PairCount.of("best", "m", 5, 0),
                PairCount.of("m", "n", 2, 1),
                PairCount.of("n", "worst", 4, 0),
                PairCount.of("best", "worst", 1, 0)));

        assertThat(none.reason()).isEqualTo(NoStrengths.Reason.ONE_SIDED);
        assertThat(none.groups()).containsExactly(List.of("best"), List.of("m", "n"), List.of("worst"));
        assertThat(none.unbeaten()).containsExactly("best");
        assertThat(none.winless()).containsExactly("worst");
    }

    /** Nobody is unbeaten, and yet one group never took anything from the other. */
    @Test
    void a_group_that_is_beaten_as_a_whole_is_said_so() {
        NoStrengths none = refused(
                List.of(PairCount.of("c", "d", 1, 1), PairCount.of("a", "b", 1, 1), PairCount.of("d", "a", 7, 0)));

        assertThat(none.reason()).isEqualTo(NoStrengths.Reason.ONE_SIDED);
        assertThat(none.groups()).containsExactly(List.of("c", "d"), List.of("a", "b"));
        assertThat(none.unbeaten()).isEmpty();
        assertThat(none.winless()).isEmpty();
    }

    @Test
    void one_tie_is_enough_of_an_answer() {
        List<PairCount> counts = List.of(PairCount.of("a", "b", 1_000_000, 0), new PairCount("b", "a", 0, 0, 1));

        Strengths strengths = fitted(counts);
        double difference = Math.log(1_000_000.5 / 0.5);
        assertThat(strengths.difference("a", "b").difference()).isCloseTo(difference, Offset.offset(1e-9));
        assertThat(strengths.difference("a", "b").standardError()).isCloseTo(Math.sqrt(2), Offset.offset(1e-5));
    }

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
                    counts.add(PairCount.of(name(i), name((i + 1) % players), wins, 5));
                    counts.add(PairCount.of(name(i), "z", wins, 3));
                }
                assertThat(fitted(counts).strengths())
                        .extracting(Strength::player)
                        .filteredOn(player -> Character.isDigit(player.charAt(0)))
                        .isSorted();
            }
        }
    }

    @Test
    void a_long_chain_is_walked_without_recursion() {
        List<PairCount> chain = IntStream.range(1, BradleyTerry.MAX_PLAYERS)
                .mapToObj(i -> PairCount.of(name(i - 1), name(i), 2, 0))
                .toList();

        assertThat(refused(chain).groups()).hasSize(BradleyTerry.MAX_PLAYERS);
        List<PairCount> ring = new ArrayList<>(chain.subList(0, 299));
        ring.add(PairCount.of(name(299), name(0), 2, 0));
        assertThat(fitted(ring).strengths()).hasSize(300).allMatch(s -> Math.abs(s.logStrength()) < 1e-9);
    }

    @Test
    void bad_input_is_refused_by_name() {
        assertBad(() -> BradleyTerry.fit(List.of()), "counts must not be empty");
        assertBad(() -> PairCount.of("a", "a", 1, 1), "second must be another player than first");
        assertBad(() -> PairCount.of("a", "b", -1, 1), "firstWins must be from 0 to 1000000000000");
        assertBad(() -> PairCount.of("a", "b", 1, Double.NaN), "secondWins must be from 0 to 1000000000000");
        assertBad(() -> new PairCount("a", "b", 1, 1, 1e13), "ties must be from 0 to 1000000000000");
        assertBad(() -> PairCount.of(" ", "b", 1, 1), "first must not be blank");
        assertBad(() -> PairCount.of("a", "b".repeat(201), 1, 1), "second must have at most 200 characters");
        assertBad(() -> new Battle("a", "b", 0.3), "score must be 1, 0.5 or 0");
        assertBad(() -> Battle.won("a", "a"), "second must be another player than first");
        Strengths strengths = fitted(List.of(PairCount.of("a", "b", 1, 1)));
        assertBad(() -> strengths.difference("a", "c"), "second must be a player");
        assertBad(() -> strengths.difference("a", "b").interval(1), "confidence must be between 0 and 1");
        assertBad(() -> strengths.strengths().get(0).interval(Double.NaN), "confidence must be between 0 and 1");
        assertBad(() -> strengths.difference("a", "a"), "second must be another player than first");
        List<PairCount> many = IntStream.rangeClosed(1, BradleyTerry.MAX_PLAYERS)
                .mapToObj(i -> PairCount.of(name(0), name(i), 1, 1))
                .toList();
        assertBad(() -> BradleyTerry.fit(many), "counts must name at most 1000 players");
    }

    private static void assertBad(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    private static String name(int number) {
        return Integer.toString(number);
    }

    private static Strengths fitted(List<PairCount> counts) {
        BradleyTerry.Fit fit = BradleyTerry.fit(counts);
        assertThat(fit).isInstanceOf(Strengths.class);
        return (Strengths) fit;
    }

    private static NoStrengths refused(List<PairCount> counts) {
        BradleyTerry.Fit fit = BradleyTerry.fit(counts);
        assertThat(fit).isInstanceOf(NoStrengths.class);
        return (NoStrengths) fit;
    }
}
