package dev.evalstore.internal;

import java.util.function.LongSupplier;

/** Work in batches, each its own commit outside of a transaction, so that no lock and no transaction lasts long. */
public final class Batches {
    /** So many at most, so that a call ends whatever there is to do: the next one goes on. */
    public static final int MAX = 100;

    private Batches() {}

    /**
     * Runs the batch until one is not full, or often enough, and gives how many rows that were in all; {@code MAX} times
     * {@code size} where there may be more.
     */
    public static long run(int size, LongSupplier batch) {
        long done = 0;
        long last = size;
        for (int i = 0; i < MAX && last == size; i++) {
            last = batch.getAsLong();
            done += last;
        }
        return done;
    }
}
