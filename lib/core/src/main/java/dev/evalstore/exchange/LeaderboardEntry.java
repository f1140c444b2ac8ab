package dev.evalstore.exchange;

import org.jspecify.annotations.Nullable;

/**
 * A place on a board.
 *
 * @param rank 1 for the best; equal scores share a rank, and the next rank skips as many
 * @param submission the model's best submission; null on a board as of a moment, where the viewer may not see it now
 */
public record LeaderboardEntry(long rank, @Nullable RankedSubmission submission) {}
