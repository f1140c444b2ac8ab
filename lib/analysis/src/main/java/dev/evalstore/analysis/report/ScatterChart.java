package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Dot;
import dev.evalstore.analysis.report.Drawing.Anchor;
import dev.evalstore.analysis.report.Drawing.Ink;
import dev.evalstore.analysis.report.Drawing.MarkShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Points of two measures with their front. */
final class ScatterChart {
    private static final double TOP = 30;

    /** For the name of a point at the top. */
    private static final double ABOVE = 17;

    private static final double BOTTOM = 298;
    private static final double RIGHT = Canvas.WIDTH - 14;
    private static final double LEGEND = BOTTOM + 44;
    private static final double HEIGHT = LEGEND + 8;
    private static final double MARK = 7;
    private static final double MAX_NAME = 170;

    /** Of a front of more points, only those names are there that have room beside their points. */
    private static final int MAX_FAR = 100;

    private final Axis x;
    private final Axis y;
    private final List<Dot> points;
    private final AxisTicks across;
    private final AxisTicks up;
    private final double left;

    private ScatterChart(Axis x, Axis y, List<Dot> points) {
        this.x = Objects.requireNonNull(x, "x");
        this.y = Objects.requireNonNull(y, "y");
        this.points = points;
        Extent level = Extent.of(x);
        Extent upright = Extent.of(y);
        for (Dot point : points) {
            level = level.with(point.x());
            upright = upright.with(point.y());
        }
        this.across = AxisTicks.fitting(level.min(), level.max(), 6);
        this.up = AxisTicks.fitting(upright.min(), upright.max(), 6);
        this.left = Canvas.labelWidth(up) + 6;
    }

    static Figure of(String caption, Axis x, Axis y, List<Dot> points) {
        ScatterChart chart = new ScatterChart(x, y, points);
        return new Figure(caption, chart.inWords(), chart.draw());
    }

    private Drawing draw() {
        Canvas canvas = new Canvas();
        canvas.uprightAxis(up, title(y, up), left, RIGHT, TOP, BOTTOM);
        canvas.levelAxis(across, title(x, across), left, RIGHT, TOP, BOTTOM);
        List<Dot> front = front();
        if (front.size() > 1) {
            canvas.add(new Drawing.Polyline(
                    front.stream()
                            .map(point -> new Drawing.Point(x(point), y(point)))
                            .toList(),
                    Canvas.DASHED));
        }
        // Those of the front last, on top of the others.
        points.stream().filter(point -> !point.onFront()).forEach(point -> mark(canvas, point));
        front.forEach(point -> mark(canvas, point));
        names(canvas, front);
        legend(canvas, front.size());
        return canvas.drawing(HEIGHT);
    }

    private void mark(Canvas canvas, Dot point) {
        canvas.add(
                point.onFront()
                        ? new Drawing.Mark(x(point), y(point), MARK + 1, MarkShape.DIAMOND, Ink.BLUE, true)
                        : new Drawing.Mark(x(point), y(point), MARK - 1, MarkShape.CIRCLE, Ink.VERMILION, false));
    }

    private void names(Canvas canvas, List<Dot> front) {
        Labels labels = new Labels(left, RIGHT, TOP - ABOVE, BOTTOM);
        points.forEach(point -> labels.mark(x(point), y(point), MARK));
        for (int i = 1; i < front.size(); i++) {
            labels.line(x(front.get(i - 1)), y(front.get(i - 1)), x(front.get(i)), y(front.get(i)));
        }
        List<Dot> order = new ArrayList<>(front);
        points.stream().filter(point -> !point.onFront()).forEach(order::add);
        List<String> names = ShortNames.of(
                order.stream().map(Dot::label).toList(), label -> TextWidths.shorten(label, Canvas.SMALL, MAX_NAME));
        for (int i = 0; i < order.size(); i++) {
            Dot point = order.get(i);
            labels.place(canvas, names.get(i), x(point), y(point), MARK, point.onFront() && front.size() <= MAX_FAR);
        }
    }

    private void legend(Canvas canvas, int front) {
        double at = 4;
        if (front > 0) {
            canvas.line(at, LEGEND - 3, at + 20, LEGEND - 3, Canvas.DASHED);
            canvas.add(new Drawing.Mark(at + 10, LEGEND - 3, MARK + 1, MarkShape.DIAMOND, Ink.BLUE, true));
            String text = "on the Pareto front: none is better in both";
            canvas.text(at + 26, LEGEND, text, Canvas.SMALL, Anchor.START, Ink.BLACK);
            at += 26 + TextWidths.of(text, Canvas.SMALL) + 16;
        }
        if (front < points.size()) {
            canvas.add(new Drawing.Mark(at + 4, LEGEND - 3, MARK - 1, MarkShape.CIRCLE, Ink.VERMILION, false));
            String text = front == 0 ? "one result" : "another is better";
            canvas.text(at + 12, LEGEND, text, Canvas.SMALL, Anchor.START, Ink.BLACK);
        }
    }

    private List<Dot> front() {
        return sorted(true);
    }

    private List<Dot> sorted(boolean onFront) {
        return points.stream()
                .filter(point -> point.onFront() == onFront)
                .sorted(Comparator.comparingDouble(Dot::x)
                        .thenComparingDouble(Dot::y)
                        .thenComparing(Dot::label))
                .toList();
    }

    private String inWords() {
        List<Dot> front = front();
        StringBuilder text = new StringBuilder(points.size() == 1 ? "1 point: " : points.size() + " points: ")
                .append(title(x, across))
                .append(" against ")
                .append(title(y, up))
                .append('.');
        inWords(text, " On the Pareto front, by ", front);
        inWords(text, front.isEmpty() ? " By " : " The others, by ", sorted(false));
        return text.toString();
    }

    /** As many points as have room, and how many more there are. */
    private void inWords(StringBuilder text, String which, List<Dot> some) {
        if (some.isEmpty()) {
            return;
        }
        text.append(which).append(x.title()).append(": ");
        int i = 0;
        for (; i < some.size() && text.length() < Document.MAX_TEXT - 1_000; i++) {
            Dot point = some.get(i);
            text.append(i == 0 ? "" : "; ")
                    .append(Directions.isolated(point.label()))
                    .append(" (")
                    .append(across.text(point.x()))
                    .append(", ")
                    .append(up.text(point.y()))
                    .append(')');
        }
        if (i < some.size()) {
            text.append(i == 0 ? "" : "; and ")
                    .append(Shown.whole(some.size() - i))
                    .append(i == 0 ? "" : " more");
        }
        text.append('.');
    }

    private double x(Dot point) {
        return left + across.share(point.x()) * (RIGHT - left);
    }

    private double y(Dot point) {
        return BOTTOM - up.share(point.y()) * (BOTTOM - TOP);
    }

    private static String title(Axis axis, AxisTicks ticks) {
        return axis.label() + (ticks.logarithmic() ? ", logarithmic" : "");
    }
}
