package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Elo's ratings: each battle moves points from the loser to the winner, the more the less it was expected. The expected
 * score of a player who is d points above the other is 1 / (1 + 10<sup>-d/400</sup>); K times what the score is above it
 * is moved.
 *
 * <p><b>The order of the battles matters</b>: the last ones weigh most, and the same battles in another order give other
 * ratings. So Elo follows players who change. For players who do not, such as fixed versions of models, {@link
 * BradleyTerry} uses each battle alike, and has standard errors.
 *
 * <p>Source: A. E. Elo, The Rating of Chessplayers, Past and Present, 1978.
 *
 * @param k how many points one battle may move; above 0, at most 1,000
 * @param initial the rating before the first battle, from -100,000 to 100,000
 */
public record Elo(double k, double initial) {
    /** K is 32 and ratings begin at 1,000. */
    public static final Elo DEFAULT = new Elo(32, 1_000);

    private static final double MAX_K = 1_000;
    private static final double MAX_INITIAL = 100_000;

    /** Refuses what is out of range. */
    public Elo {
        Inputs.range("k", k, Double.MIN_NORMAL, MAX_K);
        Inputs.range("initial", initial, -MAX_INITIAL, MAX_INITIAL);
    }

    /** The ratings after these battles, one after the other; the highest first, equal ones by name. Empty without battles. */
    public List<EloRating> rate(Iterable<Battle> battles) {
        Map<String, State> states = new TreeMap<>();
        for (Battle battle : Objects.requireNonNull(battles, "battles")) {
            Objects.requireNonNull(battle, "battles");
            State first = states.computeIfAbsent(battle.first(), name -> new State(initial));
            State second = states.computeIfAbsent(battle.second(), name -> new State(initial));
            double moved = k * (battle.score() - expectedScore(first.rating, second.rating));
            first.add(moved);
            second.add(-moved);
        }
        return states.entrySet().stream()
                .map(entry -> new EloRating(entry.getKey(), entry.getValue().rating, entry.getValue().battles))
                .sorted(Comparator.comparingDouble(EloRating::rating).reversed())
                .toList();
    }

    /**
     * The score from 0 to 1 that a player with the first rating is expected to get from one with the second.
     *
     * @throws IllegalArgumentException if a rating is not finite
     */
    public static double expectedScore(double first, double second) {
        Inputs.finite("first", first);
        Inputs.finite("second", second);
        return 1 / (1 + StrictMath.pow(10, (second - first) / 400));
    }

    private static final class State {
        private double rating;
        private long battles;

        private State(double rating) {
            this.rating = rating;
        }

        private void add(double points) {
            rating += points;
            battles++;
        }
    }
}
