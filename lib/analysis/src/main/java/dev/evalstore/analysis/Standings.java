package dev.evalstore.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What the verdicts over the pairs say of members in the order of their ranks: who is better than whom, and tiers. */
final class Standings {
    private final boolean[][] isBetter;

    /** Of so many members, about whom nothing is said yet. */
    Standings(int members) {
        this.isBetter = new boolean[members][members];
    }

    /** Says that the one at a place is better than the other. */
    void better(int one, int other) {
        isBetter[one][other] = true;
    }

    /**
     * The places in an order in which nobody stands above one that is better: the given order, but for where it contradicts the
     * verdicts. Of those that are better than each other in a circle, the first goes first.
     */
    List<Integer> places() {
        List<Integer> left =
                new ArrayList<>(IntStream.range(0, isBetter.length).boxed().toList());
        List<Integer> places = new ArrayList<>();
        while (!left.isEmpty()) {
            Integer next = left.stream()
                    .filter(place -> left.stream().noneMatch(other -> isBetter[other][place]))
                    .findFirst()
                    .orElse(left.get(0));
            left.remove(next);
            places.add(next);
        }
        return places;
    }

    /** How many are better than this one. */
    int above(int place) {
        int count = 0;
        for (boolean[] row : isBetter) {
            count += row[place] ? 1 : 0;
        }
        return count;
    }

    /** How many this one is better than. */
    int below(int place) {
        int count = 0;
        for (boolean is : isBetter[place]) {
            count += is ? 1 : 0;
        }
        return count;
    }

    /** The tier of each, from 1: a tier ends before the next one that is worse than its first. */
    List<Integer> tiers() {
        List<Integer> tiers = new ArrayList<>();
        int tier = 1;
        int first = 0;
        for (int place = 0; place < isBetter.length; place++) {
            if (isBetter[first][place]) {
                tier++;
                first = place;
            }
            tiers.add(tier);
        }
        return tiers;
    }
}
