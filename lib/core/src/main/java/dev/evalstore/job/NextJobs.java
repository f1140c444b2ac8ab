package dev.evalstore.job;

import dev.evalstore.Lease;
import java.util.List;

/**
 * The answer of {@link JobRepository#next}.
 *
 * @param claimed the claimed jobs, highest priority first, then oldest; empty when nothing is due
 * @param lost the leases among the outcomes' that are no longer held, for which nothing was written; empty when all is
 *     well
 */
public record NextJobs(List<ClaimedJob> claimed, List<Lease> lost) {
    public NextJobs {
        claimed = List.copyOf(claimed);
        lost = List.copyOf(lost);
    }
}
