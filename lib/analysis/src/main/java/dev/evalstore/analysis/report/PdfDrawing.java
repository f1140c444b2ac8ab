package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.Drawing.Anchor;
import dev.evalstore.analysis.report.Drawing.Point;
import dev.evalstore.analysis.report.Drawing.Stroke;
import java.io.IOException;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDPageContentStream;

/** Paints a drawing on a page. */
final class PdfDrawing {
    /** How far the handles of a quarter of a circle are from its ends, as a share of the radius. */
    private static final double KAPPA = 0.5522847498;

    private final PdfPages pages;
    private final PDPageContentStream out;
    private final double x;
    private final double y;
    private final double scale;

    /** The drawing's upper left corner comes to this place. */
    PdfDrawing(PdfPages pages, double x, double y, double scale) {
        this.pages = pages;
        this.out = pages.out();
        this.x = x;
        this.y = y;
        this.scale = scale;
    }

    void paint(List<Drawing.Shape> shapes) throws IOException {
        for (Drawing.Shape shape : shapes) {
            if (shape instanceof Drawing.Line line) {
                pen(line.stroke());
                polyline(List.of(new Point(line.x1(), line.y1()), new Point(line.x2(), line.y2())));
                out.stroke();
            } else if (shape instanceof Drawing.Polyline polyline) {
                pen(polyline.stroke());
                polyline(polyline.points());
                out.stroke();
            } else if (shape instanceof Drawing.Rectangle rectangle) {
                paint(rectangle);
            } else if (shape instanceof Drawing.Mark mark) {
                paint(mark);
            } else if (shape instanceof Drawing.Label label) {
                paint(label);
            }
        }
    }

    private void paint(Drawing.Rectangle rectangle) throws IOException {
        Drawing.Ink fill = rectangle.fill();
        Stroke stroke = rectangle.stroke();
        if (fill == null && stroke == null) {
            return;
        }
        if (fill != null) {
            pages.fill(fill);
        }
        if (stroke != null) {
            pen(stroke);
        }
        out.addRect(
                x(rectangle.x()),
                y(rectangle.y() + rectangle.height()),
                length(rectangle.width()),
                length(rectangle.height()));
        paintPath(fill != null, stroke != null);
    }

    private void paint(Drawing.Mark mark) throws IOException {
        double half = mark.size() / 2;
        pen(Stroke.of(mark.ink(), 1));
        pages.fill(mark.filled() ? mark.ink() : Drawing.Ink.WHITE);
        switch (mark.shape()) {
            case CIRCLE -> circle(mark.x(), mark.y(), half);
            case SQUARE -> polygon(mark, -half, -half, half, -half, half, half, -half, half);
            case TRIANGLE -> polygon(mark, 0, -half, half, half, -half, half);
            case DIAMOND -> polygon(mark, 0, -half, half, 0, 0, half, -half, 0);
            case CROSS -> {
                segment(mark, -half, -half, half, half);
                segment(mark, -half, half, half, -half);
            }
            case PLUS -> {
                segment(mark, 0, -half, 0, half);
                segment(mark, -half, 0, half, 0);
            }
        }
        boolean isArea = mark.shape() != Drawing.MarkShape.CROSS && mark.shape() != Drawing.MarkShape.PLUS;
        paintPath(isArea, true);
    }

    private void paint(Drawing.Label label) throws IOException {
        PdfText.Line line = pages.text.line(label.text(), label.bold());
        double width = line.width() * label.size();
        double left = label.anchor() == Anchor.START
                ? label.x()
                : label.x() - (label.anchor() == Anchor.END ? width : width / 2);
        pages.show(line, x + left * scale, y + label.y() * scale, label.size() * scale, label.ink());
    }

    private void paintPath(boolean filled, boolean stroked) throws IOException {
        if (filled && stroked) {
            out.fillAndStroke();
        } else if (filled) {
            out.fill();
        } else {
            out.stroke();
        }
    }

    private void pen(Stroke stroke) throws IOException {
        pages.stroke(stroke.ink());
        out.setLineWidth(length(stroke.width()));
        List<Integer> lengths = stroke.dash().lengths();
        float[] dash = new float[lengths.size()];
        for (int i = 0; i < dash.length; i++) {
            dash[i] = length(lengths.get(i));
        }
        out.setLineDashPattern(dash, 0);
    }

    private void polyline(List<Point> points) throws IOException {
        out.moveTo(x(points.get(0).x()), y(points.get(0).y()));
        for (Point point : points.subList(1, points.size())) {
            out.lineTo(x(point.x()), y(point.y()));
        }
    }

    private void polygon(Drawing.Mark mark, double... offsets) throws IOException {
        for (int i = 0; i < offsets.length; i += 2) {
            float px = x(mark.x() + offsets[i]);
            float py = y(mark.y() + offsets[i + 1]);
            if (i == 0) {
                out.moveTo(px, py);
            } else {
                out.lineTo(px, py);
            }
        }
        out.closePath();
    }

    private void segment(Drawing.Mark mark, double x1, double y1, double x2, double y2) throws IOException {
        out.moveTo(x(mark.x() + x1), y(mark.y() + y1));
        out.lineTo(x(mark.x() + x2), y(mark.y() + y2));
    }

    private void circle(double middleX, double middleY, double radius) throws IOException {
        double handle = radius * KAPPA;
        out.moveTo(x(middleX + radius), y(middleY));
        curve(middleX + radius, middleY + handle, middleX + handle, middleY + radius, middleX, middleY + radius);
        curve(middleX - handle, middleY + radius, middleX - radius, middleY + handle, middleX - radius, middleY);
        curve(middleX - radius, middleY - handle, middleX - handle, middleY - radius, middleX, middleY - radius);
        curve(middleX + handle, middleY - radius, middleX + radius, middleY - handle, middleX + radius, middleY);
        out.closePath();
    }

    private void curve(double x1, double y1, double x2, double y2, double x3, double y3) throws IOException {
        out.curveTo(x(x1), y(y1), x(x2), y(y2), x(x3), y(y3));
    }

    private float x(double inDrawing) {
        return (float) (x + inDrawing * scale);
    }

    private float y(double inDrawing) {
        return pages.flipped(y + inDrawing * scale);
    }

    private float length(double inDrawing) {
        return (float) (inDrawing * scale);
    }
}
