package dev.evalstore.recovery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A replica, or a program that receives the log, as the server that sends it sees it. All but the name is null where the
 * role may not see it.
 *
 * @param name its {@code application_name}
 * @param state such as {@code streaming} or {@code catchup}
 * @param syncState {@code async}, {@code potential}, {@code sync} or {@code quorum}
 * @param flushLag how long ago the server wrote what the replica has on its disk; null also where none is measured
 * @param replayLag how long ago the server wrote what the replica shows to its readers; null also where none is measured
 * @param flushBytes how much of the log is not on its disk
 * @param replayBytes how much of the log its readers do not see
 */
public record Replica(
        String name,
        @Nullable String state,
        @Nullable String syncState,
        @Nullable Duration flushLag,
        @Nullable Duration replayLag,
        @Nullable Long flushBytes,
        @Nullable Long replayBytes) {
    /** Whether it would lose at most so much work if the server died now. */
    boolean isWithin(Duration rpo) {
        return "streaming".equals(state) && (flushLag == null || flushLag.compareTo(rpo) <= 0);
    }
}
