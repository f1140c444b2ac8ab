package dev.evalstore.analysis.stats;

import dev.evalstore.analysis.stats.Bootstrap.Kind;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/** What all bootstrap intervals do: draw, and read an interval off the figures that were drawn. */
record Resamples(double confidence, Kind kind, Resampling resampling) {
    Resamples {
        Samples.fraction("confidence", confidence);
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(resampling, "resampling");
    }

    /** The figure of each resample, in ascending order. */
    double[] draw(ToDoubleFunction<Draws> one) {
        Draws draws = resampling.draws();
        double[] figures = new double[resampling.resamples()];
        for (int i = 0; i < figures.length; i++) {
            figures[i] = figure(one.applyAsDouble(draws)) + 0.0;
        }
        Arrays.sort(figures);
        return figures;
    }

    static double figure(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(
                    "statistic must be a finite number for the values and for every resample");
        }
        return value;
    }

    Bootstrap unknown(double estimate, int size) {
        Interval line = Interval.around(estimate, Double.NaN, confidence);
        return new Bootstrap(estimate, line, Double.NaN, Kind.PERCENTILE, size, resampling);
    }

    /** @param acceleration NaN where the jackknife has none */
    Bootstrap interval(double estimate, double[] figures, int size, double acceleration) {
        double low = (1 - confidence) / 2;
        double bias = bias(estimate, figures);
        boolean corrects = kind == Kind.BCA && Double.isFinite(bias) && Double.isFinite(acceleration);
        Interval interval = new Interval(
                quantile(figures, corrects ? corrected(low, bias, acceleration) : low),
                quantile(figures, corrects ? corrected(1 - low, bias, acceleration) : 1 - low),
                confidence);
        Samples.Squares squares = Samples.squares(figures, Samples.mean(figures));
        double error = squares.unscaled(Math.sqrt(squares.sum() / (figures.length - 1)));
        return new Bootstrap(estimate, interval, error, corrects ? Kind.BCA : Kind.PERCENTILE, size, resampling);
    }

    /** The normal quantile of the share of figures below the estimate, those that equal it by half. */
    private static double bias(double estimate, double[] figures) {
        double below = 0;
        for (double figure : figures) {
            below += figure < estimate ? 1 : figure == estimate ? 0.5 : 0;
        }
        return Tails.NORMAL.inverseCumulativeProbability(below / figures.length);
    }

    private static double corrected(double share, double bias, double acceleration) {
        double z = bias + Tails.NORMAL.inverseCumulativeProbability(share);
        return Tails.NORMAL.cumulativeProbability(bias + z / (1 - acceleration * z));
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
