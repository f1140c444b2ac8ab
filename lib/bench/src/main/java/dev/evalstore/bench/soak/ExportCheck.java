package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.Journal.Status;
import dev.evalstore.state.StateEntry;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether each export was of one moment, and each import came whole or not at all. */
final class ExportCheck {
    private ExportCheck() {}

    static void check(Evidence evidence, Violations violations) {
        violations.each(
                "an export is not of one moment",
                evidence.journals().of(Stage.STATE, Exports.EXPORT).stream()
                        .map(Journals.Line::detail)
                        .filter(held -> !held.equals(Money.ALL_HELD))
                        .toList());
        List<StateEntry> copy = Money.all(Money.copy(evidence.store()));
        String held = Money.holding(copy);
        if (!copy.isEmpty() && !held.equals(Money.ALL_HELD)) {
            violations.add("the copy holds " + held + " instead of " + Money.ALL_HELD);
        }
        if (!imported(evidence.journals()).contains(Money.amounts(copy))) {
            violations.add("the copy is none of the exports that may have been imported last");
        }
    }

    /** What was acknowledged last, by a thread that does one after another, and all of which nobody knows when it came. */
    private static Set<String> imported(Journals journals) {
        Set<String> imported = new HashSet<>();
        for (Map.Entry<String, Status> each :
                journals.outcomes(Stage.STATE, Exports.IMPORT).entrySet()) {
            if (each.getValue() == Status.TRY || each.getValue() == Status.UNKNOWN) {
                imported.add(amounts(each.getKey()));
            }
        }
        journals.of(Stage.STATE, Exports.IMPORT).stream()
                .filter(line -> line.status() == Status.OK)
                .max(Comparator.comparingLong(Journals.Line::millis))
                .ifPresentOrElse(line -> imported.add(amounts(line.name())), () -> imported.add(""));
        return imported;
    }

    private static String amounts(String name) {
        return name.substring(name.indexOf(':') + 1);
    }
}
