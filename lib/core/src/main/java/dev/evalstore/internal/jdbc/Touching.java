package dev.evalstore.internal.jdbc;

import java.util.Set;

/** Which units of cached reads a write to a table changes. */
@FunctionalInterface
public interface Touching<T> {
    /**
     * The units' names.
     *
     * @param tx the transaction of the write, after it
     * @param row as it is now, or as it was where it is gone; of an update both are asked for
     */
    Set<String> units(Jdbc tx, String verb, T row);
}
