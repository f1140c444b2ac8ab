package dev.evalstore.analysis.report;

import dev.evalstore.analysis.internal.Inputs;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A picture as a list of shapes, painted in their order. All lengths are points (1/72 inch); the origin is the upper left
 * corner, and y grows downwards. Immutable.
 *
 * @param width from 1 to 2,000
 * @param height from 1 to 100,000
 * @param shapes at most 1,000,000
 */
public record Drawing(double width, double height, List<Shape> shapes) {
    /** The width that fits between the margins of a page of A4. */
    public static final double PAGE_WIDTH = 480;

    static final double MAX_LENGTH = 100_000;
    private static final int MAX_SHAPES = 1_000_000;

    public Drawing {
        Inputs.range("width", width, 1, 2_000);
        Inputs.range("height", height, 1, MAX_LENGTH);
        shapes = Inputs.list("shapes", shapes, 0, MAX_SHAPES);
    }

    /** What is painted. Coordinates may be from -100,000 to 100,000. */
    public sealed interface Shape permits Line, Polyline, Rectangle, Mark, Label {}

    /**
     * The colours. Those with a name of their own are of Okabe and Ito, "Color Universal Design" (2008), which people with the
     * usual kinds of colour blindness tell apart. No two series of a chart differ by colour alone.
     */
    public enum Ink {
        BLACK(0x000000),
        BLUE(0x0072B2),
        VERMILION(0xD55E00),
        GREEN(0x009E73),
        PURPLE(0xCC79A7),
        ORANGE(0xE69F00),
        SKY(0x56B4E9),
        YELLOW(0xF0E442),
        /** Axes and lesser texts. */
        GREY(0x595959),
        /** Lines of the grid, and bands. */
        LIGHT(0xD9D9D9),
        WHITE(0xFFFFFF);

        private final int rgb;

        Ink(int rgb) {
            this.rgb = rgb;
        }

        /** Red, green and blue, eight bits each. */
        public int rgb() {
            return rgb;
        }
    }

    /** How a line is broken, in points: on, off, in turns. */
    public enum Dash {
        SOLID,
        DASHED,
        DOTTED;

        /** Empty for a line that is not broken. */
        public List<Integer> lengths() {
            return switch (this) {
                case SOLID -> List.of();
                case DASHED -> List.of(4, 2);
                case DOTTED -> List.of(1, 2);
            };
        }
    }

    /** The shapes of marks; each is as wide and as high as its size. */
    public enum MarkShape {
        CIRCLE,
        SQUARE,
        /** Points up. */
        TRIANGLE,
        DIAMOND,
        /** Two strokes from corner to corner. */
        CROSS,
        /** Two strokes, upright and level. */
        PLUS
    }

    /** Which part of a label stands at its x. */
    public enum Anchor {
        START,
        MIDDLE,
        END
    }

    /**
     * How a line is drawn. Its ends are cut off straight, its corners are pointed.
     *
     * @param width from 0.1 to 100
     */
    public record Stroke(Ink ink, double width, Dash dash) {
        public Stroke {
            Objects.requireNonNull(ink, "ink");
            Inputs.range("width", width, 0.1, 100);
            Objects.requireNonNull(dash, "dash");
        }

        public static Stroke of(Ink ink, double width) {
            return new Stroke(ink, width, Dash.SOLID);
        }
    }

    public record Point(double x, double y) {
        public Point {
            at(x, y);
        }
    }

    public record Line(double x1, double y1, double x2, double y2, Stroke stroke) implements Shape {
        public Line {
            at(x1, y1);
            at(x2, y2);
            Objects.requireNonNull(stroke, "stroke");
        }
    }

    /** A line through at least two points; not closed and not filled. */
    public record Polyline(List<Point> points, Stroke stroke) implements Shape {
        public Polyline {
            points = Inputs.list("points", points, 2, MAX_SHAPES);
            Objects.requireNonNull(stroke, "stroke");
        }
    }

    /**
     * A rectangle, of which {@code x} and {@code y} are the upper left corner.
     *
     * @param fill null for none
     * @param stroke null for none
     */
    public record Rectangle(
            double x,
            double y,
            double width,
            double height,
            @Nullable Ink fill,
            @Nullable Stroke stroke) implements Shape {
        public Rectangle {
            at(x, y);
            Inputs.range("width", width, 0, MAX_LENGTH);
            Inputs.range("height", height, 0, MAX_LENGTH);
        }
    }

    /**
     * A mark around its middle.
     *
     * @param size from 0.1 to 1,000
     * @param filled whether it is filled with the ink, or with white within a line of the ink; crosses and pluses are lines
     *     either way. The line is 1 point wide
     */
    public record Mark(double x, double y, double size, MarkShape shape, Ink ink, boolean filled) implements Shape {
        public Mark {
            at(x, y);
            Inputs.range("size", size, 0.1, 1_000);
            Objects.requireNonNull(shape, "shape");
            Objects.requireNonNull(ink, "ink");
        }
    }

    /**
     * A text in one line.
     *
     * @param y the base line
     * @param size of the font, from 1 to 200
     */
    public record Label(double x, double y, String text, double size, Anchor anchor, Ink ink, boolean bold)
            implements Shape {
        public Label {
            at(x, y);
            Inputs.text("text", text, Document.MAX_LINE);
            Inputs.range("size", size, 1, 200);
            Objects.requireNonNull(anchor, "anchor");
            Objects.requireNonNull(ink, "ink");
        }
    }

    private static void at(double x, double y) {
        Inputs.range("x", x, -MAX_LENGTH, MAX_LENGTH);
        Inputs.range("y", y, -MAX_LENGTH, MAX_LENGTH);
    }
}
