package dev.evalstore.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParetoFrontsTest {
    private static final Set<Criterion> CRITERIA = Set.of(Criterion.THROUGHPUT, Criterion.LATENCY, Criterion.COST);

    private static Alternative<String> one(String name, double throughput, double latency, double cost) {
        return new Alternative<>(
                name, Map.of(Criterion.THROUGHPUT, throughput, Criterion.LATENCY, latency, Criterion.COST, cost));
    }

    @Test
    void the_first_front_are_those_that_none_dominates() {
        List<Ranked<String>> ranked = ParetoFronts.rank(
                List.of(
                        one("slow and dear", 10, 900, 9),
                        one("fast and dear", 100, 50, 9),
                        one("slow and cheap", 10, 900, 1),
                        one("nearly as fast, as dear", 99, 50, 9),
                        one("equal to the fast one", 100, 50, 9)),
                CRITERIA);
        assertThat(ranked)
                .extracting(r -> r.position() + " " + r.alternative().key())
                .containsExactly(
                        "1 fast and dear",
                        "1 slow and cheap",
                        "1 equal to the fast one",
                        "2 nearly as fast, as dear",
                        "3 slow and dear");
        assertThat(ranked).extracting(Ranked::score).containsExactly(1.0, 1.0, 1.0, 0.5, 1.0 / 3);
        assertThat(ParetoFronts.rank(List.<Alternative<String>>of(), CRITERIA)).isEmpty();
        assertThatThrownBy(() -> ParetoFronts.rank(List.of(one("a", 1, 1, 1)), Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("criteria");
    }

    @Test
    void zero_and_minus_zero_are_equal() {
        assertThat(ParetoFronts.rank(List.of(one("a", 0.0, 1, 1), one("b", -0.0, 1, 1)), CRITERIA))
                .extracting(Ranked::position)
                .containsExactly(1, 1);
    }

    /** Each member of a chain has a front of its own; none of the other shapes has more than a few fronts. */
    @Test
    void thousands_of_alternatives_are_sorted_at_once() {
        int count = 4_000;
        List<Alternative<String>> chain = new ArrayList<>();
        List<Alternative<String>> equal = new ArrayList<>();
        List<Alternative<String>> oneFront = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            chain.add(one("a" + i, i, count - i, count - i));
            equal.add(one("a" + i, 1, 1, 1));
            oneFront.add(one("a" + i, i, i, 1));
        }
        Collections.shuffle(chain, new Random(7));
        List<Ranked<String>> chained = ParetoFronts.rank(chain, CRITERIA);
        assertThat(chained)
                .extracting(r -> r.alternative().key())
                .startsWith("a3999", "a3998")
                .endsWith("a0");
        assertThat(chained.get(count - 1).position()).isEqualTo(count);
        assertThat(ParetoFronts.rank(equal, CRITERIA)).allMatch(r -> r.position() == 1);
        assertThat(ParetoFronts.rank(oneFront, CRITERIA))
                .extracting(Ranked::alternative)
                .isEqualTo(oneFront);
    }

    /** Front by front, as the definition reads. */
    private static List<Ranked<String>> naive(List<Alternative<String>> all, Set<Criterion> criteria) {
        List<Ranked<String>> ranked = new ArrayList<>();
        List<Alternative<String>> left = new ArrayList<>(all);
        for (int front = 1; !left.isEmpty(); front++) {
            List<Alternative<String>> before = List.copyOf(left);
            int number = front;
            before.stream()
                    .filter(one -> before.stream().noneMatch(other -> ParetoFronts.dominates(other, one, criteria)))
                    .forEach(one -> {
                        ranked.add(new Ranked<>(one, 1.0 / number, number));
                        left.remove(one);
                    });
        }
        return ranked;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void fronts_are_those_of_the_definition(long seed) {
        Random random = new Random(seed);
        List<Set<Criterion>> sets =
                List.of(CRITERIA, Set.of(Criterion.COST), Set.of(Criterion.THROUGHPUT, Criterion.LATENCY));
        for (Set<Criterion> criteria : sets) {
            for (int spread : new int[] {1, 2, 5, 30, 1_000}) {
                List<Alternative<String>> all = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    all.add(one(
                            "a" + i,
                            random.nextInt(spread) - spread / 2,
                            random.nextBoolean() ? -0.0 : random.nextInt(spread),
                            random.nextInt(spread)));
                }
                assertThat(ParetoFronts.rank(all, criteria)).isEqualTo(naive(all, criteria));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
    void within_a_front_none_dominates_and_each_later_one_is_dominated_from_the_front_before(long seed) {
        Random random = new Random(seed);
        List<Alternative<String>> all = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            all.add(one("a" + i, random.nextInt(12), random.nextInt(12), random.nextInt(12)));
        }
        List<Ranked<String>> ranked = ParetoFronts.rank(all, CRITERIA);
        TreeMap<Integer, List<Alternative<String>>> fronts = new TreeMap<>();
        ranked.forEach(r ->
                fronts.computeIfAbsent(r.position(), k -> new ArrayList<>()).add(r.alternative()));
        assertThat(ranked).hasSameSizeAs(all);
        fronts.forEach((number, members) -> {
            for (Alternative<String> member : members) {
                assertThat(members).noneMatch(other -> ParetoFronts.dominates(other, member, CRITERIA));
                if (number > 1) {
                    assertThat(fronts.get(number - 1))
                            .anyMatch(other -> ParetoFronts.dominates(other, member, CRITERIA));
                }
            }
        });
        List<Alternative<String>> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        assertThat(new HashSet<>(ParetoFronts.rank(shuffled, CRITERIA))).isEqualTo(new HashSet<>(ranked));
    }
}
