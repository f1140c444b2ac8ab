package dev.evalstore.matrix;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The results of a model version on one day, summed up. Each average is over the results that measured the figure; null
 * where none did.
 *
 * @param id version 7
 * @param statsDate the day (UTC)
 * @param resultCount how many results there are
 * @param avgTtftP90Ms average time to the first token, in milliseconds
 * @param avgTpotP90Ms average time for each further token, in milliseconds
 * @param avgThroughputTokensSec average tokens a second
 * @param maxThroughputTokensSec maximum tokens a second
 * @param avgRpsSustained average requests a second
 * @param avgAccuracyScore average accuracy
 * @param createdAt when the day was first summed up, by the server's clock
 * @param updatedAt when the day was last summed up, by the server's clock
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
