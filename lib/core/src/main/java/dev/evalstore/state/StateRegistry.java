package dev.evalstore.state;

import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.state.Scope.Namespace;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What all state backends of one database and schema share: namespaces that are committed, their counters, statements. */
final class StateRegistry {
    static final Shared<StateRegistry> KEY = Shared.of(jdbc -> new StateRegistry());

    private final Map<Place, Namespace> namespaces = new ConcurrentHashMap<>();
    private final Map<Place, Counters> counters = new ConcurrentHashMap<>();
    private final Map<Kind, StateSql> statements = new ConcurrentHashMap<>();

    /** A namespace in a set of tables. */
    record Place(String tables, String name) {}

    /** A kind of namespace in a set of tables. */
    private record Kind(String tables, boolean checkpointed, boolean watched) {}

    @Nullable
    Namespace find(Place place) {
        return namespaces.get(place);
    }

    void keep(Place place, Namespace namespace) {
        namespaces.put(place, namespace);
    }

    Counters counters(Place place) {
        return counters.computeIfAbsent(place, p -> new Counters());
    }

    StateSql statements(String tables, boolean checkpointed, boolean watched) {
        return statements.computeIfAbsent(
                new Kind(tables, checkpointed, watched), k -> new StateSql(tables, checkpointed, watched));
    }
}
