package dev.evalstore.analysis.stats;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What battles tell of the differences of strengths, as a network in which each edge has a weight. Players are taken out
 * one by one, the last one first; what joined those that are left through it becomes weight between them. That adds,
 * multiplies and divides positive numbers and subtracts none, so every digit is kept, however uneven the weights are. (It
 * is Cholesky's method for such a matrix, as W. Grassmann, M. Taksar and D. Heyman do it, 1985.)
 */
final class Information {
    /** How much surer a difference may be than the least sure one, in variances, before its last digits go. */
    private static final double UNEVEN = 1e12;

    private final List<WinGraph.Edge> edges;
    private final double[] weights;

    /** Of each player, how its weight is shared among those before it when the player is taken out. */
    private final double[][] shares;

    /** The weight of each player when it is taken out, which the first one never is. */
    private final double[] totals;

    private Information(List<WinGraph.Edge> edges, double[] weights, double[][] shares, double[] totals) {
        this.edges = edges;
        this.weights = weights;
        this.shares = shares;
        this.totals = totals;
    }

    /** Of the edges' weights; null where a double does not hold what joins the players. */
    static @Nullable Information of(int players, List<WinGraph.Edge> edges, double[] weights) {
        return of(players, edges, weights, 0);
    }

    /** @param base the player who changes places with the first one */
    private static @Nullable Information of(int players, List<WinGraph.Edge> edges, double[] weights, int base) {
        double[][] shares = new double[players][];
        for (int i = 0; i < players; i++) {
            shares[i] = new double[i];
        }
        int number = 0;
        for (WinGraph.Edge edge : edges) {
            int one = place(edge.first(), base);
            int other = place(edge.second(), base);
            shares[Math.max(one, other)][Math.min(one, other)] = weights[number++];
        }
        double[] totals = new double[players];
        for (int out = players - 1; out > 0; out--) {
            double[] row = shares[out];
            for (double weight : row) {
                totals[out] += weight;
            }
            if (totals[out] < Double.MIN_NORMAL) {
                return null;
            }
            for (int i = 0; i < out; i++) {
                double weight = row[i];
                double[] other = shares[i];
                for (int j = 0; j < i; j++) {
                    other[j] += weight * row[j];
                }
                row[i] = weight / totals[out];
            }
        }
        return new Information(edges, weights, shares, totals);
    }

    private static int place(int player, int base) {
        return player == base ? 0 : player == 0 ? base : player;
    }

    /** The strengths, beside that of the first player, that the information turns into the right side. */
    double[] solve(double[] right) {
        double[] x = forward(right);
        x[0] = 0;
        for (int i = 1; i < x.length; i++) {
            x[i] /= totals[i];
            for (int j = 0; j < i; j++) {
                x[i] += shares[i][j] * x[j];
            }
        }
        return x;
    }

    /** The variance of the sum of strengths times factors, which sum to zero. */
    double variance(double[] factors) {
        double[] x = forward(factors);
        double sum = 0;
        for (int i = 1; i < x.length; i++) {
            sum += x[i] * x[i] / totals[i];
        }
        return sum;
    }

    /** The variance of the difference of two players' strengths. */
    double variance(int first, int second) {
        double[] factors = new double[totals.length];
        factors[first] = 1;
        factors[second] = -1;
        double variance = variance(factors);
        double least = Double.POSITIVE_INFINITY;
        for (int i = 1; i < totals.length; i++) {
            least = Math.min(least, totals[i]);
        }
        Information other =
                variance * least * UNEVEN < 1 && second > 0 ? of(totals.length, edges, weights, second) : null;
        if (other == null) {
            return variance;
        }
        // Of a player beside the one who is never taken out, there is nothing to subtract here either.
        factors[second] = 0;
        factors[0] = 0;
        factors[place(first, second)] = 1;
        return other.variance(factors);
    }

    /** What the right side turns into as the players are taken out. */
    private double[] forward(double[] right) {
        double[] x = right.clone();
        for (int i = x.length - 1; i > 0; i--) {
            double moved = x[i];
            if (moved != 0) {
                for (int j = 0; j < i; j++) {
                    x[j] += shares[i][j] * moved;
                }
            }
        }
        return x;
    }
}
