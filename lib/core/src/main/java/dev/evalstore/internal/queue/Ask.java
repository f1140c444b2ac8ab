package dev.evalstore.internal.queue;

import dev.evalstore.internal.queue.LaneCursors.Covered;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What a claimer asks for.
 *
 * @param worker the generation
 * @param limit at most so many items
 * @param maxRank items of this rank and lower ones only
 * @param seconds how long the leases last in place of what each item says; 0 for what it says
 * @param look reads which lanes there are
 * @param covered the lanes among them that are asked for
 * @param limited whether anything is limited, anywhere
 */
public record Ask<V>(
        long worker,
        int limit,
        int maxRank,
        int seconds,
        Supplier<V> look,
        Function<V, List<Covered>> covered,
        Predicate<V> limited) {
    Ask<V> limit(int other) {
        return new Ask<>(worker, other, maxRank, seconds, look, covered, limited);
    }
}
