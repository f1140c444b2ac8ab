package dev.evalstore.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures several sides in turns, so that a machine that slows down slows all of them: in each round every side once, the order
 * reversed from round to round, after a warm-up, or several, that are thrown away.
 */
final class Rounds {
    /** Does one round's work and gives its figure. */
    @FunctionalInterface
    interface Side {
        double measure() throws Exception;
    }

    private final Lab lab;
    private int warmUps = 1;
    private final List<String> names = new ArrayList<>();
    private final List<Side> sides = new ArrayList<>();

    Rounds(Lab lab) {
        this.lab = lab;
    }

    Rounds side(String name, Side side) {
        names.add(name);
        sides.add(side);
        return this;
    }

    /** So many rounds are thrown away. */
    Rounds warmUps(int number) {
        warmUps = number;
        return this;
    }

    /** The median of each side's figures. */
    Map<String, Double> medians() throws Exception {
        double[][] figures = new double[names.size()][lab.rounds()];
        for (int round = -warmUps; round < lab.rounds(); round++) {
            double[] inRound = new double[names.size()];
            for (int turn = 0; turn < inRound.length; turn++) {
                int side = round % 2 == 0 ? turn : inRound.length - 1 - turn;
                inRound[side] = sides.get(side).measure();
            }
            lab.report().round(round, names, inRound);
            for (int side = 0; side < inRound.length && round >= 0; side++) {
                figures[side][round] = inRound[side];
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        for (int side = 0; side < figures.length; side++) {
            medians.put(names.get(side), median(figures[side]));
        }
        return medians;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
