package dev.evalstore.matrix;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Sorting by dominance. One alternative dominates another if it is at least as good by every criterion and better by at
 * least one. No alternative dominates a member of the first front. Each later front is the first front of the
 * alternatives that remain without the fronts before it.
 */
public final class ParetoFronts {
    private ParetoFronts() {}

    /**
     * The alternatives by front. The position is the front's number, the score is 1 divided by that number. Within a
     * front the order given is kept. Equal alternatives share a front.
     *
     * @param criteria at least one
     * @return empty for no alternatives
     * @throws IllegalArgumentException if there is no criterion, or an alternative lacks a value for one
     */
    public static <K> List<Ranked<K>> rank(List<Alternative<K>> alternatives, Collection<Criterion> criteria) {
        if (criteria.isEmpty()) {
            throw new IllegalArgumentException("criteria must not be empty");
        }
        List<Ranked<K>> ranked = new ArrayList<>();
        List<Alternative<K>> left = new ArrayList<>(alternatives);
        for (int front = 1; !left.isEmpty(); front++) {
            List<Alternative<K>> undominated = new ArrayList<>();
            List<Alternative<K>> dominated = new ArrayList<>();
            for (Alternative<K> one : left) {
                boolean isDominated = left.stream().anyMatch(other -> dominates(other, one, criteria));
                (isDominated ? dominated : undominated).add(one);
            }
            for (Alternative<K> one : undominated) {
                ranked.add(new Ranked<>(one, 1.0 / front, front));
            }
            left = dominated;
        }
        return List.copyOf(ranked);
    }

    static <K> boolean dominates(Alternative<K> one, Alternative<K> other, Collection<Criterion> criteria) {
        boolean better = false;
        for (Criterion criterion : criteria) {
            // Plus zero, since Double.compare sets minus zero below zero.
            int compared = Double.compare(one.value(criterion) + 0.0, other.value(criterion) + 0.0);
            int advantage = criterion.benefit() ? compared : -compared;
            if (advantage < 0) {
                return false;
            }
            better |= advantage > 0;
        }
        return better;
    }
}
