package dev.evalstore.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many jobs of a queue wait and run.
 *
 * @param queue its name
 * @param ready jobs that may be claimed
 * @param scheduled jobs that wait for their time, and jobs whose time has come and that the next claim makes ready
 * @param running jobs that a worker owns
 * @param oldestDue as in {@link JobStats.OfQueue#oldestDue}; null when none is due
 */
public record QueueDepth(
        String queue,
        long ready,
        long scheduled,
        long running,
        @Nullable Duration oldestDue) {}
