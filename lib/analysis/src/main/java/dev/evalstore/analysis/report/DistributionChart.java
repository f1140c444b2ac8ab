package dev.evalstore.analysis.report;

import dev.evalstore.analysis.internal.Numbers;
import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Sample;
import dev.evalstore.analysis.report.Drawing.Anchor;
import dev.evalstore.analysis.report.Drawing.Ink;
import dev.evalstore.analysis.report.Drawing.MarkShape;
import dev.evalstore.analysis.report.Drawing.Stroke;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Histograms in rows over one axis. */
final class DistributionChart {
    private static final double MAX_NAMES = 0.36 * Canvas.WIDTH;
    private static final double ROW = 46;
    private static final double TALLEST = 36;
    private static final double LINE = 10.5;
    private static final double GAP = 10;
    private static final double UNDER_AXIS = 32;
    private static final int ABOUT_BINS = 24;

    private final Axis axis;
    private final List<Sample> samples;
    private final List<double[]> shares = new ArrayList<>();
    private final AxisTicks bins;
    private final AxisTicks ticks;

    private DistributionChart(Axis axis, List<Sample> samples) {
        this.axis = Objects.requireNonNull(axis, "axis");
        this.samples = samples;
        Extent range = Extent.of(axis);
        for (Sample sample : samples) {
            for (double value : sample.values()) {
                range = range.with(value);
            }
        }
        this.bins = AxisTicks.linear(range.min(), range.max(), ABOUT_BINS);
        this.ticks = AxisTicks.linear(bins.min(), bins.max(), 5);
        samples.forEach(sample -> shares.add(shares(sample.values())));
    }

    static Figure of(String caption, Axis axis, List<Sample> samples) {
        DistributionChart chart = new DistributionChart(axis, samples);
        return new Figure(caption, chart.inWords(), chart.draw());
    }

    /** What part of the values is in each bin. A value between two bins is in the upper one, the greatest in the last. */
    private double[] shares(double[] values) {
        int count = bins.all().size() - 1;
        long[] counts = new long[count];
        for (double value : values) {
            counts[bin(value, count)]++;
        }
        return Arrays.stream(counts)
                .mapToDouble(each -> each / (double) values.length)
                .toArray();
    }

    /** By comparison with the edges themselves, as arithmetic may miss them by a digit. */
    private int bin(double value, int count) {
        int guess = (int) Math.max(0, Math.min(count - 1.0, Math.floor(bins.share(value) * count)));
        if (guess > 0 && value < bins.all().get(guess).value()) {
            return guess - 1;
        }
        return guess + 1 < count && value >= bins.all().get(guess + 1).value() ? guess + 1 : guess;
    }

    private Drawing draw() {
        Canvas canvas = new Canvas();
        List<List<String>> names = ShortNames.of(
                samples.stream().map(Sample::label).toList(),
                label -> TextWidths.wrap(label, Canvas.TEXT, MAX_NAMES, 2));
        double left = 0;
        for (int i = 0; i < samples.size(); i++) {
            for (String line : names.get(i)) {
                left = Math.max(left, TextWidths.of(line, Canvas.TEXT));
            }
            left = Math.max(left, TextWidths.of(figures(i), Canvas.SMALL));
        }
        left = Math.min(left, Canvas.WIDTH / 2) + GAP;
        double right = Canvas.WIDTH - GAP;
        double bottom = samples.size() * ROW + GAP / 2;
        canvas.levelAxis(ticks, axis.label() + "; the triangle is the median", left, right, 0, bottom);
        for (int i = 0; i < samples.size(); i++) {
            row(canvas, i, names.get(i), left, right, (i + 1) * ROW);
        }
        return canvas.drawing(bottom + UNDER_AXIS);
    }

    private void row(Canvas canvas, int row, List<String> name, double left, double right, double base) {
        Sample sample = samples.get(row);
        double first = base - TALLEST / 2 - (name.size() - 1) * LINE / 2;
        for (int line = 0; line < name.size(); line++) {
            canvas.text(left - GAP, first + line * LINE, name.get(line), Canvas.TEXT, Anchor.END, Ink.BLACK);
        }
        canvas.text(
                left - GAP,
                first + name.size() * LINE,
                TextWidths.shorten(figures(row), Canvas.SMALL, left - GAP),
                Canvas.SMALL,
                Anchor.END,
                Ink.GREY);
        double[] heights = shares.get(row);
        for (int bin = 0; bin < heights.length; bin++) {
            double height = heights[bin] / heights[highest(heights)] * TALLEST;
            if (height > 0) {
                double from = x(bins.all().get(bin).value(), left, right);
                double to = x(bins.all().get(bin + 1).value(), left, right);
                canvas.add(new Drawing.Rectangle(
                        from, base - height, to - from, height, Ink.SKY, Stroke.of(Ink.BLUE, 0.5)));
            }
        }
        canvas.line(left, base, right, base, Canvas.AXIS);
        canvas.add(new Drawing.Mark(
                x(Median.of(sample.values()), left, right), base + 3, 5, MarkShape.TRIANGLE, Ink.BLACK, true));
    }

    private double x(double value, double left, double right) {
        return left + ticks.share(value) * (right - left);
    }

    private String figures(int row) {
        double[] values = samples.get(row).values();
        double[] heights = shares.get(row);
        return "n " + AxisTicks.grouped(Integer.toString(values.length)) + ", median " + ticks.text(Median.of(values))
                + ", peak " + percent(heights[highest(heights)]);
    }

    private String inWords() {
        StringBuilder text = new StringBuilder("Histograms: " + axis.label() + ".");
        for (int i = 0; i < samples.size(); i++) {
            double[] values = samples.get(i).values();
            double[] heights = shares.get(i);
            int highest = highest(heights);
            text.append(' ')
                    .append(Directions.isolated(samples.get(i).label()))
                    .append(": ")
                    .append(AxisTicks.grouped(Integer.toString(values.length)))
                    .append(values.length == 1 ? " value" : " values")
                    .append(" from ")
                    .append(ticks.text(Arrays.stream(values).min().orElseThrow()))
                    .append(" to ")
                    .append(ticks.text(Arrays.stream(values).max().orElseThrow()))
                    .append(", median ")
                    .append(ticks.text(Median.of(values)))
                    .append(", most of them (")
                    .append(percent(heights[highest]))
                    .append(") from ")
                    .append(bins.all().get(highest).label())
                    .append(" to ")
                    .append(bins.all().get(highest + 1).label())
                    .append('.');
        }
        return text.toString();
    }

    private static int highest(double[] heights) {
        int highest = 0;
        for (int bin = 1; bin < heights.length; bin++) {
            highest = heights[bin] > heights[highest] ? bin : highest;
        }
        return highest;
    }

    private static String percent(double share) {
        return Numbers.fixed(share * 100, share < 0.1 ? 1 : 0) + " %";
    }
}
