package dev.evalstore.event;

import java.util.List;

/**
 * What a clean-up of domain events did.
 *
 * @param months how many months were dropped
 * @param heldBy the names of the enabled subscriptions that have not passed the first of the months that are left, in order; empty if
 *     nothing was left
 */
public record EventCleanup(int months, List<String> heldBy) {
    public EventCleanup {
        heldBy = List.copyOf(heldBy);
    }
}
