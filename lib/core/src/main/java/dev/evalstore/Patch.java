package dev.evalstore;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change of a nullable column: keep its value, set it, or clear it.
 *
 * @param <T> the column's type
 */
public final class Patch<T> {
    private static final Patch<?> KEEP = new Patch<>(false, null);
    private static final Patch<?> CLEAR = new Patch<>(true, null);

    private final boolean changed;
    private final @Nullable T value;

    private Patch(boolean changed, @Nullable T value) {
        this.changed = changed;
        this.value = value;
    }

    /** Keeps the column's value. */
    @SuppressWarnings("unchecked")
    public static <T> Patch<T> keep() {
        return (Patch<T>) KEEP;
    }

    /** Sets the column to null. */
    @SuppressWarnings("unchecked")
    public static <T> Patch<T> clear() {
        return (Patch<T>) CLEAR;
    }

    /** Sets the column to a value. */
    public static <T> Patch<T> set(T value) {
        return new Patch<>(true, Objects.requireNonNull(value, "value"));
    }

    /** Whether the column is written at all. */
    public boolean isChange() {
        return changed;
    }

    /** The new value; null if the column is cleared or kept. */
    public @Nullable T value() {
        return value;
    }

    @Override
    public String toString() {
        // Without the value, which may be something that must not be logged.
        return !changed ? "keep" : value == null ? "clear" : "set";
    }
}
