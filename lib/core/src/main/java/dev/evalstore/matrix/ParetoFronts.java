package dev.evalstore.matrix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
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
     * front the order given is kept. Equal alternatives share a front. The time grows at worst with the square of the
     * number of alternatives, where they all share one front.
     *
     * @param criteria at least one
     * @return empty for no alternatives
     * @throws IllegalArgumentException if there is no criterion, or an alternative lacks a value for one
     */
    public static <K> List<Ranked<K>> rank(List<Alternative<K>> alternatives, Collection<Criterion> criteria) {
        if (criteria.isEmpty()) {
            throw new IllegalArgumentException("criteria must not be empty");
        }
        double[][] advantages =
                alternatives.stream().map(one -> advantages(one, criteria)).toArray(double[][]::new);
        return byFront(alternatives, fronts(advantages));
    }

    static <K> boolean dominates(Alternative<K> one, Alternative<K> other, Collection<Criterion> criteria) {
        return dominates(advantages(one, criteria), advantages(other, criteria));
    }

    /** The values by criterion, turned so that more is better. */
    private static double[] advantages(Alternative<?> one, Collection<Criterion> criteria) {
        // Plus zero, since Double.compare sets minus zero below zero.
        return criteria.stream()
                .mapToDouble(criterion -> (criterion.benefit() ? one.value(criterion) : -one.value(criterion)) + 0.0)
                .toArray();
    }

    /**
     * The number of each one's front, from 0 on. In falling order of advantages only an earlier one can dominate a later
     * one, and one that is dominated from a front is dominated from each front before it too. So each is compared with
     * the fronts found so far, by halving.
     */
    private static int[] fronts(double[][] advantages) {
        Integer[] order = new Integer[advantages.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparing(i -> advantages[i], (a, b) -> Arrays.compare(b, a)));
        int[] front = new int[advantages.length];
        List<List<double[]>> members = new ArrayList<>();
        for (int k = 0; k < order.length; k++) {
            double[] one = advantages[order[k]];
            if (k > 0 && Arrays.equals(one, advantages[order[k - 1]])) {
                front[order[k]] = front[order[k - 1]];
                continue;
            }
            int low = 0;
            int high = members.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (isDominated(one, members.get(middle))) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            if (low == members.size()) {
                members.add(new ArrayList<>());
            }
            members.get(low).add(one);
            front[order[k]] = low;
        }
        return front;
    }

    /** The latest first: it is the nearest, and the likeliest to dominate. */
    private static boolean isDominated(double[] one, List<double[]> front) {
        for (int i = front.size() - 1; i >= 0; i--) {
            if (dominates(front.get(i), one)) {
                return true;
            }
        }
        return false;
    }

    private static boolean dominates(double[] one, double[] other) {
        boolean better = false;
        for (int i = 0; i < one.length; i++) {
            if (one[i] < other[i]) {
                return false;
            }
            better |= one[i] > other[i];
        }
        return better;
    }

    private static <K> List<Ranked<K>> byFront(List<Alternative<K>> alternatives, int[] front) {
        List<List<Ranked<K>>> ranked = new ArrayList<>();
        for (int i = 0; i < front.length; i++) {
            while (ranked.size() <= front[i]) {
                ranked.add(new ArrayList<>());
            }
            ranked.get(front[i]).add(new Ranked<>(alternatives.get(i), 1.0 / (front[i] + 1), front[i] + 1));
        }
        return ranked.stream().flatMap(List::stream).toList();
    }
}
