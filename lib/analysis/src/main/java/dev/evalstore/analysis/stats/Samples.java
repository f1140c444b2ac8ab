package dev.evalstore.analysis.stats;

import java.util.Objects;
import org.apache.commons.numbers.core.Sum;

/** Refuses bad input by the argument's name, and never tells its value; and what several statistics need of a sample. */
final class Samples {
    /** The maximum of a figure, which leaves room for the squares and sums that statistics are made of. */
    private static final double MAX_FIGURE = 1e140;

    private Samples() {}

    /** A sample that is not empty, each value of which is finite and leaves room for its square. */
    static double[] sample(String name, double[] values) {
        Objects.requireNonNull(values, name);
        if (values.length == 0) {
            throw new IllegalArgumentException(name + " must not be empty");
        }
        for (double value : values) {
            if (!(Math.abs(value) <= MAX_FIGURE)) {
                throw new IllegalArgumentException(
                        name + " must not hold NaN, an infinity, or a value beyond 1e140: leave such pairs out");
            }
        }
        return values;
    }

    /** Two samples of the same items. */
    static void paired(double[] x, double[] y) {
        sample("x", x);
        sample("y", y);
        if (x.length != y.length) {
            throw new IllegalArgumentException("y must have as many values as x");
        }
    }

    /** What x has more than y, pair by pair. */
    static double[] differences(double[] x, double[] y) {
        paired(x, y);
        double[] differences = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            differences[i] = x[i] - y[i];
        }
        return differences;
    }

    /** A share that is neither all nor nothing. */
    static double fraction(String name, double value) {
        if (!(value > 0 && value < 1)) {
            throw new IllegalArgumentException(name + " must be between 0 and 1, and neither of them");
        }
        return value;
    }

    /** A count within its bounds. */
    static long count(String name, long value, long least, long greatest) {
        if (value < least || value > greatest) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + greatest);
        }
        return value;
    }

    static double mean(double[] values) {
        return Sum.of(values).getAsDouble() / values.length;
    }

    /** The squares of the distances from the mean, summed. */
    static double squares(double[] values, double mean) {
        Sum sum = Sum.create();
        for (double value : values) {
            sum.addProduct(value - mean, value - mean);
        }
        return sum.getAsDouble();
    }

    /**
     * Whether values differ by no more than rounding, where they are differences of figures as large as {@code size}.
     * Such values have no variance that could be estimated.
     */
    static boolean constant(double[] values, double size) {
        double least = values[0];
        double greatest = values[0];
        for (double value : values) {
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        return greatest - least <= 4 * Math.ulp(size);
    }

    /** The greatest distance of a value from zero. */
    static double size(double[] values) {
        double size = 0;
        for (double value : values) {
            size = Math.max(size, Math.abs(value));
        }
        return size;
    }
}
