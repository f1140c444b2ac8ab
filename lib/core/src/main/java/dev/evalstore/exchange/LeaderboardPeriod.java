package dev.evalstore.exchange;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * For how long a submission was the best of its model on a board.
 *
 * @param validFrom since when, by the server's clock
 * @param validTo since when it no longer was, or null while it is
 */
public record LeaderboardPeriod(
        RankedSubmission submission,
        Instant validFrom,
        @Nullable Instant validTo) {}
