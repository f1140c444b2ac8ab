package dev.evalstore.job;

import dev.evalstore.Lease;
import dev.evalstore.internal.Foreign;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The host's listener, whose failures change nothing. */
record RunnerEvents(@Nullable RunnerListener listener) implements RunnerListener {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    @Override
    public void claimed(ClaimedJob job) {
        if (listener != null) {
            Foreign.run(LOG, "the runner's listener at a claim", () -> listener.claimed(job));
        }
    }

    @Override
    public void started(ClaimedJob job) {
        if (listener != null) {
            Foreign.run(LOG, "the runner's listener at a start", () -> listener.started(job));
        }
    }

    @Override
    public void ended(ClaimedJob job, End end, Duration time, @Nullable Throwable failure) {
        if (listener != null) {
            Foreign.run(LOG, "the runner's listener at an end", () -> listener.ended(job, end, time, failure));
        }
    }

    @Override
    public void lost(Lease lease) {
        if (listener != null) {
            Foreign.run(LOG, "the runner's listener at a loss", () -> listener.lost(lease));
        }
    }
}
