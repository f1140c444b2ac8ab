package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import java.util.List;
import java.util.Objects;

/**
 * That the players have no strengths, and why. A player who never lost could be infinitely strong, and two players
 * whom no battle joins, even through others, cannot be compared.
 *
 * @param reason why
 * @param groups all players, split as the reason says, by name within a group. {@link Reason#DISCONNECTED}: players whom
 *     battles join, directly or through others, the greatest group first; a group may still have no strengths of its own.
 *     {@link Reason#ONE_SIDED}: players who have strengths among themselves; no group took a win or tie from one before it.
 *     {@link Reason#TOO_UNEVEN}: one group
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
        Objects.requireNonNull(reason, "reason");
        groups = names("groups", groups).stream()
                .map(group -> names("groups", group))
                .toList();
        unbeaten = names("unbeaten", unbeaten);
        winless = names("winless", winless);
    }

    private static <T> List<T> names(String name, List<T> names) {
        return Inputs.list(name, names, 0, Integer.MAX_VALUE);
    }
}
