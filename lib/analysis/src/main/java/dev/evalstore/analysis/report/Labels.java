package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.Drawing.Anchor;
import dev.evalstore.analysis.report.Drawing.Ink;
import java.util.ArrayList;
import java.util.List;

/** Names beside points, where they touch neither points nor each other nor the edge. A name without room is left out. */
final class Labels {
    /** Each name is compared with all that is there: beyond so many, names would not have room anyway. */
    private static final int MAX_PLACED = 200;

    private static final double ALONG = 5;
    private static final double LINE = Canvas.SMALL * 1.25;

    private final double left;
    private final double right;
    private final double top;
    private final double bottom;
    private final List<Box> taken = new ArrayList<>();
    private int placed;

    Labels(double left, double right, double top, double bottom) {
        this.left = left;
        this.right = right;
        this.top = top;
        this.bottom = bottom;
    }

    private record Box(double left, double top, double right, double bottom) {
        boolean touches(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }
    }

    void occupy(double x, double y, double size) {
        double half = size / 2;
        taken.add(new Box(x - half, y - half, x + half, y + half));
    }

    /** A line, as small boxes along it. */
    void occupy(double x1, double y1, double x2, double y2) {
        int steps = (int) Math.ceil(Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1)) / ALONG);
        for (int i = 1; i < steps; i++) {
            occupy(x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps, 1);
        }
    }

    /** To the right of the point, else to its left, above it or below it. */
    void place(Canvas canvas, String name, double x, double y, double size) {
        double width = TextWidths.of(name, Canvas.SMALL);
        double away = size / 2 + 3;
        List<Box> places = List.of(
                at(x + away, y - LINE / 2, width),
                at(x - away - width, y - LINE / 2, width),
                at(x - width / 2, y - away - LINE, width),
                at(x - width / 2, y + away, width),
                at(x + away, y - away - LINE, width),
                at(x + away, y + away, width),
                at(x - away - width, y - away - LINE, width),
                at(x - away - width, y + away, width));
        for (Box place : places) {
            if (placed < MAX_PLACED && isFree(place)) {
                taken.add(place);
                placed++;
                canvas.text(place.left(), place.bottom() - LINE * 0.27, name, Canvas.SMALL, Anchor.START, Ink.BLACK);
                return;
            }
        }
    }

    private boolean isFree(Box place) {
        return place.left() >= left
                && place.right() <= right + 14
                && place.top() >= top
                && place.bottom() <= bottom
                && taken.stream().noneMatch(place::touches);
    }

    private static Box at(double left, double top, double width) {
        return new Box(left, top, left + width, top + LINE);
    }
}
