package dev.evalstore.analysis.stats;

import java.util.Arrays;
import org.apache.commons.numbers.core.Sum;
import org.jspecify.annotations.Nullable;

/**
 * The likelihood of battles under the Bradley–Terry model: how its logarithm changes with the strengths.
 *
 * @param strengths the log strengths of the players
 * @param gradient the derivatives of the logarithm
 * @param weights the information that each edge of the graph has about the difference of its players
 */
record Likelihood(WinGraph graph, double[] strengths, double[] gradient, double[] weights) {
    static Likelihood at(WinGraph graph, double[] strengths) {
        // What many battles add and take away again must not round off what few say.
        Sum[] gradient = new Sum[strengths.length];
        Arrays.setAll(gradient, i -> Sum.create());
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
            double more = expected * unlikely - surprising * likely;
            gradient[edge.first()].add(isFirst ? more : -more);
            gradient[edge.second()].add(isFirst ? -more : more);
            weights[number++] = (expected + surprising) * likely * unlikely;
        }
        double[] sums = Arrays.stream(gradient).mapToDouble(Sum::getAsDouble).toArray();
        return new Likelihood(graph, strengths, sums, weights);
    }

    /** How steeply the logarithm rises in a direction. */
    double slope(double[] direction) {
        double slope = 0;
        for (int i = 0; i < direction.length; i++) {
            slope += gradient[i] * direction[i];
        }
        return slope;
    }

    /** The information about the strengths; null where a double does not hold what joins the players. */
    @Nullable
    Information information() {
        return Information.of(strengths.length, graph.edges(), weights);
    }
}
