package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.Journal.Status;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Whether the follower was given every change, once, and those of one key in their order, while the feed was compacted. */
final class FeedCheck {
    /** What changed, those of one key told apart by kind and version. */
    static final String CHANGE = "upper(kind) || ',' || convert_from(key, 'UTF8') || ',' || version";

    /** All that there ever were; those that were dropped stand beside the feed. */
    private static final String CHANGES = """
            with ledger as (select id from evalstore.state_namespaces where name = 'ledger'),
            c as (
                select seq, kind, key, version, null::timestamptz as dropped_at from evalstore.state_changes
                where namespace_id = (select id from ledger)
                union all
                select seq, kind, key, version, dropped_at from soak.dropped where namespace_id = (select id from ledger))
            select\s""";

    private final List<String> made;
    private final Set<String> dropped;
    /** Those that stayed when later ones were dropped: who begins anew is given them again. */
    private final Set<String> leftBehind;

    private FeedCheck(Evidence evidence) throws SQLException {
        made = evidence.texts(CHANGES + CHANGE + " from c order by seq");
        dropped = new HashSet<>(evidence.texts(CHANGES + CHANGE + " from c where dropped_at is not null"));
        leftBehind = new HashSet<>(evidence.texts(CHANGES + CHANGE + """
                 from (
                    select c.*, min(dropped_at) over (
                        order by seq desc rows between unbounded preceding and 1 preceding) as later_dropped_at
                    from c) c
                where later_dropped_at < coalesce(dropped_at, 'infinity')"""));
    }

    static void check(Evidence evidence, Violations violations) throws SQLException {
        new FeedCheck(evidence).given(given(evidence.journals()), violations);
        compacted(evidence, violations);
    }

    /** What the follower was given, in its order; a list for each time that it had to begin anew. */
    static List<List<String>> given(Journals journals) {
        List<List<String>> given = new ArrayList<>();
        given.add(new ArrayList<>());
        journals.of(Stage.STATE, Follower.WATCH).stream()
                .sorted(Comparator.comparingLong(Follower::life))
                .forEach(line -> {
                    if (line.status() == Status.REFUSED) {
                        given.add(new ArrayList<>());
                    } else {
                        given.get(given.size() - 1).addAll(List.of(line.detail().split(" ")));
                    }
                });
        return given;
    }

    private void given(List<List<String>> runs, Violations violations) {
        Set<String> before = new HashSet<>();
        List<String> all = new ArrayList<>();
        for (List<String> run : runs) {
            run.stream()
                    .filter(change -> !leftBehind.contains(change) || !before.contains(change))
                    .forEach(all::add);
            before.addAll(run);
        }
        Set<String> missed = missed(runs);
        Map<String, Status> expected = new HashMap<>();
        made.forEach(change -> expected.put(change, missed.contains(change) ? Status.UNKNOWN : Status.OK));
        violations.compare("a change that the follower was to be given", expected, all);
        violations.each("a key's changes came in another order", disordered(all));
    }

    /**
     * What was dropped before the first that it was given, and between the last that it was given and the first after it had to
     * begin anew: it was told that it missed something.
     */
    private Set<String> missed(List<List<String>> runs) {
        Map<String, Integer> places = new HashMap<>();
        made.forEach(change -> places.put(change, places.size()));
        Set<String> missed = new HashSet<>();
        int from = 0;
        for (int i = 0; i < runs.size(); i++) {
            int until = places(runs.subList(i, runs.size()), places).min().orElse(made.size());
            made.subList(from, Math.max(from, until)).stream()
                    .filter(dropped::contains)
                    .forEach(missed::add);
            int last = places(runs.subList(i, i + 1), places).max().orElse(-1);
            from = Math.max(from, last + 1);
        }
        return missed;
    }

    private IntStream places(List<List<String>> runs, Map<String, Integer> places) {
        return runs.stream()
                .flatMap(List::stream)
                .filter(change -> !leftBehind.contains(change))
                .mapToInt(change -> places.getOrDefault(change, -1))
                .filter(place -> place >= 0);
    }

    private List<String> disordered(List<String> given) {
        Set<String> both = new HashSet<>(given);
        both.retainAll(made);
        Map<String, List<String>> expected = byKey(made, both);
        List<String> disordered = new ArrayList<>();
        byKey(given, both).forEach((key, changes) -> {
            if (!changes.equals(expected.get(key))) {
                disordered.add(key);
            }
        });
        return disordered;
    }

    private static Map<String, List<String>> byKey(List<String> changes, Set<String> only) {
        return changes.stream()
                .filter(only::contains)
                .distinct()
                .collect(Collectors.groupingBy(
                        change -> change.substring(change.indexOf(',') + 1, change.lastIndexOf(',')),
                        TreeMap::new,
                        Collectors.toList()));
    }

    /** Nothing went before its time, the floor is where the last went, and what was said to have gone has. */
    private static void compacted(Evidence evidence, Violations violations) throws SQLException {
        violations.each(
                "a change was dropped before its time",
                evidence.texts("select seq from soak.dropped where created_at > dropped_at - interval '"
                        + MaintenanceRoom.MIN_SECONDS + " s'"));
        violations.each("a feed's floor is not where it was compacted to", evidence.texts("""
                select n.name from evalstore.state_namespaces n where n.change_floor <> (
                    select coalesce(max(seq), 0) from soak.dropped d where d.namespace_id = n.id)"""));
        long told = evidence.journals().of(Stage.MAINTENANCE, "compact").stream()
                .filter(line -> line.status() == Status.OK)
                .mapToLong(line -> Long.parseLong(line.detail()))
                .sum();
        long gone = Long.parseLong(
                evidence.texts("select count(*) from soak.dropped").get(0));
        if (gone < told) {
            violations.add("fewer changes were dropped than was said: " + gone + " of " + told);
        }
    }
}
