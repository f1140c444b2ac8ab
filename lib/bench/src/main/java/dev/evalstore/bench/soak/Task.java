package dev.evalstore.bench.soak;

import java.util.Random;

/**
 * What a job of the soak is to do.
 *
 * @param name tells it from all others
 * @param how it behaves
 */
record Task(String name, How how) {
    static final String TYPE = "soak";

    /** The type of those that are enqueued by the thousand. */
    static final String LOAD = "load";

    /** How a job behaves. */
    enum How {
        /** Writes its effect and completes in one commit. */
        EFFECT(60),
        /** Completes through the runner's buffer, without an effect. */
        PLAIN(20),
        /** The same as an effect, one of a bounded number at a time. */
        LIMITED(12),
        /** Fails twice before it writes its effect. */
        RETRY(6),
        /** Fails for good. */
        FAIL(6),
        /** Puts itself off once. */
        SNOOZE(5),
        /** Takes longer than its worker's time to live, and saves its progress. */
        SLOW(2),
        /** Does nothing until its time is up, once. */
        HANG(1),
        /** Waits to be cancelled. */
        CANCEL(4);

        private static final int ALL = 116;

        private final int share;

        How(int share) {
            this.share = share;
        }

        static How drawn(Random random) {
            int left = random.nextInt(ALL);
            for (How how : values()) {
                left -= how.share;
                if (left < 0) {
                    return how;
                }
            }
            throw new IllegalStateException("the shares do not add up");
        }
    }
}
