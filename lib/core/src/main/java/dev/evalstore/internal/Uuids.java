package dev.evalstore.internal;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Version 7 ids (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then a 12-bit counter that keeps ids of one process in
 * the order of their making (section 6.2, method 1), then 62 random bits.
 */
public final class Uuids {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Milliseconds × 4096 + counter of the last id; it only grows, so a clock set back does not break the order. */
    private static final AtomicLong LAST = new AtomicLong();

    private Uuids() {}

    public static UUID next() {
        long now = System.currentTimeMillis() << 12;
        long stamp = LAST.updateAndGet(last -> Math.max(last + 1, now));
        long high = (stamp >>> 12) << 16 | 0x7000L | (stamp & 0xFFF);
        long low = 0x8000_0000_0000_0000L | (RANDOM.nextLong() >>> 2);
        return new UUID(high, low);
    }
}
