package dev.evalstore.job;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How many jobs there are, by queue.
 *
 * @param queues those that have jobs, by name
 */
public record JobStats(List<OfQueue> queues) {
    public JobStats {
        queues = List.copyOf(queues);
    }

    /**
     * The numbers of one queue.
     *
     * @param queue its name
     * @param ready jobs that may be claimed
     * @param scheduled jobs that wait for their time, and jobs whose time has come and that the next claim makes ready
     * @param running jobs that a worker owns
     * @param completed kept jobs that ended with success
     * @param failed kept jobs that ended with an error
     * @param cancelled kept jobs that were cancelled
     * @param oldestDue for how long the oldest due job has been due: since it was enqueued, or since its time came,
     *     also where it was released meanwhile. Null when none is due. With more than 10,000 ready jobs, only the
     *     10,000 oldest and the oldest of each route are looked at. Another one may have been due for longer
     */
    public record OfQueue(
            String queue,
            long ready,
            long scheduled,
            long running,
            long completed,
            long failed,
            long cancelled,
            @Nullable Duration oldestDue) {
        /** Ready and scheduled. */
        public long pending() {
            return ready + scheduled;
        }

        /** All jobs. */
        public long total() {
            return ready + scheduled + running + completed + failed + cancelled;
        }
    }

    /** Jobs of all queues that may be claimed. */
    public long ready() {
        return sum(OfQueue::ready);
    }

    /**
     * Jobs of all queues that wait for their time, and jobs whose time has come and that the next claim makes ready.
     */
    public long scheduled() {
        return sum(OfQueue::scheduled);
    }

    /** Ready and scheduled jobs of all queues. */
    public long pending() {
        return sum(OfQueue::pending);
    }

    /** Jobs of all queues that a worker owns. */
    public long running() {
        return sum(OfQueue::running);
    }

    /** Kept jobs of all queues that ended with success. */
    public long completed() {
        return sum(OfQueue::completed);
    }

    /** Kept jobs of all queues that ended with an error. */
    public long failed() {
        return sum(OfQueue::failed);
    }

    /** Kept jobs of all queues that were cancelled. */
    public long cancelled() {
        return sum(OfQueue::cancelled);
    }

    /** All jobs of all queues. */
    public long total() {
        return sum(OfQueue::total);
    }

    /**
     * For how long the oldest due job of all queues has been due; null when none is due. See {@link OfQueue#oldestDue}.
     */
    public @Nullable Duration oldestDue() {
        return queues.stream()
                .map(OfQueue::oldestDue)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    private long sum(ToLongFunction<OfQueue> number) {
        return queues.stream().mapToLong(number).sum();
    }

    /** The numbers of a queue; all zero where it has no jobs. */
    public OfQueue of(String queue) {
        return queues.stream()
                .filter(q -> q.queue().equals(queue))
                .findFirst()
                .orElse(new OfQueue(queue, 0, 0, 0, 0, 0, 0, null));
    }
}
