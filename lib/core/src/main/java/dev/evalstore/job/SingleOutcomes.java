package dev.evalstore.job;

import dev.evalstore.Lease;
import dev.evalstore.internal.jdbc.Shared;
import dev.evalstore.internal.queue.Combiner;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The outcomes that threads hand in singly: those of the same time share a statement and a commit. */
final class SingleOutcomes {
    private static final int MAX = 1_000;
    private static final Duration PATIENCE = Duration.ofMillis(50);

    static final Shared<SingleOutcomes> KEY = Shared.of(jdbc -> new SingleOutcomes());

    // The answer is whether the lease was lost.
    private final Combiner<Completion, Boolean> completions = new Combiner<>(one -> 1, MAX, PATIENCE);
    private final Combiner<Failure, Boolean> failures = new Combiner<>(one -> 1, MAX, PATIENCE);

    /** The lease if it is no longer held. */
    List<Lease> complete(Completion one, Function<List<Completion>, List<Lease>> send) {
        return together(completions, one, Completion::lease, send);
    }

    /** The lease if it is no longer held. */
    List<Lease> fail(Failure one, Function<List<Failure>, List<Lease>> send) {
        return together(failures, one, Failure::lease, send);
    }

    private static <E> List<Lease> together(
            Combiner<E, Boolean> singles, E one, Function<E, Lease> lease, Function<List<E>, List<Lease>> send) {
        return singles.call(one, all -> areLost(all, lease, send)) ? List.of(lease.apply(one)) : List.of();
    }

    /** Of two under one lease only the first is accepted. */
    private static <E> List<Boolean> areLost(
            List<E> all, Function<E, Lease> lease, Function<List<E>, List<Lease>> send) {
        Set<Lease> lost = new HashSet<>(send.apply(all));
        return all.stream().map(one -> !lost.add(lease.apply(one))).toList();
    }
}
