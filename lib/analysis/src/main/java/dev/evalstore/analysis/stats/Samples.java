package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Numbers;
import java.util.Objects;
import org.apache.commons.numbers.core.Sum;

/**
 * The bounds of what a sample may hold. Each statistic of this package refuses other values by the name of its argument,
 * and never tells the value.
 */
public final class Samples {
    /**
     * How far from zero a value may be, 10<sup>140</sup>, in either direction: it leaves room for the squares and sums that
     * statistics are made of.
     */
    public static final double MAX_VALUE = Numbers.MAX_FIGURE;

    /** The same in words. */
    static final String BEYOND = "beyond 1e140";

    /** The least range of a sample that varies: below it doubles have no room for the digits of an error. */
    private static final double MIN_RANGE = 1e-290;

    private Samples() {}

    /** A sample that is not empty, and no value of which is NaN or beyond the maximum. */
    static double[] sample(String name, double[] values) {
        Objects.requireNonNull(values, name);
        if (values.length == 0) {
            throw new IllegalArgumentException(name + " must not be empty");
        }
        for (double value : values) {
            if (!(Math.abs(value) <= MAX_VALUE)) {
                throw new IllegalArgumentException(
                        name + " must not hold NaN, an infinity, or a value " + BEYOND + ": leave such values out");
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

    static double mean(double[] values) {
        double least = values[0];
        double greatest = values[0];
        for (double value : values) {
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        double mean = Sum.of(values).getAsDouble() / values.length;
        return mean < least ? least : mean > greatest ? greatest : mean;
    }

    /**
     * The distances from the mean. What rounding the mean put to all of them is taken off again, so they sum to zero
     * also where the mean is large beside them.
     */
    static double[] distances(double[] values, double mean) {
        double[] distances = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            distances[i] = values[i] - mean;
        }
        double rest = mean(distances);
        for (int i = 0; i < values.length; i++) {
            distances[i] -= rest;
        }
        return distances;
    }

    /**
     * Squares, summed, of figures that were divided by a power of two, so that neither small nor large ones leave the range
     * of doubles. Such a division is exact: the same figures in another power of two have the same sum.
     *
     * @param exponent that of the power of two
     */
    record Squares(double sum, int exponent) {
        /** A root of the sum, or of a multiple of it, in the unit of the figures. */
        double unscaled(double root) {
            return Math.scalb(root, exponent);
        }
    }

    /** The squares of the distances from the mean, without what rounding the mean adds to them. */
    static Squares squares(double[] values, double mean) {
        return squares(values, mean, exponent(values, mean));
    }

    /** The same by an exponent that is given, so that they can be compared with those of another sample. */
    static Squares squares(double[] values, double mean, int exponent) {
        Sum sum = Sum.create();
        Sum distances = Sum.create();
        for (double value : values) {
            double distance = Math.scalb(value - mean, -exponent);
            sum.addProduct(distance, distance);
            distances.add(distance);
        }
        double rest = distances.getAsDouble();
        return new Squares(
                Math.max(0, sum.addProduct(-rest, rest / values.length).getAsDouble()), exponent);
    }

    /** The exponent of the greatest distance from the mean. */
    static int exponent(double[] values, double mean) {
        double size = 0;
        for (double value : values) {
            size = Math.max(size, Math.abs(value - mean));
        }
        return Math.getExponent(size);
    }

    /**
     * Whether values differ by no more than rounding, where they are made of figures as large as {@code size}. Such values
     * have no variance that could be estimated; nor have those that differ by less than 1e-290.
     */
    static boolean constant(double[] values, double size) {
        double least = values[0];
        double greatest = values[0];
        for (double value : values) {
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
        return isRounding(greatest - least, size);
    }

    /** Whether a difference of figures as large as {@code size} is rounding, or too small for an error to be estimated. */
    static boolean isRounding(double difference, double size) {
        return difference <= 4 * Math.ulp(size) || difference < MIN_RANGE;
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
