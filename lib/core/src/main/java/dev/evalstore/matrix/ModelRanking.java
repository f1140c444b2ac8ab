package dev.evalstore.matrix;

import dev.evalstore.Json;
import java.time.Instant;
import java.util.UUID;

/**
 * The place of a model version in a set of rankings. Times are the server's.
 *
 * @param id version 7
 * @param generation the same for the whole set; later sets have greater numbers
 * @param useCaseCategory the category of the use case for which the set compares
 * @param method how the set compares
 * @param compositeScore 0 to 1, higher is better
 * @param rankPosition 1 for the best; by {@link RankingMethod#PARETO} the number of the front, shared by its members
 * @param scoreBreakdown the values that were compared: criterion to number
 * @param calculatedAt when the set was stored
 * @param expiresAt when the set stops being listed
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
