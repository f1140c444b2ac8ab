package dev.evalstore.internal;

import dev.evalstore.Cleanup;
import java.util.function.LongSupplier;

/** Work in batches, each its own commit outside of a transaction, so that no lock and no transaction lasts long. */
public final class Batches {
    /** A call ends after so many batches, however much is left; the next call goes on. */
    public static final int MAX = 100;

    private Batches() {}

    /** Runs the batch until one is not full, {@link #MAX} times at most, and adds up the rows. */
    public static Cleanup run(int size, LongSupplier batch) {
        return run(size, (long) size * MAX, batch);
    }

    /** The same until so many rows are done. */
    public static Cleanup run(int size, long max, LongSupplier batch) {
        long done = 0;
        long last = size;
        while (last == size && done < max) {
            last = batch.getAsLong();
            done += last;
        }
        return new Cleanup(done, last == size);
    }
}
