package dev.evalstore.job;

import org.jspecify.annotations.Nullable;

/**
 * Runs jobs of one type. It may be run more than once for a job: after a crash, a timeout, a lost worker. What must happen
 * once belongs into {@link JobContext#complete}.
 *
 * @param <P> the payload's type
 */
@FunctionalInterface
public interface JobHandler<P> {
    /**
     * Does the work.
     *
     * @return the job's result, written as JSON by {@code Json.of}, or null; not regarded after {@link JobContext#complete}
     * @throws JobFailedException to say when, or that no retry helps
     * @throws Exception whatever goes wrong; it is an ordinary failure with the exception's text
     */
    @Nullable
    Object run(JobContext<P> context) throws Exception;
}
