package dev.evalstore.job;

import org.jspecify.annotations.Nullable;

/**
 * Runs jobs of one type. A handler may run more than once for a job: after a crash, a timeout, or a lost worker. Effects that must
 * happen once belong into {@link JobContext#complete}.
 *
 * @param <P> the payload's type
 */
@FunctionalInterface
public interface JobHandler<P> {
    /**
     * Does the work.
     *
     * @return the job's result, written as JSON by {@code Json.of}, or null; ignored after {@link JobContext#complete} and {@link
     *     JobContext#snooze}
     * @throws JobFailedException to say when to retry, or that no retry can help
     * @throws Exception for any other failure; its text becomes the job's error
     */
    @Nullable
    Object run(JobContext<P> context) throws Exception;
}
