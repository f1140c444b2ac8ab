package dev.evalstore.bench.soak;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Whether nobody used a lock after somebody else had it, and no two led at a time. */
final class LockCheck {
    private LockCheck() {}

    static void check(Evidence evidence, Violations violations) throws SQLException {
        violations.compare(
                "a turn",
                evidence.outcomes(Stage.LOCKS, "write", "order"),
                evidence.texts("select name from soak.turns"));
        violations.each("a lock was used after somebody else had it", evidence.texts("""
                select resource || ' ' || token || ' after ' || before from (
                    select resource, token, max(token) over (
                        partition by resource order by seq rows between unbounded preceding and 1 preceding) as before
                    from soak.turns) t
                where token < before"""));
        leaders(evidence.journals().of(Stage.LEADER, LeaderRoom.LEAD), violations);
    }

    /** When a term was surely going on: from the first answer that said so, to the last question that was answered so. */
    private record Term(long told, long asked) {
        Term and(Term other) {
            return new Term(Math.min(told, other.told), Math.max(asked, other.asked));
        }
    }

    /** Terms have their tokens' order, so one that was still going on when a later one was overlaps it. */
    private static void leaders(List<Journals.Line> lines, Violations violations) {
        TreeMap<Long, Term> terms = new TreeMap<>();
        Map<String, Set<String>> leaders = new HashMap<>();
        for (Journals.Line line : lines) {
            String[] times = line.detail().split(" ", -1);
            Term moment = new Term(Long.parseLong(times[1]), Long.parseLong(times[0]));
            terms.merge(Long.parseLong(line.name()), moment, Term::and);
            leaders.computeIfAbsent(line.name(), any -> new HashSet<>()).add(line.client());
        }
        violations.each(
                "a term has more than one leader",
                leaders.entrySet().stream()
                        .filter(e -> e.getValue().size() > 1)
                        .map(Map.Entry::toString)
                        .toList());
        long latest = Long.MIN_VALUE;
        for (Map.Entry<Long, Term> term : terms.entrySet()) {
            if (term.getValue().told() < latest) {
                violations.add(
                        "two led at a time: the term " + term.getKey() + " began before an earlier one was over");
            }
            latest = Math.max(latest, term.getValue().asked());
        }
    }
}
