package dev.evalstore.bench;

import dev.evalstore.Json;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Writes figures as lines of JSON, and progress beside them. */
final class Report {
    private final PrintStream figures;
    private final PrintStream progress;

    Report(PrintStream figures, PrintStream progress) {
        this.figures = figures;
        this.progress = progress;
    }

    /** Each side's figure, one line a side; {@code params} say under which conditions. */
    void values(String bench, Map<String, Double> sides, String unit, Map<String, Object> params) {
        sides.forEach((system, value) -> {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("bench", bench);
            line.put("system", system);
            line.put("value", rounded(value));
            line.put("unit", unit);
            line.put("params", params);
            write(line);
        });
    }

    /** One side's figure over another's. */
    void ratio(String bench, Map<String, Double> sides, String side, String other) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("bench", bench);
        line.put("ratio", side + "/" + other);
        line.put("value", rounded(Objects.requireNonNull(sides.get(side)) / Objects.requireNonNull(sides.get(other))));
        write(line);
    }

    void progress(String text) {
        progress.println(text);
    }

    /** A round's figures as progress; rounds below 0 are warm-ups. */
    void round(int round, List<String> names, double[] values) {
        StringBuilder line = new StringBuilder(round < 0 ? "warm-up" : "round " + (round + 1));
        for (int side = 0; side < values.length; side++) {
            line.append(String.format(Locale.ROOT, "   %s %.2f", names.get(side), values[side]));
        }
        progress(line.toString());
    }

    private void write(Map<String, Object> line) {
        figures.println(Json.of(line).text());
        figures.flush();
    }

    /** Four significant digits: more would pretend. */
    private static double rounded(double value) {
        return new BigDecimal(value).round(new MathContext(4)).doubleValue();
    }
}
