package dev.evalstore.matrix;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Sorting by dominance. One alternative dominates another if it is at least as good by every criterion and better by one. The first
 * front are those that none dominates; the second those that none but the first front does, and so on.
 */
public final class ParetoFronts {
    private ParetoFronts() {}

    /**
     * The alternatives by front; the position is the front's number, the score 1 over it. Within a front they keep the order given;
     * equals share a front.
     *
     * @param criteria at least one
     * @throws IllegalArgumentException if there is none, or an alternative lacks a value for one
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
