package dev.evalstore.job;

import dev.evalstore.Lease;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several listeners as one. */
final class RunnerListeners implements RunnerListener {
    private final List<RunnerEvents> each;

    RunnerListeners(List<RunnerListener> listeners) {
        each = listeners.stream().map(RunnerEvents::new).toList();
    }

    @Override
    public void claimed(ClaimedJob job) {
        each.forEach(listener -> listener.claimed(job));
    }

    @Override
    public void started(ClaimedJob job) {
        each.forEach(listener -> listener.started(job));
    }

    @Override
    public void ended(ClaimedJob job, End end, Duration time, @Nullable Throwable failure) {
        for (int i = each.size() - 1; i >= 0; i--) {
            each.get(i).ended(job, end, time, failure);
        }
    }

    @Override
    public void lost(Lease lease) {
        each.forEach(listener -> listener.lost(lease));
    }
}
