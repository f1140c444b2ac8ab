package dev.evalstore.examples.bench.soak;

import dev.evalstore.examples.bench.soak.Journal.Status;
import dev.evalstore.state.Checkpoint;
import dev.evalstore.state.StateBackend;
import dev.evalstore.state.StateEntry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether the state kept its word. */
final class StateCheck {
    private static final String KEYS = """
            select convert_from(key, 'UTF8') from evalstore.state_entries e
            join evalstore.state_namespaces n on n.id = e.namespace_id
            where n.name = 'ledger' and""";

    private static final String CHANGES = """
            select upper(kind) || ',' || convert_from(key, 'UTF8') || ',' || version from evalstore.state_changes c
            join evalstore.state_namespaces n on n.id = c.namespace_id where n.name = 'ledger' order by seq""";

    private StateCheck() {}

    static void check(Evidence evidence, Violations violations) throws SQLException {
        sums(evidence, violations);
        violations.compare(
                "a transfer's line",
                evidence.outcomes(Stage.STATE, "transfer"),
                evidence.texts(KEYS + " convert_from(key, 'UTF8') like 'transfer/%'"));
        violations.compare(
                "an entry", entries(evidence), evidence.texts(KEYS + " convert_from(key, 'UTF8') like 'entry/%'"));
        counters(evidence, violations);
        watched(evidence, violations);
    }

    private static void sums(Evidence evidence, Violations violations) {
        StateBackend accounts = Money.accounts(evidence.store());
        List<StateEntry> now = accounts.entries(new byte[0], 1_000, null);
        if (now.size() != Money.ACCOUNTS || Money.sum(now) != Money.SUM) {
            violations.add("the accounts hold " + Money.sum(now) + " instead of " + Money.SUM);
        }
        Set<String> kept = new HashSet<>();
        for (Checkpoint checkpoint : accounts.listCheckpoints()) {
            kept.add(checkpoint.id().toString());
            List<StateEntry> then = accounts.entriesAt(checkpoint.id(), new byte[0], 1_000, null);
            if (then.size() != Money.ACCOUNTS || Money.sum(then) != Money.SUM) {
                violations.add("the accounts held " + Money.sum(then) + " instead of " + Money.SUM + " at checkpoint "
                        + checkpoint.id());
            }
        }
        Map<String, Status> forgotten = evidence.outcomes(Stage.STATE, "forget");
        violations.each(
                "a checkpoint was acknowledged and is not there",
                evidence.journals().of(Stage.STATE, "checkpoint").stream()
                        .filter(line -> line.status() == Status.OK)
                        .map(Journals.Line::detail)
                        .filter(id -> !kept.contains(id) && !forgotten.containsKey(id))
                        .toList());
        violations.each(
                "a checkpoint was forgotten and is there",
                kept.stream().filter(id -> forgotten.get(id) == Status.OK).toList());
    }

    /** Each key is put once, and may be deleted once. */
    private static Map<String, Status> entries(Evidence evidence) {
        Map<String, Status> entries = evidence.outcomes(Stage.STATE, "put", "putAll");
        evidence.outcomes(Stage.STATE, "delete").forEach((name, status) -> {
            switch (status) {
                case OK -> entries.put(name, Status.REFUSED);
                case TRY, UNKNOWN -> entries.put(name, Status.UNKNOWN);
                default -> {
                    // It was not deleted, so it is where it was.
                }
            }
        });
        return entries;
    }

    /** Each is counted up by one thread; what it was told was there the last time bounds what may be there now. */
    private static void counters(Evidence evidence, Violations violations) {
        Map<String, Integer> sure = new HashMap<>();
        Map<String, Integer> tried = new HashMap<>();
        for (Journals.Line line : evidence.journals().of(Stage.STATE, "increment")) {
            switch (line.status()) {
                case OK -> sure.merge(line.name(), 1, Integer::sum);
                case FAILED -> tried.merge(line.name(), -1, Integer::sum);
                case TRY -> tried.merge(line.name(), 1, Integer::sum);
                default -> {
                    // Unknown: it was tried, and that is counted.
                }
            }
        }
        Map<String, Long> there = new HashMap<>();
        Money.ledger(evidence.store())
                .entries(Money.key("counter/"), 1_000, null)
                .forEach(entry -> there.put(Money.text(entry.key()), Money.amount(entry.value())));
        tried.forEach((name, most) -> {
            long value = there.getOrDefault(name, 0L);
            int least = sure.getOrDefault(name, 0);
            if (value < least || value > most) {
                violations.add(name + " is " + value + " after " + least + " acknowledged of " + most + " increments");
            }
        });
    }

    /** The follower was given every change, once, and those of one key in their order. */
    private static void watched(Evidence evidence, Violations violations) throws SQLException {
        List<String> given = new ArrayList<>();
        for (Journals.Line line : evidence.journals().of(Stage.STATE, Follower.WATCH)) {
            given.addAll(Arrays.asList(line.detail().split(" ")));
        }
        List<String> made = evidence.texts(CHANGES);
        Map<String, Status> each = new HashMap<>();
        made.forEach(change -> each.put(change, Status.OK));
        violations.compare("a change that the follower was to be given", each, given);
        violations.each("a key's changes came in another order", disordered(given, made));
    }

    private static List<String> disordered(List<String> given, List<String> made) {
        Map<String, List<String>> expected = byKey(made);
        List<String> disordered = new ArrayList<>();
        byKey(given).forEach((key, changes) -> {
            if (new HashSet<>(changes).equals(new HashSet<>(expected.getOrDefault(key, List.of())))
                    && !changes.equals(expected.get(key))) {
                disordered.add(key);
            }
        });
        return disordered;
    }

    private static Map<String, List<String>> byKey(List<String> changes) {
        Map<String, List<String>> byKey = new HashMap<>();
        for (String change : changes) {
            String key = change.substring(change.indexOf(',') + 1, change.lastIndexOf(','));
            byKey.computeIfAbsent(key, any -> new ArrayList<>()).add(change);
        }
        return byKey;
    }
}
