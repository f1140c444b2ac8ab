package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the battles of two players came to. Wins need not be whole numbers: a battle may weigh more or less than another.
 *
 * @param first a player, of 200 characters at most
 * @param second another player
 * @param firstWins 0 to {@value #MAX_COUNT}
 * @param secondWins 0 to {@value #MAX_COUNT}
 * @param ties 0 to {@value #MAX_COUNT}
 */
public record PairCount(String first, String second, double firstWins, double secondWins, double ties) {
    /** The greatest number of wins of a player over another, and of their ties. */
    public static final double MAX_COUNT = 1e12;

    /** Refuses what is no count. */
    public PairCount {
        Inputs.text("first", first, Battle.MAX_NAME);
        Inputs.text("second", second, Battle.MAX_NAME);
        if (first.equals(second)) {
            throw new IllegalArgumentException("second must be another player than first");
        }
        Inputs.range("firstWins", firstWins, 0, MAX_COUNT);
        Inputs.range("secondWins", secondWins, 0, MAX_COUNT);
        Inputs.range("ties", ties, 0, MAX_COUNT);
    }

    /** A pair without ties. */
    public static PairCount of(String first, String second, double firstWins, double secondWins) {
        return new PairCount(first, second, firstWins, secondWins, 0);
    }

    /** Counts battles, whose order does not matter. One entry for each pair that met, ordered by its names. */
    public static List<PairCount> of(Iterable<Battle> battles) {
        Map<String, Map<String, double[]>> pairs = new TreeMap<>();
        for (Battle battle : Objects.requireNonNull(battles, "battles")) {
            Objects.requireNonNull(battle, "battles");
            boolean isOrdered = battle.first().compareTo(battle.second()) < 0;
            double score = isOrdered ? battle.score() : 1 - battle.score();
            double[] counts = pairs.computeIfAbsent(
                            isOrdered ? battle.first() : battle.second(), first -> new TreeMap<>())
                    .computeIfAbsent(isOrdered ? battle.second() : battle.first(), second -> new double[3]);
            counts[score == 1 ? 0 : score == 0 ? 1 : 2]++;
        }
        List<PairCount> list = new ArrayList<>();
        pairs.forEach((first, others) -> others.forEach(
                (second, counts) -> list.add(new PairCount(first, second, counts[0], counts[1], counts[2]))));
        return List.copyOf(list);
    }
}
