package dev.evalstore.state;

import java.time.Duration;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Counts and times of what this process did with a namespace. */
final class Counters {
    final LongAdder gets = new LongAdder();
    final LongAdder puts = new LongAdder();
    final LongAdder deletes = new LongAdder();
    final LongAdder bytesRead = new LongAdder();
    final LongAdder bytesWritten = new LongAdder();
    final LongAdder retries = new LongAdder();
    final Timer reads = new Timer();
    final Timer writes = new Timer();

    /** Runs a read and counts its time. */
    <T> T reading(Supplier<T> action) {
        return timed(reads, action);
    }

    /** Runs a write and counts its time. */
    <T> T writing(Supplier<T> action) {
        return timed(writes, action);
    }

    private static <T> T timed(Timer timer, Supplier<T> action) {
        long start = System.nanoTime();
        try {
            return action.get();
        } finally {
            timer.since(start);
        }
    }

    void read(StateEntry entry) {
        bytesRead.add(entry.key().length + (long) entry.value().length);
    }

    void wrote(byte[] key, byte[] value) {
        puts.increment();
        bytesWritten.add(key.length + (long) value.length);
    }

    StateStats snapshot() {
        return new StateStats(
                gets.sum(),
                puts.sum(),
                deletes.sum(),
                bytesRead.sum(),
                bytesWritten.sum(),
                retries.sum(),
                reads.calls.sum(),
                Duration.ofNanos(reads.nanos.sum()),
                Duration.ofNanos(reads.slowest.get()),
                writes.calls.sum(),
                Duration.ofNanos(writes.nanos.sum()),
                Duration.ofNanos(writes.slowest.get()));
    }

    /** Calls of one kind and their times. */
    static final class Timer {
        private final LongAdder calls = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private final LongAccumulator slowest = new LongAccumulator(Math::max, 0);

        /** Counts a call that began at that time of {@code System.nanoTime()}. */
        void since(long start) {
            long took = System.nanoTime() - start;
            calls.increment();
            nanos.add(took);
            slowest.accumulate(took);
        }
    }
}
