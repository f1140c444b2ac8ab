package dev.evalstore.state;

import dev.evalstore.internal.Recent;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.state.Namespace.Definition;
import org.jspecify.annotations.Nullable;

/**
 * Shared by all state backends of one database and schema: committed namespaces, their counters, and the statements.
 * A host may use names without number, so those used last are kept.
 */
final class StateRegistry {
    static final Shared<StateRegistry> KEY = Shared.of(jdbc -> new StateRegistry());

    private static final int MAX_NAMESPACES = 10_000;
    private static final int MAX_KINDS = 100;

    private final Recent<Place, Definition> namespaces = new Recent<>(MAX_NAMESPACES);
    private final Recent<Place, Counters> counters = new Recent<>(MAX_NAMESPACES);
    private final Recent<Kind, StateSql> statements = new Recent<>(MAX_KINDS);

    private StateRegistry() {}

    @Nullable
    Definition find(Place place) {
        return namespaces.get(place);
    }

    void keep(Place place, Definition namespace) {
        namespaces.put(place, namespace);
    }

    void forget(Place place, Definition namespace) {
        namespaces.remove(place, namespace);
    }

    Counters counters(Place place) {
        return counters.get(place, p -> new Counters());
    }

    StateSql statements(String tables, boolean checkpointed, boolean watched) {
        return statements.get(
                new Kind(tables, checkpointed, watched), k -> new StateSql(tables, checkpointed, watched));
    }

    /** How many names this remembers anything of, for a test. */
    int size() {
        return Math.max(namespaces.size(), counters.size());
    }

    /** A namespace in a set of tables. */
    record Place(String tables, String name) {}

    /** A kind of namespace in a set of tables. */
    private record Kind(String tables, boolean checkpointed, boolean watched) {}
}
