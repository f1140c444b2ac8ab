package dev.evalstore.matrix;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The Technique for Order Preference by Similarity to Ideal Solution, with vector normalisation: C. L. Hwang and K.
 * Yoon, Multiple Attribute Decision Making: Methods and Applications (Springer, 1981), steps 1 to 6.
 *
 * <p>Each column is divided by its Euclidean norm and multiplied by its weight. The ideal has the best value of each
 * column, the anti-ideal the worst. With an alternative's distances d+ to the ideal and d- to the anti-ideal, its score
 * is d- / (d+ + d-).
 *
 * <p>The formula leaves three cases open. A column of zeros stays zeros. A column that is the same for all has no
 * influence. An alternative at the ideal has the score 1, even if the ideal is the anti-ideal too. That is a single
 * alternative, or all of them when they are equal.
 */
public final class Topsis {
    /** How far the sum of the weights may be from 1: ten times 0.1 is not exactly 1. */
    private static final double TOLERANCE = 1e-9;

    private Topsis() {}

    /**
     * The alternatives, best first. Those of equal score keep the order given.
     *
     * @param weights how much each criterion counts: each weight from 0 to 1, the sum 1
     * @return empty for no alternatives
     * @throws IllegalArgumentException if the weights are out of range or do not sum to 1, or an alternative lacks a
     *     value for one of the criteria
     */
    public static <K> List<Ranked<K>> rank(List<Alternative<K>> alternatives, Map<Criterion, Double> weights) {
        check(weights);
        List<Criterion> criteria = List.copyOf(weights.keySet());
        double[][] weighted = new double[alternatives.size()][criteria.size()];
        double[] toIdeal = new double[alternatives.size()];
        double[] toAntiIdeal = new double[alternatives.size()];
        for (int j = 0; j < criteria.size(); j++) {
            Criterion criterion = criteria.get(j);
            double[] column = normalised(alternatives, criterion);
            double best = 0;
            double worst = 0;
            double weight = Objects.requireNonNull(weights.get(criterion));
            for (int i = 0; i < column.length; i++) {
                double value = column[i] * weight;
                weighted[i][j] = value;
                boolean better = criterion.benefit() ? value > best : value < best;
                boolean worse = criterion.benefit() ? value < worst : value > worst;
                best = i == 0 || better ? value : best;
                worst = i == 0 || worse ? value : worst;
            }
            for (int i = 0; i < column.length; i++) {
                toIdeal[i] += (weighted[i][j] - best) * (weighted[i][j] - best);
                toAntiIdeal[i] += (weighted[i][j] - worst) * (weighted[i][j] - worst);
            }
        }
        List<Ranked<K>> scored = new ArrayList<>();
        for (int i = 0; i < alternatives.size(); i++) {
            double plus = Math.sqrt(toIdeal[i]);
            double minus = Math.sqrt(toAntiIdeal[i]);
            scored.add(new Ranked<>(alternatives.get(i), plus == 0 ? 1 : minus / (plus + minus), 0));
        }
        scored.sort(Comparator.comparingDouble((Ranked<K> one) -> one.score()).reversed());
        for (int i = 0; i < scored.size(); i++) {
            scored.set(
                    i, new Ranked<>(scored.get(i).alternative(), scored.get(i).score(), i + 1));
        }
        return List.copyOf(scored);
    }

    /** The column divided by its norm. It is scaled first, so that squares neither overflow nor vanish. */
    private static <K> double[] normalised(List<Alternative<K>> alternatives, Criterion criterion) {
        double[] column = new double[alternatives.size()];
        double largest = 0;
        for (int i = 0; i < column.length; i++) {
            column[i] = alternatives.get(i).value(criterion);
            largest = Math.max(largest, Math.abs(column[i]));
        }
        double squares = 0;
        for (int i = 0; i < column.length; i++) {
            column[i] = largest == 0 ? 0 : column[i] / largest;
            squares += column[i] * column[i];
        }
        double norm = squares == 0 ? 1 : Math.sqrt(squares);
        for (int i = 0; i < column.length; i++) {
            column[i] /= norm;
        }
        return column;
    }

    static void check(Map<Criterion, Double> weights) {
        double sum = 0;
        for (Double weight : weights.values()) {
            if (weight == null || !(weight >= 0 && weight <= 1 + TOLERANCE)) {
                throw new IllegalArgumentException("weights must be from 0 to 1");
            }
            sum += weight;
        }
        if (Math.abs(sum - 1) > TOLERANCE) {
            throw new IllegalArgumentException("weights must sum to 1");
        }
    }
}
