package dev.evalstore;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How rows are listed: the part that all pageable lists have in common. Every method but {@link #forEach} is one
 * statement and sees what was committed when it began; inside a transaction it also sees that transaction's own writes.
 *
 * @param <T> a row
 * @param <F> which rows; its conditions add up, and a filter without conditions admits every row
 */
public interface Lists<T, F> {
    /**
     * A page of the rows that the filter admits, newest first unless the repository says otherwise. Paging is by
     * keyset: rows that are added or removed meanwhile are neither repeated nor make others be skipped. Every page
     * costs the same. Empty when nothing matches.
     *
     * @param limit the page's size, 1 to 1,000
     * @param after the previous page's {@link Page#next}, or null for the first page
     * @throws IllegalArgumentException if the limit is out of range, or the cursor belongs to another list
     */
    Page<T> list(F filter, int limit, @Nullable Cursor after);

    /** The first page; see {@link #list(Object, int, Cursor)}. */
    default Page<T> list(F filter, int limit) {
        return list(filter, limit, null);
    }

    /**
     * The first page, of 1,000 rows at most; {@link Page#next} is null when these are all. See {@link #list(Object,
     * int, Cursor)}, and {@link #forEach} for every row.
     */
    default Page<T> list(F filter) {
        return list(filter, 1_000);
    }

    /**
     * Hands every row that the filter admits to the consumer, in the order of the list, by pages of 1,000 at most. Where
     * rows are long, a page is about a million characters, or a row, by the longest row of the page before. Each page is
     * a statement of its own, so rows written meanwhile may be among them. An exception of the consumer ends the walk.
     */
    default void forEach(F filter, Consumer<? super T> consumer) {
        Cursor after = null;
        do {
            Page<T> page = list(filter, 1_000, after);
            page.items().forEach(consumer);
            after = page.next();
        } while (after != null);
    }

    /** How many rows the filter admits. Counts them, so the time grows with the answer. */
    long count(F filter);
}
