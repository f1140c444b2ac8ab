package dev.evalstore.bench;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;

/** How long calls took, of any number of threads. */
final class Latencies {
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();

    <T> T time(Callable<T> call) throws Exception {
        long start = System.nanoTime();
        T result = call.call();
        add(System.nanoTime() - start);
        return result;
    }

    void add(long took) {
        nanos.add(took);
    }

    void clear() {
        nanos.clear();
    }

    /** The time in milliseconds that a share of the calls, such as 0.99, did not exceed; 0 without calls. */
    double millis(double share) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)] / 1e6;
    }
}
