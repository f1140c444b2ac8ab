package dev.evalstore.matrix;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A model version's results of one day. Averages are over the results that measured the figure; null where none did.
 *
 * @param id version 7
 * @param modelVersionId the model version
 * @param statsDate the day (UTC)
 * @param resultCount how many results there are
 * @param avgTtftP90Ms time to the first token, in milliseconds
 * @param avgTpotP90Ms time for each further token, in milliseconds
 * @param avgThroughputTokensSec tokens a second
 * @param maxThroughputTokensSec the most tokens a second
 * @param avgRpsSustained requests a second
 * @param avgAccuracyScore accuracy
 * @param createdAt when the day was first summed up
 * @param updatedAt when it was last summed up
 */
public record DailyModelStats(
        UUID id,
        UUID modelVersionId,
        LocalDate statsDate,
        long resultCount,
        @Nullable Double avgTtftP90Ms,
        @Nullable Double avgTpotP90Ms,
        @Nullable Double avgThroughputTokensSec,
        @Nullable Double maxThroughputTokensSec,
        @Nullable Double avgRpsSustained,
        @Nullable Double avgAccuracyScore,
        Instant createdAt,
        Instant updatedAt) {}
