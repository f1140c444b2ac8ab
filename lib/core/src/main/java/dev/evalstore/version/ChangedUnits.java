package dev.evalstore.version;

import java.util.Objects;
import java.util.Set;

/**
 * What has changed since a position.
 *
 * @param units those that have changed; empty where {@code everything} is true
 * @param everything whether any unit may have changed
 * @param position where to go on
 */
public record ChangedUnits(Set<Unit> units, boolean everything, String position) {
    public ChangedUnits {
        units = Set.copyOf(units);
        Objects.requireNonNull(position, "position");
    }
}
