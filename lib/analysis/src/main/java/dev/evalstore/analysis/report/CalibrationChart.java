package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Bin;
import dev.evalstore.analysis.report.Drawing.Anchor;
import dev.evalstore.analysis.report.Drawing.Dash;
import dev.evalstore.analysis.report.Drawing.Ink;
import dev.evalstore.analysis.report.Drawing.MarkShape;
import dev.evalstore.analysis.report.Drawing.Stroke;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What people said against what was measured. */
final class CalibrationChart {
    private static final double TOP = 36;
    private static final double BOTTOM = 270;
    private static final double RIGHT = Canvas.WIDTH - 14;
    private static final double LEGEND = BOTTOM + 44;
    private static final double HEIGHT = LEGEND + 8;
    private static final double MARK = 7;
    private static final Stroke AGREEMENT = new Stroke(Ink.GREY, 1, Dash.DOTTED);
    private static final Stroke BETWEEN = Stroke.of(Ink.BLUE, 1);

    private final Axis x;
    private final Axis y;
    private final @Nullable String interval;
    private final List<Bin> bins;
    private final AxisTicks across;
    private final AxisTicks up;
    private final double left;

    private CalibrationChart(Axis x, Axis y, @Nullable String interval, List<Bin> bins) {
        this.x = Objects.requireNonNull(x, "x");
        this.y = Objects.requireNonNull(y, "y");
        this.interval = interval;
        this.bins = bins.stream().sorted(Comparator.comparingDouble(Bin::x)).toList();
        Extent level = Extent.of(x);
        Extent upright = Extent.of(y);
        for (Bin bin : bins) {
            level = level.with(bin.x());
            upright = upright.with(bin.y()).with(bin.low()).with(bin.high());
        }
        this.across = AxisTicks.linear(level.min(), level.max(), 5);
        this.up = AxisTicks.linear(upright.min(), upright.max(), 5);
        this.left = Canvas.labelWidth(up) + 6;
    }

    static Figure of(String caption, Axis x, Axis y, @Nullable String interval, List<Bin> bins) {
        CalibrationChart chart = new CalibrationChart(x, y, interval, bins);
        return new Figure(caption, chart.inWords(), chart.draw());
    }

    private Drawing draw() {
        Canvas canvas = new Canvas();
        canvas.uprightAxis(up, y.label(), left, RIGHT, TOP, BOTTOM);
        canvas.levelAxis(across, x.label(), left, RIGHT, TOP, BOTTOM);
        agreement(canvas);
        if (bins.size() > 1) {
            canvas.add(new Drawing.Polyline(
                    bins.stream()
                            .map(bin -> new Drawing.Point(x(bin.x()), y(bin.y())))
                            .toList(),
                    BETWEEN));
        }
        double free = 0;
        for (Bin bin : bins) {
            Double low = bin.low();
            Double high = bin.high();
            if (low != null && high != null) {
                canvas.uprightWhisker(x(bin.x()), y(low), y(high));
            }
            canvas.add(new Drawing.Mark(x(bin.x()), y(bin.y()), MARK, MarkShape.CIRCLE, Ink.BLUE, true));
            String count = "n " + AxisTicks.grouped(Long.toString(bin.count()));
            double half = TextWidths.of(count, Canvas.SMALL) / 2;
            double middle = Math.min(x(bin.x()), Canvas.WIDTH - half);
            if (middle - half >= free) {
                canvas.text(middle, TOP - 5, count, Canvas.SMALL, Anchor.MIDDLE, Ink.GREY);
                free = middle + half + 4;
            }
        }
        legend(canvas);
        return canvas.drawing(HEIGHT);
    }

    /** From where both scales begin to where both end; where one is not known, nothing says where both agree. */
    private void agreement(Canvas canvas) {
        Double fromX = x.from();
        Double fromY = y.from();
        Double toX = x.to();
        Double toY = y.to();
        if (fromX != null && fromY != null && toX != null && toY != null) {
            canvas.line(x(fromX), y(fromY), x(toX), y(toY), AGREEMENT);
        }
    }

    private void legend(Canvas canvas) {
        canvas.add(new Drawing.Mark(8, LEGEND - 3, MARK, MarkShape.CIRCLE, Ink.BLUE, true));
        String agreement = "where both agree";
        double room = Canvas.WIDTH - 16 - 16 - 26 - TextWidths.of(agreement, Canvas.SMALL);
        String mean =
                TextWidths.shorten("mean of n answers" + (interval == null ? "" : ", " + interval), Canvas.SMALL, room);
        canvas.text(16, LEGEND, mean, Canvas.SMALL, Anchor.START, Ink.BLACK);
        if (x.from() == null || x.to() == null || y.from() == null || y.to() == null) {
            return;
        }
        double at = 16 + TextWidths.of(mean, Canvas.SMALL) + 16;
        canvas.line(at, LEGEND - 3, at + 20, LEGEND - 3, AGREEMENT);
        canvas.text(at + 26, LEGEND, agreement, Canvas.SMALL, Anchor.START, Ink.BLACK);
    }

    private String inWords() {
        StringBuilder text = new StringBuilder(
                "Marks: " + y.label() + " by " + x.label() + (interval == null ? "" : ", with " + interval) + ".");
        for (Bin bin : bins) {
            text.append(" At ")
                    .append(across.text(bin.x()))
                    .append(": ")
                    .append(up.text(bin.y(), bin.low(), bin.high()));
            text.append(", n ")
                    .append(AxisTicks.grouped(Long.toString(bin.count())))
                    .append('.');
        }
        return text.toString();
    }

    private double x(double value) {
        return left + across.share(value) * (RIGHT - left);
    }

    private double y(double value) {
        return BOTTOM - up.share(value) * (BOTTOM - TOP);
    }
}
