package dev.evalstore;

import java.util.Objects;

/**
 * A position in a list. Opaque, safe to hand to a browser and to accept from one, valid as long as the list keeps its
 * order. A cursor is no snapshot: later pages show rows that were added behind it and miss rows that were removed.
 *
 * @param value URL-safe text
 */
public record Cursor(String value) {
    public Cursor {
        Objects.requireNonNull(value, "cursor");
        if (value.isEmpty() || value.length() > 4096) {
            throw new IllegalArgumentException("cursor must have from 1 to 4096 characters");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
