package dev.evalstore.analysis.report;

import java.util.List;

/** Where a drawing that is higher than a page may be cut in two. */
final class DrawingCuts {
    /** How much of a page may stay empty, so that no text is cut. */
    private static final double MAX_EMPTY = 0.25;

    private DrawingCuts() {}

    /** The lowest height, not far above {@code max}, that goes through no text and no mark; {@code max} where none is. */
    static double below(Drawing drawing, double from, double max) {
        double cut = max;
        double min = max - (max - from) * MAX_EMPTY;
        boolean moved = true;
        while (moved && cut > min) {
            moved = false;
            for (Drawing.Shape shape : drawing.shapes()) {
                double top = top(shape);
                if (isSmall(shape) && top < cut && bottom(shape) > cut) {
                    cut = top;
                    moved = true;
                }
            }
        }
        return cut > min ? cut : max;
    }

    /** The shapes of which a part is between the heights; a text or a mark is on one side of each cut alone. */
    static List<Drawing.Shape> between(Drawing drawing, double from, double to) {
        if (from == 0 && to == drawing.height()) {
            return drawing.shapes();
        }
        return drawing.shapes().stream()
                .filter(shape -> {
                    if (shape instanceof Drawing.Label || shape instanceof Drawing.Mark) {
                        double middle = (top(shape) + bottom(shape)) / 2;
                        return (middle > from || from == 0) && (middle <= to || to == drawing.height());
                    }
                    return bottom(shape) >= from && top(shape) <= to;
                })
                .toList();
    }

    /** Texts, marks, and bars: not the frame or the grid. */
    private static boolean isSmall(Drawing.Shape shape) {
        return shape instanceof Drawing.Label
                || shape instanceof Drawing.Mark
                || shape instanceof Drawing.Rectangle rectangle && rectangle.height() < 40;
    }

    private static double top(Drawing.Shape shape) {
        if (shape instanceof Drawing.Label label) {
            return label.y() - label.size();
        }
        if (shape instanceof Drawing.Mark mark) {
            return mark.y() - mark.size() / 2;
        }
        if (shape instanceof Drawing.Rectangle rectangle) {
            return rectangle.y();
        }
        if (shape instanceof Drawing.Line line) {
            return Math.min(line.y1(), line.y2());
        }
        return ((Drawing.Polyline) shape)
                .points().stream().mapToDouble(Drawing.Point::y).min().orElse(0);
    }

    private static double bottom(Drawing.Shape shape) {
        if (shape instanceof Drawing.Label label) {
            return label.y() + label.size() * 0.3;
        }
        if (shape instanceof Drawing.Mark mark) {
            return mark.y() + mark.size() / 2;
        }
        if (shape instanceof Drawing.Rectangle rectangle) {
            return rectangle.y() + rectangle.height();
        }
        if (shape instanceof Drawing.Line line) {
            return Math.max(line.y1(), line.y2());
        }
        return ((Drawing.Polyline) shape)
                .points().stream().mapToDouble(Drawing.Point::y).max().orElse(0);
    }
}
