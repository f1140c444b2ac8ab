package dev.evalstore.micrometer;

import dev.evalstore.Lease;
import dev.evalstore.job.ClaimedJob;
import dev.evalstore.job.Job;
import dev.evalstore.job.RunnerListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What this process's runners do, by type of job. */
final class RunnerMeters implements RunnerListener {
    private final Meters meters;
    private final Names types;
    private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();

    RunnerMeters(Meters meters) {
        this.meters = meters;
        this.types = new Names(meters.maxNames());
        // There from the beginning, so that the first loss is an increase.
        leasesLost();
    }

    @Override
    public void claimed(ClaimedJob claimed) {
        Tags tags = ofType(claimed);
        meters.counter("evalstore.jobs.claimed", "Jobs that runners of this process have claimed.", tags)
                .increment();
        Job job = claimed.job();
        Instant since = job.runAt() == null ? job.createdAt() : job.runAt();
        if (job.startedAt() != null) {
            // Both are the server's times. A job that was released or lost has been due all the time.
            Duration wait = Duration.between(since, job.startedAt());
            meters.timer("evalstore.jobs.wait", "From when a job was due until it was claimed.", tags)
                    .record(wait.isNegative() ? Duration.ZERO : wait);
        }
    }

    @Override
    public void started(ClaimedJob job) {
        running(job).incrementAndGet();
    }

    @Override
    public void ended(ClaimedJob job, End end, Duration time, @Nullable Throwable failure) {
        running(job).decrementAndGet();
        meters.timer(
                        "evalstore.jobs.duration",
                        "How long handlers ran, by how that ended.",
                        ofType(job).and("outcome", end.name().toLowerCase(Locale.ROOT)))
                .record(time);
    }

    @Override
    public void lost(Lease lease) {
        leasesLost().increment();
    }

    private Counter leasesLost() {
        return meters.counter("evalstore.jobs.leases.lost", "Leases of jobs that were lost.", Tags.empty());
    }

    private AtomicInteger running(ClaimedJob job) {
        return running.computeIfAbsent(types.of(job.job().jobType()), type -> {
            AtomicInteger number = new AtomicInteger();
            meters.gauge(
                    "evalstore.jobs.running", "Handlers that run in this process.", Tags.of("type", type), number::get);
            return number;
        });
    }

    private Tags ofType(ClaimedJob job) {
        return Tags.of("type", types.of(job.job().jobType()));
    }
}
