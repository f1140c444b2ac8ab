package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.Journal.Status;
import dev.evalstore.state.Checkpoint;
import dev.evalstore.state.StateBackend;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Whether the state kept its word. */
final class StateCheck {
    private static final String KEYS = """
            select convert_from(key, 'UTF8') from evalstore.state_entries e
            join evalstore.state_namespaces n on n.id = e.namespace_id
            where n.name = 'ledger' and""";

    private StateCheck() {}

    static void check(Evidence evidence, Violations violations) throws SQLException {
        sums(evidence, violations);
        violations.compare(
                "a transfer's line",
                evidence.outcomes(Stage.STATE, "transfer"),
                evidence.texts(KEYS + " convert_from(key, 'UTF8') like 'transfer/%'"));
        violations.compare(
                "an entry",
                evidence.outcomesUnless("delete", Stage.STATE, "put", "putAll"),
                evidence.texts(KEYS + " convert_from(key, 'UTF8') like 'entry/%'"));
        counters(evidence, violations);
        ExportCheck.check(evidence, violations);
        FeedCheck.check(evidence, violations);
    }

    private static void sums(Evidence evidence, Violations violations) {
        StateBackend accounts = Money.accounts(evidence.store());
        String now = Money.holding(Money.all(accounts));
        if (!now.equals(Money.ALL_HELD)) {
            violations.add("the accounts hold " + now + " instead of " + Money.ALL_HELD);
        }
        Set<String> kept = new HashSet<>();
        for (Checkpoint checkpoint : accounts.listCheckpoints()) {
            kept.add(checkpoint.id().toString());
            String then = Money.holding(Money.all(accounts, checkpoint.id()));
            if (!then.equals(Money.ALL_HELD)) {
                violations.add("the accounts held " + then + " instead of " + Money.ALL_HELD + " at checkpoint "
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
}
