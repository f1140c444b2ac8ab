package dev.evalstore;

import java.util.Optional;
import java.util.UUID;

/**
 * How rows are read: the part that repositories have in common. See {@link Lists} for the lists.
 *
 * @param <T> a row
 * @param <F> which rows; its conditions add up, and a filter without conditions admits every row
 */
public interface Rows<T, F> extends Lists<T, F> {
    /** The row, or empty when none has the id. */
    Optional<T> find(UUID id);

    /**
     * The row.
     *
     * @throws NotFoundException if none has the id
     */
    T get(UUID id);
}
