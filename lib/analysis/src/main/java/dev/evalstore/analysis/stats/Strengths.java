package dev.evalstore.analysis.stats;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** The strengths that {@link BradleyTerry} estimated. Immutable. */
public final class Strengths implements BradleyTerry.Fit {
    private final List<String> players;
    private final double[] estimates;
    private final Cholesky information;
    private final List<Strength> strengths;

    Strengths(WinGraph graph, Likelihood likelihood, Cholesky information) {
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
        double ofSum = 1 / (likelihood.constant() * n * n);
        for (int i = 0; i < n; i++) {
            double[] unit = new double[n];
            unit[i] = 1;
            double variance = information.inverseNorm(unit, i) - ofSum;
            all.add(new Strength(players.get(i), estimates[i], Math.sqrt(variance), scores[i], battles[i]));
        }
        // The players are in the order of their names, which the sort keeps.
        all.sort(Comparator.comparingDouble(Strength::logStrength).reversed());
        this.strengths = List.copyOf(all);
    }

    /** The players, the strongest first; equal ones by name. */
    public List<Strength> strengths() {
        return strengths;
    }

    /**
     * How the first player differs from the second.
     *
     * @throws IllegalArgumentException if one of them is no player, or both are the same
     */
    public StrengthDifference difference(String first, String second) {
        int a = number("first", first);
        int b = number("second", second);
        if (a == b) {
            throw new IllegalArgumentException("second must be another player than first");
        }
        double[] contrast = new double[estimates.length];
        contrast[a] = 1;
        contrast[b] = -1;
        double error = Math.sqrt(information.inverseNorm(contrast, Math.min(a, b)));
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
