package dev.evalstore.cache;

import java.util.concurrent.atomic.LongAdder;

/** What is counted. */
final class Counters {
    final LongAdder hits = new LongAdder();
    final LongAdder joins = new LongAdder();
    final LongAdder sharedHits = new LongAdder();
    final LongAdder sharedErrors = new LongAdder();
    final LongAdder loads = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder loadNanos = new LongAdder();
    final LongAdder evictions = new LongAdder();
    final LongAdder invalidations = new LongAdder();
    final LongAdder polls = new LongAdder();
    final LongAdder pollFailures = new LongAdder();
}
