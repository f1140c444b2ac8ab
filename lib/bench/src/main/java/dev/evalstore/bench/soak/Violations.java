package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.Journal.Status;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was promised and did not hold, each named. */
final class Violations {
    private static final int SHOWN = 20;

    private final List<String> found = new ArrayList<>();

    List<String> found() {
        return List.copyOf(found);
    }

    void add(String violation) {
        found.add(violation);
    }

    /** One for each of them, or none. */
    void each(String rule, Collection<String> offenders) {
        offenders.stream().limit(SHOWN).forEach(offender -> add(rule + ": " + offender));
        if (offenders.size() > SHOWN) {
            add(rule + ": and " + (offenders.size() - SHOWN) + " more");
        }
    }

    /**
     * Holds what clients were told against what is there: what was acknowledged is there once, what was refused or undone is not,
     * of what is unknown at most one is, and nothing is there that nobody tried.
     *
     * @param tried what became of each name
     * @param there the names that are there, as often as they are
     */
    void compare(String what, Map<String, Status> tried, Collection<String> there) {
        Map<String, Integer> counts = new HashMap<>();
        there.forEach(name -> counts.merge(name, 1, Integer::sum));
        List<String> missing = new ArrayList<>();
        List<String> undead = new ArrayList<>();
        tried.forEach((name, status) -> {
            boolean isThere = counts.containsKey(name);
            if (status == Status.OK && !isThere) {
                missing.add(name);
            } else if (isThere
                    && Set.of(Status.FAILED, Status.LOST, Status.REFUSED).contains(status)) {
                undead.add(name + " (" + status + ")");
            }
        });
        each(what + " was acknowledged and is not there", missing);
        each(what + " is there although its client was told that it is not", undead);
        each(
                what + " is there more than once",
                counts.entrySet().stream()
                        .filter(e -> e.getValue() > 1)
                        .map(e -> e.getKey() + " " + e.getValue() + " times")
                        .toList());
        each(
                what + " is there and nobody tried it",
                counts.keySet().stream()
                        .filter(name -> !tried.containsKey(name))
                        .toList());
    }
}
