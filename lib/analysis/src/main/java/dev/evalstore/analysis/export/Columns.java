package dev.evalstore.analysis.export;

import dev.evalstore.Json;
import dev.evalstore.analysis.export.JsonFields.Value;
import dev.evalstore.analysis.internal.Inputs;
import dev.evalstore.analysis.internal.Numbers;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The columns that rows of one kind can have, and those that an export has chosen. Immutable once it is built. */
final class Columns<R> {
    static final String METRICS = "metrics";
    static final String METADATA = "metadata";

    /** What stands before the name of one metric. */
    static final String METRIC = "metrics.";

    private static final int MAX_METRIC = 200;

    private final Map<String, Cell<R>> known = new LinkedHashMap<>();

    /** Writes what a row has in a column. */
    @FunctionalInterface
    interface Cell<R> {
        void write(R row, RowWriter out);
    }

    /** A text, or what has a text of its own: an id, a time. */
    Columns<R> text(String name, Function<R, @Nullable Object> value) {
        known.put(name, (row, out) -> {
            Object given = value.apply(row);
            out.text(given == null ? null : given.toString());
        });
        return this;
    }

    Columns<R> number(String name, Function<R, @Nullable Number> value) {
        known.put(name, (row, out) -> out.literal(text(value.apply(row))));
        return this;
    }

    Columns<R> bool(String name, Function<R, Boolean> value) {
        known.put(name, (row, out) -> out.literal(value.apply(row).toString()));
        return this;
    }

    Columns<R> json(String name, Function<R, @Nullable Json> value) {
        known.put(name, (row, out) -> {
            Json given = value.apply(row);
            out.literal(given == null ? null : given.text());
        });
        return this;
    }

    static @Nullable String text(@Nullable Number value) {
        if (value instanceof Double real) {
            return Numbers.text(real);
        }
        return value instanceof BigDecimal decimal ? Numbers.text(decimal) : value == null ? null : value.toString();
    }

    /** All names, in the order in which they were declared. */
    List<String> names() {
        return List.copyOf(known.keySet());
    }

    /** Names that an export may ask for: known ones, and single metrics. */
    List<String> checked(String field, Collection<String> asked) {
        List<String> names = Inputs.list(field, new ArrayList<>(asked), 1, ExportOptions.MAX_COLUMNS);
        for (String name : names) {
            if (name.startsWith(METRIC)) {
                Inputs.text(field, name.substring(METRIC.length()), MAX_METRIC);
            } else if (!known.containsKey(name)) {
                throw new IllegalArgumentException(field + " must be of " + String.join(", ", known.keySet()) + ", or "
                        + METRIC + " with the name of a metric");
            }
        }
        if (new LinkedHashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException(field + " must not repeat a column");
        }
        return names;
    }

    /** The metrics that have a column of their own, by their names. */
    static Set<String> metrics(Collection<String> names) {
        Set<String> metrics = new LinkedHashSet<>();
        names.stream()
                .filter(name -> name.startsWith(METRIC))
                .forEach(name -> metrics.add(name.substring(METRIC.length())));
        return metrics;
    }

    /** What writes the named columns. */
    List<Cell<R>> cells(List<String> names, Function<R, Map<String, Value>> metrics) {
        List<Cell<R>> cells = new ArrayList<>();
        for (String name : names) {
            Cell<R> cell = known.get(name);
            cells.add(cell == null ? metric(name.substring(METRIC.length()), metrics) : cell);
        }
        return cells;
    }

    private static <R> Cell<R> metric(String metric, Function<R, Map<String, Value>> metrics) {
        return (row, out) -> {
            Value value = metrics.apply(row).get(metric);
            if (value == null) {
                out.literal(null);
            } else {
                value.write(out);
            }
        };
    }
}
