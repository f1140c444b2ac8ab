package dev.evalstore.exchange;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Bounds the time of one check. The host's own part of it is not counted. Used by one thread. */
final class Deadline {
    /** How many characters are read between two looks at the clock. */
    private static final int STRIDE = 64;

    private final Duration limit;
    private final LongSupplier clock;
    private long end;
    private String part = "the output";

    private Deadline(Duration limit, LongSupplier clock) {
        this.limit = limit;
        this.clock = clock;
        this.end = clock.getAsLong() + limit.toNanos();
    }

    static Deadline in(Duration limit) {
        return in(limit, System::nanoTime);
    }

    /** By a clock in nanoseconds, from any moment on. */
    static Deadline in(Duration limit, LongSupplier clock) {
        return new Deadline(limit, clock);
    }

    /**
     * Runs a part of the check.
     *
     * @throws OutputCheckException naming the part, if it did not end in time, or recursed too deep
     */
    <T extends @Nullable Object> T run(String name, Supplier<T> work) {
        part = name;
        try {
            return work.get();
        } catch (StackOverflowError e) {
            throw new OutputCheckException(name + " recurses too deep to be checked");
        }
    }

    /** Runs code of the host, whose time is not counted. */
    <T> T pausedFor(Supplier<T> hosts) {
        long start = clock.getAsLong();
        try {
            return hosts.get();
        } finally {
            end += clock.getAsLong() - start;
        }
    }

    /** @throws OutputCheckException naming the part that did not end in time */
    void check() {
        if (clock.getAsLong() - end >= 0) {
            throw new OutputCheckException(part + " was not checked within " + limit.toMillis() + " ms");
        }
    }

    /** The text, which looks at the clock as it is read. */
    CharSequence watch(String text) {
        return new Watched(text);
    }

    private final class Watched implements CharSequence {
        private final String text;
        private int reads;

        Watched(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (reads++ % STRIDE == 0) {
                check();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
