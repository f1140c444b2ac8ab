package dev.evalstore.matrix;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;

/**
 * A model version's place in a set. Times are the server's.
 *
 * @param id version 7
 * @param generation the same for the whole set; it only grows
 * @param useCaseCategory what they were compared for
 * @param method how they were compared
 * @param modelVersionId the model version
 * @param compositeScore 0 to 1, higher is better
 * @param rankPosition 1 for the best; by dominance the front, shared by its members
 * @param scoreBreakdown the values that were compared: criterion to number
 * @param calculatedAt when the set was made
 * @param expiresAt until when it is read
 */
public record ModelRanking(
        UUID id,
        long generation,
        String useCaseCategory,
        RankingMethod method,
        UUID modelVersionId,
        double compositeScore,
        int rankPosition,
        Json scoreBreakdown,
        Instant calculatedAt,
        Instant expiresAt) {}
