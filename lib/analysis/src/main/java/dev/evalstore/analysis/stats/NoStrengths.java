package dev.evalstore.analysis.stats;

import java.util.List;

/**
 * That the players have no strengths, and why. A player who never lost could be infinitely strong, and two players
 * whom no battle joins, even through others, cannot be compared.
 *
 * @param reason why
 * @param groups the players who can be compared with each other, by name within a group. {@link Reason#DISCONNECTED}: the
 *     greatest group first. {@link Reason#ONE_SIDED}: no group took a win or tie from one before it
 * @param unbeaten players who won, and neither lost nor tied, by name
 * @param winless players who lost, and neither won nor tied, by name
 */
public record NoStrengths(Reason reason, List<List<String>> groups, List<String> unbeaten, List<String> winless)
        implements BradleyTerry.Fit {
    /** Why there are no strengths. */
    public enum Reason {
        /** No battle joins the groups. */
        DISCONNECTED,

        /** Battles join the groups, and some group took neither a win nor a tie from those before it. */
        ONE_SIDED,

        /** Strengths exist, and counts differ by so many orders of magnitude that a double does not hold them. */
        TOO_UNEVEN
    }

    /** Copies the lists. */
    public NoStrengths {
        groups = groups.stream().map(List::copyOf).toList();
        unbeaten = List.copyOf(unbeaten);
        winless = List.copyOf(winless);
    }
}
