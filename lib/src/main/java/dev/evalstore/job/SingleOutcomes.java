package dev.evalstore.job;

import dev.evalstore.DatabaseException;
import dev.evalstore.TransientDatabaseException;
import dev.evalstore.internal.Combiner;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The outcomes that threads hand in singly: those of the same time share a statement and a commit. */
final class SingleOutcomes {
    private static final int MOST = 1_000;
    private static final Duration PATIENCE = Duration.ofMillis(50);

    private final Combiner<Completion, Sent> completions = new Combiner<>(one -> 1, MOST, PATIENCE);
    private final Combiner<Failure, Sent> failures = new Combiner<>(one -> 1, MOST, PATIENCE);

    /** What became of one outcome. */
    private record Sent(boolean isLost, @Nullable DatabaseException failure) {}

    /** The lease if it is no longer held. */
    List<Lease> complete(Completion one, Function<List<Completion>, List<Lease>> send) {
        return together(completions, one, Completion::lease, send);
    }

    /** The lease if it is no longer held. */
    List<Lease> fail(Failure one, Function<List<Failure>, List<Lease>> send) {
        return together(failures, one, Failure::lease, send);
    }

    private static <E> List<Lease> together(
            Combiner<E, Sent> singles, E one, Function<E, Lease> lease, Function<List<E>, List<Lease>> send) {
        Sent sent = singles.call(one, all -> {
            try {
                return sent(all, lease, send);
            } catch (TransientDatabaseException e) {
                throw e;
            } catch (DatabaseException e) {
                // One of them may have spoilt it for the others.
                return all.stream().map(each -> alone(each, lease, send)).toList();
            }
        });
        if (sent.failure() != null) {
            throw sent.failure();
        }
        return sent.isLost() ? List.of(lease.apply(one)) : List.of();
    }

    private static <E> Sent alone(E one, Function<E, Lease> lease, Function<List<E>, List<Lease>> send) {
        try {
            return sent(List.of(one), lease, send).get(0);
        } catch (DatabaseException e) {
            return new Sent(false, e);
        }
    }

    /** Of two under one lease only the first is accepted. */
    private static <E> List<Sent> sent(List<E> all, Function<E, Lease> lease, Function<List<E>, List<Lease>> send) {
        Set<Lease> lost = new HashSet<>(send.apply(all));
        return all.stream()
                .map(one -> new Sent(!lost.add(lease.apply(one)), null))
                .toList();
    }
}
