package dev.evalstore.analysis;

import java.util.ArrayList;
import java.util.List;

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
