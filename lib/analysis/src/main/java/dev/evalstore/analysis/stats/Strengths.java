package dev.evalstore.analysis.stats;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** The strengths that {@link BradleyTerry} estimated. Immutable. */
public final class Strengths implements BradleyTerry.Fit {
    /** Of the greatest strength: what is nearer to each other is equal, but for rounding. */
    private static final double EQUAL = 1e-12;

    private final List<String> players;
    private final double[] estimates;
    private final Information information;
    private final List<Strength> strengths;

    Strengths(WinGraph graph, Likelihood likelihood, Information information) {
        this.players = graph.players();
        this.estimates = likelihood.strengths();
        this.information = information;
        int n = players.size();
        double[] scores = new double[n];
        double[] battles = new double[n];
        for (WinGraph.Edge edge : graph.edges()) {
            scores[edge.first()] += edge.firstScore();
            scores[edge.second()] += edge.secondScore();
            battles[edge.first()] += edge.firstScore() + edge.secondScore();
            battles[edge.second()] += edge.firstScore() + edge.secondScore();
        }
        List<Strength> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            double[] besideMean = new double[n];
            Arrays.fill(besideMean, -1.0 / n);
            besideMean[i] += 1;
            double variance = information.variance(besideMean);
            all.add(new Strength(players.get(i), estimates[i], Math.sqrt(variance), scores[i], battles[i]));
        }
        all.sort(Comparator.comparingDouble(Strength::logStrength).reversed());
        sortEqual(all, EQUAL * Math.max(1, Samples.size(estimates)));
        this.strengths = List.copyOf(all);
    }

    /** Sorts those by name of whom each is as strong as the one before it, but for rounding. */
    private static void sortEqual(List<Strength> strengths, double rounding) {
        int from = 0;
        for (int to = 1; to <= strengths.size(); to++) {
            if (to == strengths.size()
                    || strengths.get(to - 1).logStrength() - strengths.get(to).logStrength() > rounding) {
                strengths.subList(from, to).sort(Comparator.comparing(Strength::player));
                from = to;
            }
        }
    }

    /** The players, the strongest first; equal ones by name, within 10<sup>-12</sup> of the greatest strength or of 1. */
    public List<Strength> strengths() {
        return strengths;
    }

    /**
     * How the first player differs from the second. Time grows with the square of the number of players; with its cube
     * where this difference is a million times surer than another.
     *
     * @throws IllegalArgumentException if one of them is no player, or both are the same
     */
    public StrengthDifference difference(String first, String second) {
        int a = number("first", first);
        int b = number("second", second);
        if (a == b) {
            throw new IllegalArgumentException("second must be another player than first");
        }
        double error = Math.sqrt(information.variance(a, b));
        double difference = estimates[a] - estimates[b];
        double z = difference / error;
        double p = Tails.p(Hypothesis.TWO_SIDED, Tails.NORMAL, z);
        return new StrengthDifference(difference, error, z, p, BradleyTerry.probability(difference));
    }

    private int number(String name, String player) {
        int number = Collections.binarySearch(players, Objects.requireNonNull(player, name));
        if (number < 0) {
            throw new IllegalArgumentException(name + " must be a player");
        }
        return number;
    }
}
