package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.Drawing.Anchor;
import dev.evalstore.analysis.report.Drawing.Ink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names beside points, where they touch neither points nor each other nor the edge. A name without room is left out. */
final class Labels {
    /** Each name is compared with all that is there: beyond so many, names would not have room anyway. */
    private static final int MAX_PLACED = 200;

    private static final double ALONG = 5;

    /** Between a name and the marks of others, so that it is nearest to its own. */
    private static final double NEAR = 5;

    /** How many lines further off a name may stand. */
    private static final int MAX_RINGS = 6;

    private static final double LINE = Canvas.SMALL * 1.25;

    private final double left;
    private final double right;
    private final double top;
    private final double bottom;
    private final List<Box> taken = new ArrayList<>();
    private final List<Box> marks = new ArrayList<>();
    private final List<Box> names = new ArrayList<>();
    private int placed;

    Labels(double left, double right, double top, double bottom) {
        this.left = left;
        this.right = right;
        this.top = top;
        this.bottom = bottom;
    }

    /** A mark, which a name of another mark keeps away from. */
    void mark(double x, double y, double size) {
        marks.add(at(x, y, size));
    }

    /** A line, as small boxes along it. */
    void line(double x1, double y1, double x2, double y2) {
        taken.addAll(along(x1, y1, x2, y2));
    }

    /**
     * To the right of the mark, else to its left, above it or below it.
     *
     * @param far whether the name may else stand further off, with a line to the mark
     */
    void place(Canvas canvas, String name, double x, double y, double size, boolean far) {
        double width = TextWidths.of(name, Canvas.SMALL);
        double away = size / 2 + 3;
        Box mark = at(x, y, size);
        for (int ring = 0; ring <= (far ? MAX_RINGS : 0) && placed < MAX_PLACED; ring++) {
            double shift = ring * LINE;
            List<Box> places = List.of(
                    box(x + away + shift, y - LINE / 2, width),
                    box(x - away - shift - width, y - LINE / 2, width),
                    box(x - width / 2, y - away - shift - LINE, width),
                    box(x - width / 2, y + away + shift, width),
                    box(x + away, y - away - shift - LINE, width),
                    box(x + away, y + away + shift, width),
                    box(x - away - width, y - away - shift - LINE, width),
                    box(x - away - width, y + away + shift, width),
                    box(x + away + shift, y - away - shift - LINE, width),
                    box(x + away + shift, y + away + shift, width),
                    box(x - away - shift - width, y - away - shift - LINE, width),
                    box(x - away - shift - width, y + away + shift, width));
            // The last four are beside the mark the same as those before them.
            for (Box place : places.subList(0, ring == 0 ? 8 : places.size())) {
                List<Box> leader = ring == 0 ? List.of() : leader(place, x, y);
                if (isFree(place, mark) && leader.stream().noneMatch(this::touchesName)) {
                    show(canvas, name, place, ring == 0 ? null : mark);
                    taken.addAll(leader);
                    return;
                }
            }
        }
    }

    private void show(Canvas canvas, String name, Box place, @Nullable Box from) {
        if (from != null) {
            canvas.line(from.middleX(), from.middleY(), place.nearestX(from), place.nearestY(from), Canvas.LEADER);
        }
        names.add(place);
        placed++;
        canvas.text(place.left(), place.bottom() - LINE * 0.27, name, Canvas.SMALL, Anchor.START, Ink.BLACK);
    }

    private boolean isFree(Box place, Box mark) {
        Box near = place.within(NEAR);
        return place.left() >= left
                && place.right() <= right + 14
                && place.top() >= top
                && place.bottom() <= bottom
                && !touchesName(place)
                && taken.stream().noneMatch(place::touches)
                && marks.stream()
                        .noneMatch(other -> near.touches(other) && (!other.equals(mark) || place.touches(other)));
    }

    private boolean touchesName(Box box) {
        return names.stream().anyMatch(box::touches);
    }

    private static List<Box> leader(Box place, double x, double y) {
        Box from = at(x, y, 0);
        return along(x, y, place.nearestX(from), place.nearestY(from));
    }

    private static List<Box> along(double x1, double y1, double x2, double y2) {
        List<Box> boxes = new ArrayList<>();
        int steps = (int) Math.ceil(Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1)) / ALONG);
        for (int i = 1; i < steps; i++) {
            boxes.add(at(x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps, 1));
        }
        return boxes;
    }

    private static Box at(double x, double y, double size) {
        double half = size / 2;
        return new Box(x - half, y - half, x + half, y + half);
    }

    /** Moved up or down where else it would leave the edge. */
    private Box box(double x, double y, double width) {
        double upper = Math.max(top, Math.min(bottom - LINE, y));
        return new Box(x, upper, x + width, upper + LINE);
    }

    private record Box(double left, double top, double right, double bottom) {
        boolean touches(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }

        Box within(double margin) {
            return new Box(left - margin, top - margin, right + margin, bottom + margin);
        }

        double middleX() {
            return (left + right) / 2;
        }

        double middleY() {
            return (top + bottom) / 2;
        }

        double nearestX(Box other) {
            return Math.max(left, Math.min(right, other.middleX()));
        }

        double nearestY(Box other) {
            return Math.max(top, Math.min(bottom, other.middleY()));
        }
    }
}
