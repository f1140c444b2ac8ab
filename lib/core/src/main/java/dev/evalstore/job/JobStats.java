package dev.evalstore.job;

import java.time.Duration;
import java.util.List;
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
     * The figures of one queue.
     *
     * @param queue its name
     * @param ready may be claimed
     * @param scheduled wait for their time, or were not made ready since that came, which the next claim does
     * @param running are owned by workers
     * @param completed ended with a result, and are kept
     * @param failed ended with an error, and are kept
     * @param cancelled were called off, and are kept
     * @param oldestDue how long the job that has been due longest has been so: since it was enqueued, or where it had to wait for
     *     a time, since that; also when it was given back meanwhile. Null when none is due. Where more than 10,000 jobs are
     *     ready, the 10,000 oldest and the oldest of each route stand for them, and it may be longer
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

        /** All of them. */
        public long total() {
            return ready + scheduled + running + completed + failed + cancelled;
        }
    }

    /** All jobs of all queues. */
    public long total() {
        return queues.stream().mapToLong(OfQueue::total).sum();
    }

    /** The figures of a queue; all zero where it has no jobs. */
    public OfQueue of(String queue) {
        return queues.stream()
                .filter(q -> q.queue().equals(queue))
                .findFirst()
                .orElse(new OfQueue(queue, 0, 0, 0, 0, 0, 0, null));
    }
}
