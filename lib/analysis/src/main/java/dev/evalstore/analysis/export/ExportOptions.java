package dev.evalstore.analysis.export;

import java.util.ArrayList;
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

    ExportOptions choose(List<String> names) {
        return new ExportOptions(names, added, maximum);
    }

    ExportOptions add(List<String> names) {
        List<String> all = new ArrayList<>(added);
        all.addAll(names);
        return new ExportOptions(chosen, all, maximum);
    }

    ExportOptions maximum(long rows) {
        if (rows < 1 || rows > NO_MAXIMUM) {
            throw new IllegalArgumentException("maximum must be from 1 to " + NO_MAXIMUM);
        }
        return new ExportOptions(chosen, added, rows);
    }

    /** Each once. */
    List<String> names() {
        Set<String> names = new LinkedHashSet<>(chosen);
        names.addAll(added);
        return List.copyOf(names);
    }
}
