package dev.evalstore;

import java.util.Objects;

/**
 * A place in a list: opaque, safe to hand to a browser and to take back, and valid as long as the list's order is. It names a
 * position, not a snapshot: rows that were added or removed since are seen or not by where they stand in the order.
 *
 * @param value URL-safe text
 */
public record Cursor(String value) {
    public Cursor {
        Objects.requireNonNull(value, "cursor");
        if (value.isEmpty() || value.length() > 1024) {
            throw new IllegalArgumentException("cursor must have from 1 to 1024 characters");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
