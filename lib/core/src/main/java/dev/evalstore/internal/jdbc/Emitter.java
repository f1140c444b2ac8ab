package dev.evalstore.internal.jdbc;

import org.jspecify.annotations.Nullable;

/** Tells what the writes to a table did; implemented above this package, which knows no other table. */
public interface Emitter<T> {
    /** Whether this verb is told here. */
    boolean emits(Jdbc jdbc, String verb);

    /**
     * Tells of a write, in its transaction and after it.
     *
     * @param id the key, as {@link Table#idText(Object)} writes it
     * @param row as it is now, or as it was where it is gone; null of an act, which returns none
     */
    void emit(Jdbc tx, String verb, String id, @Nullable T row);
}
