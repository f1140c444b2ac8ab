package dev.evalstore.analysis.report;

import dev.evalstore.analysis.internal.Numbers;
import dev.evalstore.analysis.report.Drawing.Anchor;
import dev.evalstore.analysis.report.Drawing.Ink;
import dev.evalstore.analysis.report.Drawing.Label;
import dev.evalstore.analysis.report.Drawing.Line;
import dev.evalstore.analysis.report.Drawing.Mark;
import dev.evalstore.analysis.report.Drawing.Polyline;
import dev.evalstore.analysis.report.Drawing.Rectangle;
import dev.evalstore.analysis.report.Drawing.Stroke;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A drawing as SVG within HTML. Coordinates have two decimals. */
final class SvgWriter {
    static final String FONTS = "'Noto Sans','Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif";
    private static final int DECIMALS = 2;

    private SvgWriter() {}

    /** @param id from which those of the title and the description are made */
    static void write(Figure figure, String id, Appendable out) throws IOException {
        Drawing drawing = figure.drawing();
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"")
                .append(id + "t " + id + "d\" width=\"")
                .append(number(drawing.width()) + "pt\" height=\"" + number(drawing.height()) + "pt\" viewBox=\"0 0 ")
                .append(number(drawing.width()) + " " + number(drawing.height()))
                .append("\" font-family=\"" + FONTS + "\">\n<title id=\"" + id + "t\">")
                .append(HtmlText.line(figure.caption()))
                .append("</title>\n<desc id=\"" + id + "d\">")
                .append(HtmlText.line(figure.alternative()))
                .append("</desc>\n");
        for (Drawing.Shape shape : drawing.shapes()) {
            out.append(shape(shape)).append('\n');
        }
        out.append("</svg>\n");
    }

    private static String shape(Drawing.Shape shape) {
        if (shape instanceof Line line) {
            return "<line x1=\"" + number(line.x1()) + "\" y1=\"" + number(line.y1()) + "\" x2=\"" + number(line.x2())
                    + "\" y2=\"" + number(line.y2()) + "\"" + stroke(line.stroke()) + "/>";
        }
        if (shape instanceof Polyline line) {
            return "<polyline points=\"" + points(line) + "\" fill=\"none\"" + stroke(line.stroke()) + "/>";
        }
        if (shape instanceof Rectangle box) {
            return "<rect x=\"" + number(box.x()) + "\" y=\"" + number(box.y()) + "\" width=\"" + number(box.width())
                    + "\" height=\"" + number(box.height()) + "\"" + fill(box.fill()) + strokeOrNone(box.stroke())
                    + "/>";
        }
        if (shape instanceof Mark mark) {
            return mark(mark);
        }
        return label((Label) shape);
    }

    private static String points(Polyline line) {
        return line.points().stream()
                .map(point -> number(point.x()) + "," + number(point.y()))
                .collect(Collectors.joining(" "));
    }

    private static String mark(Mark mark) {
        double r = mark.size() / 2;
        double x = mark.x();
        double y = mark.y();
        String paint = fill(mark.filled() ? mark.ink() : Ink.WHITE) + stroke(Stroke.of(mark.ink(), 1)) + "/>";
        return switch (mark.shape()) {
            case CIRCLE -> "<circle cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"" + number(r) + "\"" + paint;
            case SQUARE -> polygon(x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r) + paint;
            case TRIANGLE -> polygon(x - r, y + r, x, y - r, x + r, y + r) + paint;
            case DIAMOND -> polygon(x - r, y, x, y - r, x + r, y, x, y + r) + paint;
            case CROSS -> strokes(mark, x - r, y - r, x + r, y + r, x - r, y + r, x + r, y - r);
            case PLUS -> strokes(mark, x - r, y, x + r, y, x, y - r, x, y + r);
        };
    }

    private static String polygon(double... coordinates) {
        StringBuilder points = new StringBuilder("<polygon points=\"");
        for (int i = 0; i < coordinates.length; i += 2) {
            points.append(i == 0 ? "" : " ")
                    .append(number(coordinates[i]))
                    .append(',')
                    .append(number(coordinates[i + 1]));
        }
        return points.append('"').toString();
    }

    /** Two lines, of which the coordinates are given. */
    private static String strokes(Mark mark, double... at) {
        return "<path d=\"M" + number(at[0]) + "," + number(at[1]) + "L" + number(at[2]) + "," + number(at[3]) + "M"
                + number(at[4]) + "," + number(at[5]) + "L" + number(at[6]) + "," + number(at[7]) + "\" fill=\"none\""
                + stroke(Stroke.of(mark.ink(), 1)) + "/>";
    }

    private static String label(Label label) {
        String anchor = label.anchor() == Anchor.START
                ? ""
                : " text-anchor=\"" + (label.anchor() == Anchor.END ? "end" : "middle") + "\"";
        return "<text x=\"" + number(label.x()) + "\" y=\"" + number(label.y()) + "\" font-size=\""
                + number(label.size()) + "\"" + anchor + (label.bold() ? " font-weight=\"bold\"" : "")
                + fill(label.ink()) + ">" + HtmlText.line(Directions.isolated(label.text())) + "</text>";
    }

    private static String strokeOrNone(@Nullable Stroke stroke) {
        return stroke == null ? "" : stroke(stroke);
    }

    private static String stroke(Stroke stroke) {
        String dashes = stroke.dash().lengths().stream().map(String::valueOf).collect(Collectors.joining(" "));
        return " stroke=\"" + colour(stroke.ink()) + "\" stroke-width=\"" + number(stroke.width()) + "\""
                + (dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\"");
    }

    private static String fill(@Nullable Ink ink) {
        return " fill=\"" + (ink == null ? "none" : colour(ink)) + "\"";
    }

    private static String colour(Ink ink) {
        String hex = Integer.toHexString(ink.rgb());
        return "#" + "0".repeat(6 - hex.length()) + hex;
    }

    private static String number(double value) {
        return Numbers.text(new BigDecimal(value).setScale(DECIMALS, RoundingMode.HALF_EVEN));
    }
}
