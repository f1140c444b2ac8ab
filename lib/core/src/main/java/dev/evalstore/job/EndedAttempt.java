package dev.evalstore.job;

import dev.evalstore.job.RunnerListener.End;
import org.jspecify.annotations.Nullable;

/**
 * An attempt at a job, as {@link JobRunner.Builder#runDue} made it.
 *
 * @param job the job as it was claimed
 * @param end what was stored
 * @param failure what the handler threw, or why its payload or its result could not be used; null otherwise
 */
public record EndedAttempt(
        ClaimedJob job, End end, @Nullable Throwable failure) {}
