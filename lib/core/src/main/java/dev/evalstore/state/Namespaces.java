package dev.evalstore.state;

import dev.evalstore.ConflictException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.DefaultIsolation;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.internal.jdbc.Table;
import dev.evalstore.state.Namespace.Definition;
import dev.evalstore.state.StateRegistry.Place;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds a backend's namespace at its first use, and makes it where it is missing. What was found is remembered, and
 * the store may be replaced meanwhile: by a backup, or by a new schema. Numbers are random, so an entry under the
 * remembered number is the namespace's own. A statement that finds none, or that writes, compares the name that has the
 * number. Where there is no such namespace, the statement does nothing, and the namespace is looked for again.
 */
final class Namespaces {
    static final Table<Definition> TABLE =
            Table.of("state namespace", "state_namespaces", "id, name, checkpointed, watched", Namespaces::map);

    /** One row in any case: without an id where there is no such namespace. */
    private static final String FIND = """
            /* state.find_namespace */ select n.id, n.name, n.checkpointed, n.watched,
                has_table_privilege('evalstore.state_namespaces', 'insert')
                    and current_setting('transaction_read_only') = 'off' as may_make
            from (select ?::text as name) g left join evalstore.state_namespaces n on n.name = g.name""";

    /**
     * Two processes may run this at once: the second statement sees the row that the first one waited for. One of a
     * few random numbers is free.
     */
    private static final String MAKE = TABLE.text("""
            /* state.make_namespace */ insert into evalstore.state_namespaces (id, name, checkpointed, watched)
            select f.id, ?, ?, ? from (select (random() * 2147483647)::int as id from generate_series(1, 5)) f
            where not exists (select from evalstore.state_namespaces n where n.id = f.id) limit 1
            on conflict (name) do nothing;
            select {columns} from evalstore.state_namespaces where name = ?""");

    private static final int ATTEMPTS = 10;

    final Jdbc jdbc;
    final StateOptions options;
    final Counters counters;
    final Place place;
    private final StateRegistry registry;
    private final boolean isReading;
    private volatile @Nullable Namespace namespace;

    Namespaces(Jdbc jdbc, String name, StateOptions options) {
        this(jdbc, name, options, jdbc.isReading());
    }

    private Namespaces(Jdbc jdbc, String name, StateOptions options, boolean isReading) {
        this.isReading = isReading;
        this.options = Objects.requireNonNull(options, "options");
        String schema = options.schema();
        String tables = (schema == null ? "evalstore." : '"' + schema + "\".") + options.tablePrefix();
        this.place = new Place(tables, Check.name("namespace", name));
        this.registry = jdbc.shared(StateRegistry.KEY);
        this.counters = registry.counters(place);
        this.jdbc = jdbc.countingRetries(counters.retries::increment);
    }

    /** The same on the primary, for what must see its present. */
    Namespaces present() {
        return isReading ? new Namespaces(jdbc.present(), place.name(), options, true) : this;
    }

    /** Work in a namespace. */
    @FunctionalInterface
    interface Work<T, X extends Exception> {
        T run(Namespace namespace) throws X;
    }

    /** The answer of a namespace that there is not. */
    @FunctionalInterface
    interface Absent<T, X extends Exception> {
        T answer() throws X;
    }

    /** A statement found that the remembered number is not the namespace's, and did nothing. */
    private static final class NumberChanged extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NumberChanged() {
            super("the state namespace has another number", null, false, false);
        }
    }

    /** What a statement throws that found the namespace to be another than remembered. */
    static RuntimeException changed() {
        return new NumberChanged();
    }

    /** Runs a write, in a namespace that is made where it is missing, and again where its number has changed. */
    <T, X extends Exception> T writing(Counters.Timer timer, Work<T, X> work) throws X {
        for (int attempt = 1; ; attempt++) {
            Namespace at = find(true).orElseThrow();
            long start = System.nanoTime();
            try {
                return work.run(at);
            } catch (NumberChanged e) {
                forget(at, attempt);
            } finally {
                timer.since(start);
            }
        }
    }

    /**
     * The same for a read. Where there is no namespace, and this role or this transaction may not make one, the
     * answer is that of an empty one. The time does not include that of finding the namespace.
     */
    <T, X extends Exception> T reading(Counters.Timer timer, Work<T, X> work, Absent<T, X> none) throws X {
        for (int attempt = 1; ; attempt++) {
            Optional<Namespace> at = find(false);
            if (at.isEmpty()) {
                return none.answer();
            }
            long start = System.nanoTime();
            try {
                return work.run(at.get());
            } catch (NumberChanged e) {
                forget(at.get(), attempt);
            } finally {
                timer.since(start);
            }
        }
    }

    private void forget(Namespace known, int attempt) {
        namespace = null;
        registry.forget(place, known.definition());
        if (attempt == ATTEMPTS) {
            // This happens only in a transaction whose snapshot is older than the namespace.
            throw new TransientDatabaseException(
                    "state namespace " + place.name() + " is being made by another transaction; try again",
                    "40001",
                    false,
                    null);
        }
    }

    StateSql sql() {
        return registry.statements(place.tables(), options.checkpointed(), options.watched());
    }

    private Optional<Namespace> find(boolean toWrite) {
        Namespace known = namespace;
        if (known != null) {
            return Optional.of(known);
        }
        Definition definition = registry.find(place);
        if (definition == null || !definition.isKeptLike(options)) {
            Optional<Definition> found = findOrMake(toWrite);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            definition = found.get();
            if (!jdbc.inTransaction()) {
                // A transaction may be rolled back, and its namespace's id then belongs to nothing.
                registry.keep(place, definition);
            }
        }
        if (!definition.isKeptLike(options)) {
            throw new ConflictException("state namespace " + place.name() + " was made "
                    + (definition.checkpointed() ? "with" : "without") + " checkpoints and "
                    + (definition.watched() ? "with" : "without") + " a feed; open it so");
        }
        known = new Namespace(jdbc, definition, sql());
        if (!jdbc.joinsHost()) {
            // The host may roll back; the backend lives on.
            namespace = known;
        }
        return Optional.of(known);
    }

    private Optional<Definition> findOrMake(boolean toWrite) {
        StateSql sql = sql();
        Found found = jdbc.one(Sql.of(sql.text(FIND), place.name()), Namespaces::found);
        if (found.definition() != null || !toWrite && (isReading || !found.mayMake())) {
            return Optional.ofNullable(found.definition());
        }
        Sql make = Sql.of(sql.text(MAKE), place.name(), options.checkpointed(), options.watched(), place.name());
        if (jdbc.inTransaction() && DefaultIsolation.seesLaterCommits(jdbc)) {
            // Others that need the namespace would wait for the end of this transaction.
            Optional<Definition> made =
                    jdbc.beside(apart -> apart.change(make, TABLE.mapper()).orElseThrow());
            if (made.isPresent()) {
                return made;
            }
        }
        return jdbc.change(make, TABLE.mapper())
                .or(() -> Optional.ofNullable(jdbc.one(Sql.of(sql.text(FIND), place.name()), Namespaces::found)
                        .definition()));
    }

    private static Found found(Row row) throws SQLException {
        boolean none = row.integerOrNull("id") == null;
        return new Found(none ? null : TABLE.mapper().map(row), row.bool("may_make"));
    }

    /** A look for a namespace: null where there is none, and whether it may be made here. */
    private record Found(@Nullable Definition definition, boolean mayMake) {}

    private static Definition map(Row row) throws SQLException {
        return new Definition(row.integer("id"), row.text("name"), row.bool("checkpointed"), row.bool("watched"));
    }
}
