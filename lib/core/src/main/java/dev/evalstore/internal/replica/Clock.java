package dev.evalstore.internal.replica;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The primary's clock, carried on by this process's elapsed time: no wall clock of this process or of a replica is compared with
 * it. It is ahead by the round trip in which it was read, so a lag is never taken for less than it is.
 */
final class Clock {
    private volatile @Nullable Reading last;

    /** The primary's answer to what was sent at a moment of this process, in nanoseconds. */
    record Reading(Heartbeat.Primary primary, long sent) {
        /** How long ago a time of the primary was; null for a time ahead, which tells that its clock was set back. */
        @Nullable
        Duration since(Instant time) {
            Duration passed = Duration.between(time, primary.at()).plusNanos(System.nanoTime() - sent);
            return passed.isNegative() ? null : passed;
        }
    }

    void read(Heartbeat.Primary primary, long sent) {
        last = new Reading(primary, sent);
    }

    @Nullable
    Reading last() {
        return last;
    }
}
