package dev.evalstore.examples.bench.soak;

import dev.evalstore.examples.bench.soak.Faults.Strike;
import dev.evalstore.examples.bench.soak.Journal.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How long a room took after the end of a fault until something was acknowledged again.
 *
 * @param room which
 * @param after the fault
 * @param millis how long; below zero for never
 */
record Recovery(String room, Fault after, long millis) {
    /** The worst of each room, in the order of their names. */
    static List<Recovery> worst(Journals journals, List<Strike> strikes) {
        Map<String, TreeSet<Long>> acknowledged = new TreeMap<>();
        for (String room :
                List.of(Stage.JOBS, Stage.MATRIX, Stage.STATE, Stage.AUDIT, Stage.LOCKS, Stage.MAINTENANCE)) {
            acknowledged.put(room, new TreeSet<>());
        }
        journals.lines().stream()
                .filter(line -> line.status() == Status.OK && acknowledged.containsKey(line.room()))
                .forEach(line -> acknowledged.get(line.room()).add(line.millis()));
        List<Recovery> worst = new ArrayList<>();
        acknowledged.forEach((room, times) -> strikes.stream()
                .map(strike -> after(room, times, strike))
                .max(Comparator.comparing(recovery -> recovery.millis() < 0 ? Long.MAX_VALUE : recovery.millis()))
                .ifPresent(worst::add));
        return worst;
    }

    private static Recovery after(String room, TreeSet<Long> times, Strike strike) {
        Long next = times.ceiling(strike.ended());
        return new Recovery(room, strike.fault(), next == null ? -1 : next - strike.ended());
    }

    /** A room that never comes back is none that survived. */
    static boolean allBack(Journals journals, List<Strike> strikes) {
        return worst(journals, strikes).stream().allMatch(recovery -> recovery.millis() >= 0);
    }
}
