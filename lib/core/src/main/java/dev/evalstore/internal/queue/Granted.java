package dev.evalstore.internal.queue;

import java.util.List;
import java.util.Set;

/**
 * What a claim was given.
 *
 * @param grants the items; their order means nothing
 * @param view the lanes as they were when the claimer last looked; each item's lane is among them
 * @param lost tokens of leases that were to be ended in front of the claim and were not held
 */
public record Granted<V>(List<Grant> grants, V view, Set<Long> lost) {}
