package dev.evalstore.job;

import dev.evalstore.Json;
import dev.evalstore.LeaseLostException;
import dev.evalstore.internal.ErrorText;
import dev.evalstore.internal.Foreign;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Calls the host's code for one job after the other: payload, handler, result, listener. Nothing that it throws gets out. */
final class RunnerHandlers {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    private final RunnerListener listener;

    RunnerHandlers(RunnerListener listener) {
        this.listener = listener;
    }

    /** Takes what a handler's run gave. */
    @FunctionalInterface
    interface Settle {
        /**
         * Takes the ending, and says what it comes to.
         *
         * @param nanos how long the handler ran
         */
        RunnerListener.End settle(Ending ending, long nanos);
    }

    /** What came of the host's code. */
    private record Result(Ending ending, @Nullable Throwable failure) {}

    /** Runs a job that has begun, on the calling thread. */
    void run(RunningJob<?> job, Settle to) {
        String before = nameJob(job);
        try {
            listener.started(job.claimed());
            long start = System.nanoTime();
            Result result;
            try {
                result = handle(job);
            } finally {
                job.leave();
            }
            long nanos = System.nanoTime() - start;
            RunnerListener.End end = to.settle(result.ending(), nanos);
            listener.ended(job.claimed(), end, Duration.ofNanos(nanos), result.failure());
        } finally {
            unnameJob(before);
        }
    }

    private static Result handle(RunningJob<?> job) {
        try {
            job.readPayload();
        } catch (Throwable e) {
            // Retried: while a new version is rolled out, another runner may know the payload's form.
            return failed(job, e, ErrorText.of("its payload does not fit: ", e));
        }
        try {
            Json result = job.handle();
            return new Result(new Ending.Ended(new Completion(job.lease(), result, job.usage())), null);
        } catch (JobFailedException e) {
            Failure failure =
                    new Failure(job.lease(), ErrorText.message(e), e.retryAfter(), e.permanent(), job.usage());
            return new Result(new Ending.Ended(failure), e);
        } catch (Throwable e) {
            if (job.isCancelled()) {
                return new Result(new Ending.Cancelled(job.lease()), e);
            }
            if (e instanceof LeaseLostException) {
                LOG.warn("a handler found its lease lost");
            }
            return failed(job, e, ErrorText.of(e));
        }
    }

    private static Result failed(RunningJob<?> job, Throwable e, String error) {
        return new Result(new Ending.Ended(Failure.of(job.lease(), error).usage(job.usage())), e);
    }

    /** Puts the job's id where the host's loggers find it, and returns what was there. */
    private static @Nullable String nameJob(RunningJob<?> job) {
        try {
            String before = MDC.get(JobRunner.MDC_JOB);
            MDC.put(JobRunner.MDC_JOB, job.job().id().toString());
            return before;
        } catch (Throwable e) {
            Foreign.warn(LOG, "the job's id could not be put in the MDC", e);
            return null;
        }
    }

    private static void unnameJob(@Nullable String before) {
        Foreign.run(LOG, "restoring the MDC", () -> {
            if (before == null) {
                MDC.remove(JobRunner.MDC_JOB);
            } else {
                MDC.put(JobRunner.MDC_JOB, before);
            }
        });
    }
}
