package dev.evalstore.analysis.report;

import dev.evalstore.analysis.internal.Inputs;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Charts in one look, as wide as a page of A4 between its margins. Each has its numbers in words as its alternative text: of a
 * distribution its count, ends, median and highest bin. They are
 * readable in black and white and by colour-blind people: no two things differ by colour alone. A text that has no room is
 * shortened in its middle, never cut off. The same input makes the same chart everywhere. Thread-safe.
 *
 * <p>Numbers are from -1e300 to 1e300.
 */
public final class Charts {
    /** The maximum of bars or intervals in a chart: as many as a page has room for. */
    public static final int MAX_BARS = 40;

    /** The maximum of distributions in a chart. */
    public static final int MAX_DISTRIBUTIONS = 12;

    /** The maximum of points in a chart. */
    public static final int MAX_POINTS = 2_000;

    /** The maximum of bins in a calibration chart. */
    public static final int MAX_BINS = 50;

    private static final double MAX_VALUE = 1e300;

    private Charts() {}

    /**
     * Bars from zero, one below the other in the order given, with intervals and their numbers beside them.
     *
     * @param interval what the intervals are, such as {@code 95 % interval}; null where none is given
     * @param bars 1 to 40
     * @throws IllegalArgumentException if there are fewer or more bars
     */
    public static Figure bars(String caption, Axis axis, @Nullable String interval, List<Bar> bars) {
        return RowChart.bars(
                caption, axis, Inputs.textOrNull("interval", interval, 100), Inputs.list("bars", bars, 1, MAX_BARS));
    }

    /**
     * Marks with their intervals around a line at zero, one below the other in the order given.
     *
     * @param interval as for {@link #bars}
     * @param filled what a filled mark means, such as {@code significant}, at most 100 characters
     * @param rows 1 to 40
     * @throws IllegalArgumentException if there are fewer or more rows
     */
    public static Figure differences(
            String caption, Axis axis, @Nullable String interval, String filled, List<Difference> rows) {
        return RowChart.differences(
                caption,
                axis,
                Inputs.textOrNull("interval", interval, 100),
                Inputs.text("filled", filled, 100),
                Inputs.list("rows", rows, 1, MAX_BARS));
    }

    /**
     * A histogram for each sample, one below the other over one axis, with bins of equal width. Each is as high as its row; beside
     * it stands what share of the sample is in its highest bin.
     *
     * @param samples 1 to 12
     * @throws IllegalArgumentException if there are fewer or more samples
     */
    public static Figure distributions(String caption, Axis axis, List<Sample> samples) {
        return DistributionChart.of(caption, axis, Inputs.list("samples", samples, 1, MAX_DISTRIBUTIONS));
    }

    /**
     * Points of two measures, with a dashed line through those of the front. An axis of positive values that differ by a factor
     * of 50 and more is logarithmic. Points are named where their names have room, those of the front first. The alternative text
     * has the numbers of all points, also in this order; those beyond its 20,000 characters are counted.
     *
     * @param points 1 to 2,000
     * @throws IllegalArgumentException if there are fewer or more points
     */
    public static Figure scatter(String caption, Axis x, Axis y, List<Dot> points) {
        return ScatterChart.of(caption, x, y, Inputs.list("points", points, 1, MAX_POINTS));
    }

    /**
     * What people said against what was measured: a mark for each bin, with its interval and the number of its answers. Where
     * both axes have the ends of their scales, a dotted line goes from where both begin to where both end: there both agree.
     *
     * @param interval as for {@link #bars}
     * @param bins 1 to 50
     * @throws IllegalArgumentException if there are fewer or more bins
     */
    public static Figure calibration(String caption, Axis x, Axis y, @Nullable String interval, List<Bin> bins) {
        return CalibrationChart.of(
                caption, x, y, Inputs.textOrNull("interval", interval, 100), Inputs.list("bins", bins, 1, MAX_BINS));
    }

    private static double figure(String name, double value) {
        return Inputs.range(name, value, -MAX_VALUE, MAX_VALUE);
    }

    private static void interval(@Nullable Double value, @Nullable Double low, @Nullable Double high) {
        if ((low == null) != (high == null)) {
            throw new IllegalArgumentException("low and high must be given together");
        }
        if (low == null || high == null) {
            return;
        }
        if (value == null || figure("low", low) > figure("high", high)) {
            throw new IllegalArgumentException("low must be at most high, and have a value");
        }
    }

    /**
     * What an axis measures.
     *
     * @param title such as {@code Mean score}, at most 100 characters
     * @param unit such as {@code US dollars}, or null for a plain number
     * @param from where the axis begins at the latest; null for the data alone
     * @param to where it ends at the earliest; null for the data alone
     */
    public record Axis(
            String title,
            @Nullable String unit,
            @Nullable Double from,
            @Nullable Double to) {
        public Axis {
            title = Inputs.text("title", title, 100);
            unit = Inputs.textOrNull("unit", unit, 100);
            if (from != null) {
                figure("from", from);
            }
            if (to != null) {
                figure("to", to);
            }
            if (from != null && to != null && from >= to) {
                throw new IllegalArgumentException("from must be below to");
            }
        }

        public static Axis of(String title) {
            return new Axis(title, null, null, null);
        }

        public static Axis of(String title, @Nullable String unit) {
            return new Axis(title, unit, null, null);
        }

        public Axis between(double from, double to) {
            return new Axis(title, unit, from, to);
        }

        String label() {
            String name = Directions.isolated(title);
            return unit == null ? name : name + " (" + Directions.isolated(unit) + ")";
        }
    }

    /**
     * A bar.
     *
     * @param label 1 to 300 characters
     * @param value null where there is none, which is shown in words
     * @param low null without an interval
     * @param high null without an interval
     */
    public record Bar(
            String label,
            @Nullable Double value,
            @Nullable Double low,
            @Nullable Double high) {
        public Bar {
            label = Inputs.text("label", label, Document.MAX_LINE);
            if (value != null) {
                figure("value", value);
            }
            interval(value, low, high);
        }
    }

    /**
     * A difference.
     *
     * @param label of what, 1 to 300 characters
     * @param low null without an interval
     * @param high null without an interval
     * @param filled whether its mark is filled
     */
    public record Difference(
            String label,
            double value,
            @Nullable Double low,
            @Nullable Double high,
            boolean filled) {
        public Difference {
            label = Inputs.text("label", label, Document.MAX_LINE);
            figure("value", value);
            interval(value, low, high);
        }
    }

    /**
     * Values of one kind, in any order.
     *
     * @param label 1 to 300 characters
     * @param values at least one; not copied, and not to be changed before the chart is made
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Sample(String label, double[] values) {
        public Sample {
            label = Inputs.text("label", label, Document.MAX_LINE);
            if (Objects.requireNonNull(values, "values").length == 0) {
                throw new IllegalArgumentException("values must not be empty");
            }
            for (double each : values) {
                figure("values", each);
            }
        }
    }

    /**
     * A point.
     *
     * @param label 1 to 300 characters
     * @param onFront whether no other point is better in both measures
     */
    public record Dot(String label, double x, double y, boolean onFront) {
        public Dot {
            label = Inputs.text("label", label, Document.MAX_LINE);
            figure("x", x);
            figure("y", y);
        }
    }

    /**
     * Some answers whose measured values are near each other.
     *
     * @param x their mean on the level axis
     * @param y their mean on the upright axis
     * @param low null without an interval
     * @param high null without an interval
     * @param count how many answers there are, at least 1
     */
    public record Bin(
            double x,
            double y,
            @Nullable Double low,
            @Nullable Double high,
            long count) {
        public Bin {
            figure("x", x);
            figure("y", y);
            interval(y, low, high);
            if (count < 1) {
                throw new IllegalArgumentException("count must be at least 1");
            }
        }
    }
}
