package dev.evalstore.job;

import dev.evalstore.Lease;
import java.time.Duration;

/** One of the ways in which a runner parts with a job. */
sealed interface Ending {
    /** The lease of the attempt that ends. */
    Lease lease();

    /** The handler came to an end. */
    record Ended(Outcome outcome) implements Ending {
        @Override
        public Lease lease() {
            return outcome.lease();
        }
    }

    /** The handler stopped because its job was cancelled. */
    record Cancelled(Lease lease) implements Ending {}

    /** The job did not begin, and other runners may run it. */
    record Released(Lease lease) implements Ending {}

    /** The job did not begin, and may run later. */
    record Snoozed(Lease lease, Duration delay) implements Ending {}
}
