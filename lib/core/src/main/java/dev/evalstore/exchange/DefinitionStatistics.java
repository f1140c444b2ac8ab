package dev.evalstore.exchange;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Figures over the live public submissions to all versions of a benchmark definition. Scores are compared only where
 * they measure the same: {@code scores} and {@code topVerified…} are of the versions whose primary metric has the name,
 * kind, unit, direction and range of that of {@code versionId}.
 *
 * @param submissions how many there are
 * @param models how many models they are of, as {@link ModelSubject} tells models apart
 * @param providers how many providers the models are of
 * @param submitters how many users submitted them; those who are not known are not counted
 * @param versionId the version of the highest precedence that has a submission, or null without any
 * @param topVerifiedId the best submission that is at least platform verified, of equal ones the earliest, or null
 *     without any
 * @param topVerifiedScore its score
 * @param firstSubmittedAt when the first one was submitted, or null without any
 * @param lastSubmittedAt when the last one was submitted, or null without any
 * @param computedAt the moment that the figures are of, by the server's clock
 */
public record DefinitionStatistics(
        UUID definitionId,
        long submissions,
        long models,
        long providers,
        long submitters,
        @Nullable UUID versionId,
        ScoreSummary scores,
        @Nullable UUID topVerifiedId,
        @Nullable Double topVerifiedScore,
        @Nullable Instant firstSubmittedAt,
        @Nullable Instant lastSubmittedAt,
        Instant computedAt) {}
