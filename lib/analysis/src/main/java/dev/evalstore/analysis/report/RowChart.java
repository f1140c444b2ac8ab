package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Bar;
import dev.evalstore.analysis.report.Charts.Difference;
import dev.evalstore.analysis.report.Drawing.Anchor;
import dev.evalstore.analysis.report.Drawing.Ink;
import dev.evalstore.analysis.report.Drawing.MarkShape;
import dev.evalstore.analysis.report.Drawing.Stroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Values with intervals in rows: the name on the left, the bar or the mark, and the numbers on the right. */
final class RowChart {
    private static final String MINUS = " − ";
    private static final double MAX_NAMES = 0.36 * Canvas.WIDTH;
    private static final double LINE = 10.5;
    private static final double PADDING = 6;
    private static final double GAP = 10;
    private static final double UNDER_AXIS = 32;
    private static final double MARK = 6.5;
    private static final String NONE = "no value";

    private final Axis axis;
    private final @Nullable String interval;
    private final List<Bar> bars;
    private final AxisTicks ticks;

    /** Which marks are filled; null where there are bars. */
    private final @Nullable List<Boolean> filled;

    private final String fillMeans;

    private RowChart(
            Axis axis, @Nullable String interval, List<Bar> bars, @Nullable List<Boolean> filled, String fillMeans) {
        this.axis = Objects.requireNonNull(axis, "axis");
        this.interval = interval;
        this.bars = bars;
        this.filled = filled;
        this.fillMeans = fillMeans;
        Extent range = Extent.of(axis).with(0.0);
        for (Bar bar : bars) {
            range = range.with(bar.value()).with(bar.low()).with(bar.high());
        }
        this.ticks = AxisTicks.linear(range.min(), range.max(), 5);
    }

    static Figure bars(String caption, Axis axis, @Nullable String interval, List<Bar> bars) {
        RowChart chart = new RowChart(axis, interval, bars, null, "");
        return new Figure(caption, chart.inWords("Bars"), chart.draw());
    }

    static Figure differences(
            String caption, Axis axis, @Nullable String interval, String fillMeans, List<Difference> rows) {
        List<Bar> bars = rows.stream()
                .map(row -> new Bar(row.label(), row.value(), row.low(), row.high()))
                .toList();
        List<Boolean> filled = rows.stream().map(Difference::filled).toList();
        RowChart chart = new RowChart(axis, interval, bars, filled, fillMeans);
        return new Figure(caption, chart.inWords("Marks on both sides of zero"), chart.draw());
    }

    private Drawing draw() {
        Canvas canvas = new Canvas();
        List<List<String>> names = ShortNames.of(bars.stream().map(Bar::label).toList(), this::lines);
        double left = names.stream()
                        .flatMap(List::stream)
                        .mapToDouble(line -> TextWidths.of(line, Canvas.TEXT))
                        .max()
                        .orElse(0)
                + GAP;
        double numbers = bars.stream()
                .mapToDouble(bar -> TextWidths.of(numbers(bar), Canvas.SMALL))
                .max()
                .orElse(0);
        double right = Canvas.WIDTH - numbers - GAP;
        double bottom = names.stream().mapToDouble(RowChart::height).sum() + PADDING;
        double zero = left + ticks.share(0) * (right - left);
        canvas.levelAxis(ticks, title(), left, right, 0, bottom);
        canvas.line(zero, 0, zero, bottom, Canvas.AXIS);
        double top = PADDING / 2;
        for (int i = 0; i < bars.size(); i++) {
            double middle = top + height(names.get(i)) / 2;
            row(canvas, i, names.get(i), left, right, middle);
            top += height(names.get(i));
        }
        return canvas.drawing(bottom + UNDER_AXIS);
    }

    /** Of a difference that needs more than a line, each name by itself, so that the sign between them stays. */
    private List<String> lines(String label) {
        int sign = label.indexOf(MINUS);
        if (filled == null || sign < 0 || TextWidths.of(label, Canvas.TEXT) <= MAX_NAMES) {
            return TextWidths.wrap(label, Canvas.TEXT, MAX_NAMES, 3);
        }
        double width = MAX_NAMES - TextWidths.of(MINUS, Canvas.TEXT);
        List<String> lines = new ArrayList<>(TextWidths.wrap(label.substring(0, sign), Canvas.TEXT, width, 2));
        lines.set(lines.size() - 1, lines.get(lines.size() - 1) + MINUS.stripTrailing());
        lines.addAll(TextWidths.wrap(label.substring(sign + MINUS.length()), Canvas.TEXT, width, 2));
        return lines;
    }

    private void row(Canvas canvas, int row, List<String> name, double left, double right, double middle) {
        Bar bar = bars.get(row);
        double base = middle - (name.size() - 1) * LINE / 2 + Canvas.TEXT * 0.35;
        for (int line = 0; line < name.size(); line++) {
            canvas.text(left - GAP, base + line * LINE, name.get(line), Canvas.TEXT, Anchor.END, Ink.BLACK);
        }
        canvas.text(Canvas.WIDTH, middle + Canvas.SMALL * 0.35, numbers(bar), Canvas.SMALL, Anchor.END, Ink.BLACK);
        Double value = bar.value();
        if (value == null) {
            return;
        }
        double zero = left + ticks.share(0) * (right - left);
        double at = left + ticks.share(value) * (right - left);
        if (filled == null) {
            canvas.add(new Drawing.Rectangle(
                    Math.min(zero, at),
                    middle - LINE / 2,
                    Math.abs(at - zero),
                    LINE,
                    Ink.SKY,
                    Stroke.of(Ink.BLUE, 0.75)));
        }
        Double low = bar.low();
        Double high = bar.high();
        if (low != null && high != null) {
            canvas.whisker(left + ticks.share(low) * (right - left), left + ticks.share(high) * (right - left), middle);
        }
        if (filled != null) {
            canvas.add(new Drawing.Mark(at, middle, MARK, MarkShape.SQUARE, Ink.BLUE, filled.get(row)));
        }
    }

    private String title() {
        return axis.label()
                + (interval == null ? "" : ", with " + interval)
                + (fillMeans.isEmpty() ? "" : "; filled: " + fillMeans);
    }

    private String numbers(Bar bar) {
        Double value = bar.value();
        return value == null ? NONE : ticks.text(value, bar.low(), bar.high());
    }

    private String inWords(String kind) {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < bars.size(); i++) {
            boolean isFilled = filled != null && filled.get(i);
            rows.add(name(bars.get(i)) + " " + numbers(bars.get(i)) + (isFilled ? ", " + fillMeans : ""));
        }
        String text = kind + ": " + axis.label() + (interval == null ? "" : ", with " + interval) + ". "
                + String.join("; ", rows) + ".";
        return bars.size() == 1 ? text : text + " " + extremes();
    }

    private String extremes() {
        List<Bar> known = bars.stream().filter(bar -> bar.value() != null).toList();
        if (known.isEmpty()) {
            return "None has a value.";
        }
        Comparator<Bar> byValue = Comparator.comparing(bar -> Objects.requireNonNull(bar.value()));
        return "Highest is " + name(known.stream().max(byValue).orElseThrow()) + ", lowest is "
                + name(known.stream().min(byValue).orElseThrow()) + ".";
    }

    private static String name(Bar bar) {
        return Directions.isolated(bar.label());
    }

    private static double height(List<String> name) {
        return name.size() * LINE + PADDING;
    }
}
