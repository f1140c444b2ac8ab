package dev.evalstore.analysis.export;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What exports of all kinds can be told.
 *
 * @param chosen the columns, in their order
 * @param added columns behind those, however the calls are ordered
 */
record ExportOptions(List<String> chosen, List<String> added, long maximum) {
    /** One below the greatest number, so that one row more can be asked for. */
    static final long NO_MAXIMUM = Long.MAX_VALUE - 1;

    /** Of an export in all. */
    static final int MAX_COLUMNS = 200;

    ExportOptions choose(List<String> names) {
        return bounded("columns", new ExportOptions(names, added, maximum));
    }

    /** Named by the field that adds them. */
    ExportOptions add(String field, List<String> names) {
        Set<String> all = new LinkedHashSet<>(added);
        all.addAll(names);
        return bounded(field, new ExportOptions(chosen, List.copyOf(all), maximum));
    }

    private static ExportOptions bounded(String field, ExportOptions options) {
        if (options.names().size() > MAX_COLUMNS) {
            throw new IllegalArgumentException(
                    field + " must not make more than " + MAX_COLUMNS + " columns, with those that the export has");
        }
        return options;
    }

    ExportOptions maximum(long rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("maximum must be at least 1");
        }
        return new ExportOptions(chosen, added, Math.min(rows, NO_MAXIMUM));
    }

    /** Each once. */
    List<String> names() {
        Set<String> names = new LinkedHashSet<>(chosen);
        names.addAll(added);
        return List.copyOf(names);
    }
}
