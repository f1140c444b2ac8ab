package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.Drawing.Anchor;
import dev.evalstore.analysis.report.Drawing.Dash;
import dev.evalstore.analysis.report.Drawing.Ink;
import dev.evalstore.analysis.report.Drawing.Stroke;
import java.util.ArrayList;
import java.util.List;

/** The shapes of a chart while it is drawn, with the sizes and strokes that all charts share. Not thread-safe. */
final class Canvas {
    static final double WIDTH = Drawing.PAGE_WIDTH;
    static final double TEXT = 9;
    static final double SMALL = 8;
    static final Stroke GRID = Stroke.of(Ink.LIGHT, 0.5);
    static final Stroke AXIS = Stroke.of(Ink.GREY, 0.75);
    static final Stroke WHISKER = Stroke.of(Ink.BLACK, 1);
    static final Stroke DASHED = new Stroke(Ink.BLACK, 1, Dash.DASHED);
    static final Stroke LEADER = Stroke.of(Ink.GREY, 0.5);
    private static final double CAP = 3;
    private static final double TICK_GAP = 11;
    private static final double TITLE_GAP = 25;
    private static final double BETWEEN_LABELS = 6;

    private final List<Drawing.Shape> shapes = new ArrayList<>();

    void add(Drawing.Shape shape) {
        shapes.add(shape);
    }

    void line(double x1, double y1, double x2, double y2, Stroke stroke) {
        shapes.add(new Drawing.Line(x1, y1, x2, y2, stroke));
    }

    void text(double x, double y, String text, double size, Anchor anchor, Ink ink) {
        shapes.add(new Drawing.Label(x, y, text, size, anchor, ink, false));
    }

    /** A level interval with caps. */
    void whisker(double from, double to, double y) {
        line(from, y, to, y, WHISKER);
        line(from, y - CAP, from, y + CAP, WHISKER);
        line(to, y - CAP, to, y + CAP, WHISKER);
    }

    /** An upright interval with caps. */
    void uprightWhisker(double x, double from, double to) {
        line(x, from, x, to, WHISKER);
        line(x - CAP, from, x + CAP, from, WHISKER);
        line(x - CAP, to, x + CAP, to, WHISKER);
    }

    /** Lines of the grid from the top down to a level axis, its labels where they do not touch, and its title. */
    void levelAxis(AxisTicks ticks, String title, double left, double right, double top, double bottom) {
        double free = -Double.MAX_VALUE;
        for (AxisTicks.Tick tick : ticks.all()) {
            double x = left + ticks.share(tick.value()) * (right - left);
            line(x, top, x, bottom, GRID);
            double half = TextWidths.of(tick.label(), SMALL) / 2;
            double middle = Math.max(half, Math.min(WIDTH - half, x));
            if (middle - half >= free) {
                text(middle, bottom + TICK_GAP, tick.label(), SMALL, Anchor.MIDDLE, Ink.GREY);
                free = middle + half + BETWEEN_LABELS;
            }
        }
        line(left, bottom, right, bottom, AXIS);
        String shown = TextWidths.shorten(title, TEXT, WIDTH);
        double half = TextWidths.of(shown, TEXT) / 2;
        double middle = Math.max(half, Math.min(WIDTH - half, (left + right) / 2));
        text(middle, bottom + TITLE_GAP, shown, TEXT, Anchor.MIDDLE, Ink.BLACK);
    }

    /** Lines of the grid to the right of an upright axis, its labels, and its title above it. */
    void uprightAxis(AxisTicks ticks, String title, double left, double right, double top, double bottom) {
        for (AxisTicks.Tick tick : ticks.all()) {
            double y = bottom - ticks.share(tick.value()) * (bottom - top);
            line(left, y, right, y, GRID);
            text(left - 4, y + SMALL * 0.35, tick.label(), SMALL, Anchor.END, Ink.GREY);
        }
        line(left, top, left, bottom, AXIS);
        text(0, TEXT, TextWidths.shorten(title, TEXT, WIDTH), TEXT, Anchor.START, Ink.BLACK);
    }

    /** How much room the labels of an upright axis need. */
    static double labelWidth(AxisTicks ticks) {
        return ticks.all().stream()
                .mapToDouble(tick -> TextWidths.of(tick.label(), SMALL))
                .max()
                .orElse(0);
    }

    Drawing drawing(double height) {
        return new Drawing(WIDTH, height, shapes);
    }
}
