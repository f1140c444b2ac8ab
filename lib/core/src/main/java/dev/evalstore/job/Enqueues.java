package dev.evalstore.job;

import dev.evalstore.EnqueueListener;
import dev.evalstore.EnqueueListener.Enqueueing;
import dev.evalstore.TraceContext;
import dev.evalstore.internal.Foreign;
import dev.evalstore.internal.jdbc.Jdbc;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the host's listener around what enqueues, and gives the jobs its trace. Nothing that it throws gets out. */
final class Enqueues {
    private static final Logger LOG = LoggerFactory.getLogger(EnqueueListener.class);

    private Enqueues() {}

    static <T> T run(Jdbc jdbc, List<NewJob> jobs, Function<List<NewJob>, T> create) {
        EnqueueListener listener = jdbc.options().enqueueListener();
        if (listener == null || jobs.isEmpty()) {
            return create.apply(jobs);
        }
        List<NewJob> all = List.copyOf(jobs);
        Enqueueing heard = began(listener, all);
        if (heard == null) {
            return create.apply(all);
        }
        TraceContext trace = trace(heard);
        try {
            T created = create.apply(trace == null ? all : traced(all, trace));
            ended(heard, null);
            return created;
        } catch (Throwable e) {
            ended(heard, e);
            throw e;
        }
    }

    private static @Nullable Enqueueing began(EnqueueListener listener, List<NewJob> jobs) {
        try {
            return listener.began(common(jobs, job -> job.route().queue()), common(jobs, NewJob::type), jobs.size());
        } catch (Throwable e) {
            Foreign.warn(LOG, "the enqueue listener failed", e);
            return null;
        }
    }

    /** What all of them have, or null. */
    private static @Nullable String common(List<NewJob> jobs, Function<NewJob, String> of) {
        String first = of.apply(jobs.get(0));
        return jobs.stream().allMatch(job -> of.apply(job).equals(first)) ? first : null;
    }

    private static @Nullable TraceContext trace(Enqueueing heard) {
        try {
            return heard.trace();
        } catch (Throwable e) {
            Foreign.warn(LOG, "the enqueue listener gave no trace", e);
            return null;
        }
    }

    private static void ended(Enqueueing heard, @Nullable Throwable failure) {
        Foreign.run(LOG, "the enqueue listener at the end", () -> heard.ended(failure));
    }

    /** What a caller gave a job itself stays. */
    private static List<NewJob> traced(List<NewJob> jobs, TraceContext trace) {
        return jobs.stream()
                .map(job -> job.trace() == null ? job.trace(trace) : job)
                .toList();
    }
}
