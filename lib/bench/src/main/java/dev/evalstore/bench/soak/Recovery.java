package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.Faults.Strike;
import dev.evalstore.bench.soak.Journal.Status;
import dev.evalstore.bench.soak.Journals.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How long a room took after the end of a fault until something was acknowledged again.
 *
 * @param room which
 * @param after the fault
 * @param millis how long
 */
record Recovery(String room, Fault after, long millis) {
    private static final List<String> ROOMS = List.of(
            Stage.AUDIT,
            Stage.EVALUATIONS,
            Stage.EVENTS,
            Stage.JOBS,
            Stage.LOCKS,
            Stage.MAINTENANCE,
            Stage.MATRIX,
            Stage.STATE);

    /** The worst of each room, where no other fault came in between or still lasted. */
    static List<Recovery> worst(Journals journals, List<Strike> strikes) {
        List<Recovery> worst = new ArrayList<>();
        for (String room : ROOMS) {
            TreeSet<Long> times = acknowledged(journals, room);
            strikes.stream()
                    .filter(strike -> times.ceiling(strike.ended()) != null)
                    .map(strike -> new Recovery(room, strike.fault(), times.ceiling(strike.ended()) - strike.ended()))
                    .filter(recovery -> isUndisturbed(recovery, strikes))
                    .max(Comparator.comparing(Recovery::millis))
                    .ifPresent(worst::add);
        }
        return worst;
    }

    private static TreeSet<Long> acknowledged(Journals journals, String room) {
        return journals.lines().stream()
                .filter(line -> line.status() == Status.OK && line.room().equals(room))
                .map(Line::millis)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isUndisturbed(Recovery recovery, List<Strike> strikes) {
        long from = strikes.stream()
                .filter(strike -> strike.fault().equals(recovery.after()))
                .mapToLong(Strike::ended)
                .findFirst()
                .orElseThrow();
        return strikes.stream()
                .noneMatch(other -> !other.fault().equals(recovery.after())
                        && other.began() < from + recovery.millis()
                        && other.ended() > from);
    }

    /** Whether every room has done something since the last fault: one that never comes back is none that survived. */
    static boolean allBack(Journals journals, List<Strike> strikes) {
        long last = strikes.stream().mapToLong(Strike::ended).max().orElse(0);
        return ROOMS.stream().allMatch(room -> acknowledged(journals, room).ceiling(last) != null);
    }
}
