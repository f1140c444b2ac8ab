package dev.evalstore.bench;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Time-ordered ids for the sides that do without the library, so that their indexes grow at the same end as its own. */
final class Ids {
    private static final AtomicLong LAST = new AtomicLong(System.currentTimeMillis() << 12);

    private Ids() {}

    static UUID next() {
        long counted = LAST.incrementAndGet();
        long high = (counted >>> 12 << 16) | 0x7000 | (counted & 0xFFF);
        return new UUID(high, (ThreadLocalRandom.current().nextLong() >>> 2) | Long.MIN_VALUE);
    }
}
