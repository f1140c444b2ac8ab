package dev.evalstore.state;

import dev.evalstore.Cursor;
import java.util.List;

/**
 * A page of the feed.
 *
 * @param changes in their order; empty if there is no new change that is settled
 * @param next where to continue; keep it even if the list is empty
 */
public record StateChanges(List<StateChange> changes, Cursor next) {
    public StateChanges {
        changes = List.copyOf(changes);
    }
}
