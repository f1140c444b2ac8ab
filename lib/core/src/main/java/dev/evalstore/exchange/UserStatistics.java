package dev.evalstore.exchange;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Figures over the live public submissions of a user, and over what the user did in governance.
 *
 * @param submissions how many there are
 * @param verified how many of them are at least platform verified
 * @param definitions how many benchmark definitions they are for
 * @param meanScore the mean of their scores, each put into the range of its metric: 0 is the worst, 1 the best, whichever
 *     direction is better. A metric without both bounds has the range 0 to 1 if its version has test cases. Scores
 *     without a range, such as a throughput or a z-score, do not count; null where none has one
 * @param bestRank the best rank that one of them has on a {@link Board#OVERALL} board, or null without an entry
 * @param bestVerifiedRank the same on the boards {@link Board#VERIFIED}
 * @param proposals how many proposals the user has made, whatever became of them
 * @param votes how many votes the user has on proposals
 * @param reviews how many reviews of proposals the user has completed
 * @param computedAt the moment that the figures are of, by the server's clock
 */
public record UserStatistics(
        UUID userId,
        long submissions,
        long verified,
        long definitions,
        @Nullable Double meanScore,
        @Nullable Long bestRank,
        @Nullable Long bestVerifiedRank,
        long proposals,
        long votes,
        long reviews,
        Instant computedAt) {}
