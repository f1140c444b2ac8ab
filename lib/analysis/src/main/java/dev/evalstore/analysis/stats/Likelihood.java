package dev.evalstore.analysis.stats;

import org.jspecify.annotations.Nullable;

/**
 * The likelihood of battles under the Bradley–Terry model.
 *
 * @param strengths the log strengths of the players
 * @param logarithm of the likelihood
 * @param gradient the derivatives of the logarithm
 * @param weights the information that each edge of the graph has about the difference of its players
 */
record Likelihood(WinGraph graph, double[] strengths, double logarithm, double[] gradient, double[] weights) {
    static Likelihood at(WinGraph graph, double[] strengths) {
        double logarithm = 0;
        double[] gradient = new double[strengths.length];
        double[] weights = new double[graph.edges().size()];
        int number = 0;
        for (WinGraph.Edge edge : graph.edges()) {
            double by = strengths[edge.first()] - strengths[edge.second()];
            // One power of e for all: the stronger player's probability and the weaker one's, both with all their
            // digits.
            double odds = StrictMath.exp(-Math.abs(by));
            double likely = 1 / (1 + odds);
            double unlikely = odds / (1 + odds);
            boolean isFirst = by >= 0;
            double expected = isFirst ? edge.firstScore() : edge.secondScore();
            double surprising = isFirst ? edge.secondScore() : edge.firstScore();
            logarithm -= (expected + surprising) * StrictMath.log1p(odds) + surprising * Math.abs(by);
            double more = expected * unlikely - surprising * likely;
            gradient[edge.first()] += isFirst ? more : -more;
            gradient[edge.second()] -= isFirst ? more : -more;
            weights[number++] = (expected + surprising) * likely * unlikely;
        }
        return new Likelihood(graph, strengths, logarithm, gradient, weights);
    }

    /** Whether it is less likely than that, by more than rounding. */
    boolean isWorseThan(Likelihood that) {
        return !(logarithm >= that.logarithm - 1e-12 * Math.abs(that.logarithm));
    }

    /**
     * The information about the strengths. It says nothing about their sum, so {@link #constant} is added to each element:
     * that leaves what the inverse says of differences, and makes the inverse exist. Null where rounding ate an element.
     */
    @Nullable
    Cholesky information() {
        int n = strengths.length;
        double[][] matrix = new double[n][n];
        int number = 0;
        for (WinGraph.Edge edge : graph.edges()) {
            double weight = weights[number++];
            matrix[edge.first()][edge.first()] += weight;
            matrix[edge.second()][edge.second()] += weight;
            matrix[edge.second()][edge.first()] -= weight;
        }
        double constant = constant();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                matrix[i][j] += constant;
            }
        }
        return Cholesky.of(matrix);
    }

    /** As large as the mean of the information, so that no digits are lost. */
    double constant() {
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        return total / strengths.length / strengths.length;
    }
}
