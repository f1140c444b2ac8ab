package dev.evalstore.analysis.stats;

/**
 * A player's rating by {@link Elo}.
 *
 * @param player its name
 * @param rating in Elo points
 * @param battles how many made it
 */
public record EloRating(String player, double rating, long battles) {}
