package dev.evalstore.state;

import dev.evalstore.ConflictException;
import dev.evalstore.internal.Check;
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

/** Finds a backend's namespace at its first use, and makes it where it is missing. */
final class Namespaces {
    static final Table<Definition> TABLE =
            Table.of("state namespace", "state_namespaces", "id, name, checkpointed, watched", Namespaces::map);

    private static final String FIND = TABLE.text("""
            /* state.find_namespace */ select {columns} from evalstore.state_namespaces where name = ?""");

    /** Two processes may run this at once: the second statement sees the row that the first one waited for. */
    private static final String MAKE = TABLE.text("""
            /* state.make_namespace */ insert into evalstore.state_namespaces (name, checkpointed, watched)
            values (?, ?, ?) on conflict (name) do nothing;
            select {columns} from evalstore.state_namespaces where name = ?""");

    final Jdbc jdbc;
    final StateOptions options;
    final Counters counters;
    final Place place;
    private final StateRegistry registry;
    private volatile @Nullable Namespace namespace;

    Namespaces(Jdbc jdbc, String name, StateOptions options) {
        this.options = Objects.requireNonNull(options, "options");
        String schema = options.schema();
        String tables = (schema == null ? "evalstore." : '"' + schema + "\".") + options.tablePrefix();
        this.place = new Place(tables, Check.text("namespace", name));
        this.registry = jdbc.shared(StateRegistry.KEY);
        this.counters = registry.counters(place);
        this.jdbc = jdbc.countingRetries(counters.retries::increment);
    }

    Namespace get() {
        Namespace known = namespace;
        if (known != null) {
            return known;
        }
        Definition definition = registry.find(place);
        if (definition == null) {
            definition = findOrMake();
            if (!jdbc.inTransaction()) {
                // A transaction may be rolled back, and its namespace's id then belongs to nothing.
                registry.keep(place, definition);
            }
        }
        if (definition.checkpointed() != options.checkpointed() || definition.watched() != options.watched()) {
            throw new ConflictException("state namespace " + place.name() + " was made "
                    + (definition.checkpointed() ? "with" : "without") + " checkpoints and "
                    + (definition.watched() ? "with" : "without") + " a feed; open it so");
        }
        known = new Namespace(
                jdbc, definition, registry.statements(place.tables(), definition.checkpointed(), definition.watched()));
        namespace = known;
        return known;
    }

    private Definition findOrMake() {
        StateSql sql = registry.statements(place.tables(), options.checkpointed(), options.watched());
        Sql find = Sql.of(sql.text(FIND), place.name());
        Optional<Definition> found = jdbc.find(find, TABLE.mapper());
        if (found.isEmpty()) {
            found = jdbc.change(
                    Sql.of(sql.text(MAKE), place.name(), options.checkpointed(), options.watched(), place.name()),
                    TABLE.mapper());
        }
        return found.or(() -> jdbc.find(find, TABLE.mapper())).orElseThrow();
    }

    private static Definition map(Row row) throws SQLException {
        return new Definition(row.integer("id"), row.text("name"), row.bool("checkpointed"), row.bool("watched"));
    }
}
