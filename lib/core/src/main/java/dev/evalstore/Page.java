package dev.evalstore;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param <T> the row
 * @param items the rows in the list's order; empty when nothing is left
 * @param next where the next page starts, or null when this page is the last
 */
public record Page<T>(List<T> items, @Nullable Cursor next) {
    public Page {
        items = List.copyOf(items);
    }
}
