package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;

/**
 * One comparison of two players, such as two models that answered the same prompt.
 *
 * @param first a player, of 200 characters at most
 * @param second another player
 * @param score what the first got: 1 for a win, 0.5 for a tie, 0 for a loss
 */
public record Battle(String first, String second, double score) {
    static final int MAX_NAME = 200;

    /** Refuses what is no battle. */
    public Battle {
        Inputs.text("first", first, MAX_NAME);
        Inputs.text("second", second, MAX_NAME);
        if (first.equals(second)) {
            throw new IllegalArgumentException("second must be another player than first");
        }
        if (score != 1 && score != 0.5 && score != 0) {
            throw new IllegalArgumentException("score must be 1, 0.5 or 0");
        }
    }

    /** A battle that the winner won. */
    public static Battle won(String winner, String loser) {
        return new Battle(winner, loser, 1);
    }

    /** A battle that nobody won. */
    public static Battle tied(String first, String second) {
        return new Battle(first, second, 0.5);
    }
}
