package dev.evalstore.analysis.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Refuses bad input by a message that names the argument and never holds its value. */
public final class Inputs {
    private Inputs() {}

    /** Text that is not blank, of at most so many characters (UTF-16 units), without NUL and half surrogate pairs. */
    public static String text(String name, @Nullable String value, int max) {
        Objects.requireNonNull(value, name);
        if (value.isBlank()) {
            throw new IllegalArgumentException(name + " must not be blank");
        }
        return content(name, value, max);
    }

    /** The same where it is given. */
    public static @Nullable String textOrNull(String name, @Nullable String value, int max) {
        return value == null ? null : text(name, value, max);
    }

    /** Text of at most so many characters, also empty. */
    public static String content(String name, @Nullable String value, int max) {
        Objects.requireNonNull(value, name);
        if (value.length() > max) {
            throw new IllegalArgumentException(name + " must have at most " + max + " characters");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                throw new IllegalArgumentException(
                        name + (c == 0 ? " holds a NUL character" : " holds half a surrogate pair") + " at index " + i);
            }
        }
        return value;
    }

    /** A list of so many values without a null in it, copied. */
    public static <T> List<T> list(String name, @Nullable List<? extends T> values, int min, int max) {
        List<T> copy = new ArrayList<>(Objects.requireNonNull(values, name));
        copy.forEach(value -> Objects.requireNonNull(value, name));
        if (copy.size() < min || copy.size() > max) {
            throw new IllegalArgumentException(name + " must have from " + min + " to " + max + " entries");
        }
        return List.copyOf(copy);
    }

    public static long range(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be from " + min + " to " + max);
        }
        return value;
    }

    /** A number from the minimum to the maximum, and not NaN. */
    public static double range(String name, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(
                    name + " must be from " + Numbers.text(min) + " to " + Numbers.text(max));
        }
        return value;
    }

    /** A share that is neither all nor nothing. */
    public static double fraction(String name, double value) {
        if (!(value > 0 && value < 1)) {
            throw new IllegalArgumentException(name + " must be between 0 and 1, and neither of them");
        }
        return value;
    }

    public static double finite(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(name + " must be a finite number");
        }
        return value;
    }
}
