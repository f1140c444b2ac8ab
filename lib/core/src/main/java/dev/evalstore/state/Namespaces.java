package dev.evalstore.state;

import dev.evalstore.ConflictException;
import dev.evalstore.internal.jdbc.Jdbc;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.state.Scope.Namespace;
import dev.evalstore.state.StateRegistry.Place;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds a backend's namespace at its first use, and makes it where it is missing. */
final class Namespaces {
    private final Jdbc jdbc;
    private final StateOptions options;
    private final StateRegistry registry;
    private final Place place;
    private volatile @Nullable Scope scope;

    Namespaces(Jdbc jdbc, StateOptions options, StateRegistry registry, Place place) {
        this.jdbc = jdbc;
        this.options = options;
        this.registry = registry;
        this.place = place;
    }

    String name() {
        return place.name();
    }

    /** What stands in texts for {@code evalstore.state_}. */
    String tables() {
        return place.tables();
    }

    Scope scope() {
        Scope known = scope;
        if (known != null) {
            return known;
        }
        Namespace namespace = registry.find(place);
        if (namespace == null) {
            namespace = find();
            if (!jdbc.inTransaction()) {
                // Inside one it may be rolled back, and its id given to nobody.
                registry.keep(place, namespace);
            }
        }
        if (namespace.checkpointed() != options.checkpointed() || namespace.watched() != options.watched()) {
            throw new ConflictException("state namespace " + place.name() + " was made "
                    + (namespace.checkpointed() ? "with" : "without") + " checkpoints and "
                    + (namespace.watched() ? "with" : "without") + " a feed; open it so");
        }
        known = new Scope(
                jdbc, namespace, registry.statements(place.tables(), namespace.checkpointed(), namespace.watched()));
        scope = known;
        return known;
    }

    private Namespace find() {
        StateSql sql = registry.statements(place.tables(), options.checkpointed(), options.watched());
        String select = "select id, name, checkpointed, watched from evalstore.state_namespaces where name = ?";
        Sql find = Sql.of(sql.text("/* state.namespace */ " + select), place.name());
        Optional<Namespace> found = jdbc.find(find, Namespaces::map);
        if (found.isEmpty()) {
            // Two may do this at once: the second statement sees what the first waited for.
            found = jdbc.change(
                    Sql.of(
                            sql.text("/* state.namespace */ insert into evalstore.state_namespaces (name, checkpointed,"
                                    + " watched) values (?, ?, ?) on conflict (name) do nothing; " + select),
                            place.name(),
                            options.checkpointed(),
                            options.watched(),
                            place.name()),
                    Namespaces::map);
        }
        return found.or(() -> jdbc.find(find, Namespaces::map)).orElseThrow();
    }

    private static Namespace map(Row row) throws SQLException {
        return new Namespace(row.integer("id"), row.text("name"), row.bool("checkpointed"), row.bool("watched"));
    }
}
