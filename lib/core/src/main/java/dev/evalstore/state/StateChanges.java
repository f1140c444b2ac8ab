package dev.evalstore.state;

import dev.evalstore.Cursor;
import java.util.List;

/**
 * A piece of the feed.
 *
 * @param changes in their order; empty when there is nothing new that is settled
 * @param next where to go on; keep it, also when the list is empty
 */
public record StateChanges(List<StateChange> changes, Cursor next) {
    public StateChanges {
        changes = List.copyOf(changes);
    }
}
