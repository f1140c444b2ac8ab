package dev.evalstore.exchange;

import java.util.List;

/**
 * Models that cannot be told apart from the best of them.
 *
 * @param number 1 for the best tier
 * @param entries its entries in the order of the board, at least one
 */
public record Tier(int number, List<LeaderboardEntry> entries) {
    public Tier {
        entries = List.copyOf(entries);
    }
}
