package dev.evalstore.internal.jdbc;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Chooses the server on which a read runs. */
public interface Router {
    /** A read that can be run on one server and then on another. */
    @FunctionalInterface
    interface Read<T extends @Nullable Object, X extends Exception> {
        T on(Jdbc jdbc) throws X;
    }

    /**
     * Runs the read on a replica that is fresh enough, again on another where one fails, and at last on the primary.
     *
     * @param primary what the read runs on there
     * @param repeatable whether nothing of the answer was handed out yet
     */
    <T extends @Nullable Object, X extends Exception> T read(Jdbc primary, Read<T, X> read, BooleanSupplier repeatable)
            throws X;
}
