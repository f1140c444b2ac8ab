package dev.evalstore.state;

import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.state.Namespace.Definition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Shared by all state backends of one database and schema: committed namespaces, their counters, and the statements.
 */
final class StateRegistry {
    static final Shared<StateRegistry> KEY = Shared.of(jdbc -> new StateRegistry());

    private final Map<Place, Definition> namespaces = new ConcurrentHashMap<>();
    private final Map<Place, Counters> counters = new ConcurrentHashMap<>();
    private final Map<Kind, StateSql> statements = new ConcurrentHashMap<>();

    private StateRegistry() {}

    @Nullable
    Definition find(Place place) {
        return namespaces.get(place);
    }

    void keep(Place place, Definition namespace) {
        namespaces.put(place, namespace);
    }

    Counters counters(Place place) {
        return counters.computeIfAbsent(place, p -> new Counters());
    }

    StateSql statements(String tables, boolean checkpointed, boolean watched) {
        return statements.computeIfAbsent(
                new Kind(tables, checkpointed, watched), k -> new StateSql(tables, checkpointed, watched));
    }

    /** A namespace in a set of tables. */
    record Place(String tables, String name) {}

    /** A kind of namespace in a set of tables. */
    private record Kind(String tables, boolean checkpointed, boolean watched) {}
}
