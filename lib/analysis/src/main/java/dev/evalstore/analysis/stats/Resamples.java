package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.internal.Inputs;
import dev.evalstore.analysis.stats.Bootstrap.Kind;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/** What all bootstrap intervals do: draw, and read an interval off the figures that were drawn. */
record Resamples(double confidence, Kind kind, Resampling resampling) {
    private static final double ROUNDING = 1e-12;

    Resamples {
        Inputs.fraction("confidence", confidence);
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(resampling, "resampling");
    }

    /** The figure of each resample, in ascending order. */
    double[] draw(ToDoubleFunction<Draws> one) {
        Draws draws = resampling.draws();
        double[] figures = new double[resampling.resamples()];
        for (int i = 0; i < figures.length; i++) {
            figures[i] = one.applyAsDouble(draws) + 0.0;
        }
        Arrays.sort(figures);
        return figures;
    }

    /** What a caller's statistic says. */
    static double figure(double value) {
        if (!(Math.abs(value) <= Samples.MAX_VALUE)) {
            throw new IllegalArgumentException("statistic must be a finite number, and not " + Samples.BEYOND
                    + ", for the values and for every resample");
        }
        return value;
    }

    Bootstrap unknown(double estimate, int size) {
        Interval line = Interval.around(estimate, Double.NaN, confidence);
        return new Bootstrap(estimate, line, Double.NaN, Kind.PERCENTILE, size, resampling);
    }

    /** Where nothing varies. */
    Bootstrap constant(double estimate, int size) {
        return new Bootstrap(
                estimate, new Interval(estimate, estimate, confidence), 0, Kind.PERCENTILE, size, resampling);
    }

    /** Of a mean, where the figures are distances from it: so they keep their digits, however far from 0 the mean is. */
    Bootstrap around(double mean, double[] figures, int size, double acceleration) {
        Bootstrap from = interval(0, figures, size, acceleration);
        Interval ends = from.interval();
        return new Bootstrap(
                mean,
                new Interval(mean + ends.low(), mean + ends.high(), confidence),
                from.standardError(),
                from.kind(),
                size,
                resampling);
    }

    /** @param acceleration NaN where the jackknife has none */
    Bootstrap interval(double estimate, double[] figures, int size, double acceleration) {
        double tail = (1 - confidence) / 2;
        double bias = bias(estimate, figures);
        double low = corrected(-Tails.z(tail), bias, acceleration);
        double high = corrected(Tails.z(tail), bias, acceleration);
        boolean corrects = kind == Kind.BCA && low <= high;
        Interval interval = new Interval(
                quantile(figures, corrects ? low : tail), quantile(figures, corrects ? high : 1 - tail), confidence);
        Samples.Squares squares = Samples.squares(figures, Samples.mean(figures));
        // Of figures that are all the same, the mean may be one bit off.
        boolean same = figures[0] == figures[figures.length - 1];
        double error = same ? 0 : squares.unscaled(Math.sqrt(squares.sum() / (figures.length - 1)));
        return new Bootstrap(estimate, interval, error, corrects ? Kind.BCA : Kind.PERCENTILE, size, resampling);
    }

    /** The normal quantile of the share of figures below the estimate, those that equal it but for rounding by half. */
    private static double bias(double estimate, double[] figures) {
        double rounding = ROUNDING * Math.max(estimate - figures[0], figures[figures.length - 1] - estimate);
        double below = 0;
        for (double figure : figures) {
            below += figure < estimate - rounding ? 1 : figure <= estimate + rounding ? 0.5 : 0;
        }
        return Tails.NORMAL.inverseCumulativeProbability(below / figures.length);
    }

    /** The share that the correction puts in the place of a normal quantile; NaN where it has none. */
    private static double corrected(double quantile, double bias, double acceleration) {
        double z = bias + quantile;
        double divisor = 1 - acceleration * z;
        // Beyond the pole of the correction the order of the quantiles would turn round.
        return Double.isFinite(bias) && divisor > 0
                ? Tails.NORMAL.cumulativeProbability(bias + z / divisor)
                : Double.NaN;
    }

    static double quantile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) Math.min(Math.floor(at), sorted.length - 1);
        int above = Math.min(below + 1, sorted.length - 1);
        double step = sorted[above] - sorted[below];
        return sorted[below] + (at - below) * step;
    }

    /** The acceleration by what each value does to the figure; NaN where none does anything. */
    static double acceleration(double[] influence) {
        double squares = 0;
        double cubes = 0;
        double size = Samples.size(influence);
        for (double value : influence) {
            double scaled = value / size;
            squares += scaled * scaled;
            cubes += scaled * scaled * scaled;
        }
        return cubes / (6 * squares * Math.sqrt(squares));
    }

    /** By how much the figure without a value is below the mean of such figures. */
    static double[] jackknife(double[] x, double[] y, ToDoubleBiFunction<double[], double[]> statistic) {
        int n = x.length;
        double[] without = new double[n];
        for (int i = 0; i < n; i++) {
            without[i] = figure(statistic.applyAsDouble(leaveOut(x, i), leaveOut(y, i)));
        }
        double mean = Samples.mean(without);
        for (int i = 0; i < n; i++) {
            without[i] = mean - without[i];
        }
        return without;
    }

    private static double[] leaveOut(double[] values, int at) {
        double[] rest = new double[values.length - 1];
        System.arraycopy(values, 0, rest, 0, at);
        System.arraycopy(values, at + 1, rest, at, rest.length - at);
        return rest;
    }
}
