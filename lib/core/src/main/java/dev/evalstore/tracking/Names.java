package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.Recent;
import dev.evalstore.internal.jdbc.DefaultIsolation;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.SqlArray;
import java.util.Collection;
import java.util.List;

/**
 * The names of params or of metrics, which have numbers in the database. Statements look names up by their text, so what is
 * remembered here is only that a name is there: where a store was put back from a backup, no name can mean another one. A
 * statement that misses a name does nothing and says so, and the names are made again.
 *
 * <p>New names are committed before the rows that need them, also inside a transaction where that is possible. Otherwise
 * whoever logs a name first would hold up everybody else who logs it, until the end of its transaction, and two of those could
 * wait for each other. A name without rows does no harm.
 */
final class Names {
    private static final String MISSING_METRICS = """
            /* metric_names.missing */ select g.name from unnest(?::text[]) as g (name)
            where not exists (select from evalstore.metric_names n where n.name = g.name)""";

    /** A name that is there draws no number. All writers insert in one order, so none waits for another in a circle. */
    private static final String MAKE_METRICS = """
            /* metric_names.make */ insert into evalstore.metric_names (name)
            select g.name from unnest(?::text[]) as g (name)
            where not exists (select from evalstore.metric_names n where n.name = g.name)
            order by g.name collate "C" on conflict (name) do nothing""";

    private static final String MISSING_PARAMS = """
            /* param_names.missing */ select g.name from unnest(?::text[]) as g (name)
            where not exists (select from evalstore.param_names n where n.name = g.name)""";

    private static final String MAKE_PARAMS = """
            /* param_names.make */ insert into evalstore.param_names (name)
            select g.name from unnest(?::text[]) as g (name)
            where not exists (select from evalstore.param_names n where n.name = g.name)
            order by g.name collate "C" on conflict (name) do nothing""";

    private static final String MISSING_PROJECTS = """
            /* projects.missing */ select g.name from unnest(?::text[]) as g (name)
            where not exists (select from evalstore.projects n where n.name = g.name)""";

    private static final String MAKE_PROJECTS = """
            /* projects.make */ insert into evalstore.projects (name)
            select g.name from unnest(?::text[]) as g (name)
            where not exists (select from evalstore.projects n where n.name = g.name)
            order by g.name collate "C" on conflict (name) do nothing""";

    static final Shared<Names> METRICS = Shared.of(jdbc -> new Names(MISSING_METRICS, MAKE_METRICS));

    static final Shared<Names> PARAMS = Shared.of(jdbc -> new Names(MISSING_PARAMS, MAKE_PARAMS));

    static final Shared<Names> PROJECTS = Shared.of(jdbc -> new Names(MISSING_PROJECTS, MAKE_PROJECTS));

    private static final int MAX_LENGTH = 250;
    private static final int MAX_KNOWN = 50_000;

    private final String missing;
    private final String make;
    private final Recent<String, Boolean> known = new Recent<>(MAX_KNOWN);

    private Names(String missing, String make) {
        this.missing = missing;
        this.make = make;
    }

    /** The name of a param, a metric or a tag. */
    static String check(String field, String value) {
        return Check.text(field, value, 1, MAX_LENGTH);
    }

    /** Makes those that are not there; without a statement where all are known to be. */
    void make(Jdbc jdbc, Collection<String> names) {
        List<String> unknown = names.stream()
                .filter(name -> known.get(name) == null)
                .distinct()
                .toList();
        if (unknown.isEmpty()) {
            return;
        }
        if (!jdbc.inTransaction()) {
            jdbc.update(Sql.of(make, SqlArray.texts(unknown)));
            unknown.forEach(this::remember);
            return;
        }
        List<String> absent = jdbc.list(Sql.of(missing, SqlArray.texts(unknown)), row -> row.text("name"));
        if (!absent.isEmpty() && !isMadeBeside(jdbc, absent)) {
            jdbc.update(Sql.of(make, SqlArray.texts(absent)));
        }
        // What is there may be this transaction's own, which may be rolled back.
        jdbc.afterCommit(committed -> unknown.forEach(this::remember));
    }

    /** A snapshot of before would not see names that are made now. */
    private boolean isMadeBeside(Jdbc tx, List<String> absent) {
        return DefaultIsolation.seesLaterCommits(tx)
                && tx.beside(apart -> apart.update(Sql.of(make, SqlArray.texts(absent))))
                        .isPresent();
    }

    private void remember(String name) {
        known.put(name, true);
    }

    /** A statement missed one of them. */
    void forget(Collection<String> names) {
        names.forEach(name -> known.remove(name, true));
    }

    /** How many are remembered, for a test. */
    int size() {
        return known.size();
    }
}
