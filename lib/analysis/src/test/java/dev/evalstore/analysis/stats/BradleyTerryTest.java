package dev.evalstore.analysis.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
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

    static Strengths fitted(List<PairCount> counts) {
        BradleyTerry.Fit fit = BradleyTerry.fit(counts);
        assertThat(fit).isInstanceOf(Strengths.class);
        return (Strengths) fit;
    }

    static NoStrengths refused(List<PairCount> counts) {
        BradleyTerry.Fit fit = BradleyTerry.fit(counts);
        assertThat(fit).isInstanceOf(NoStrengths.class);
        return (NoStrengths) fit;
    }
}
