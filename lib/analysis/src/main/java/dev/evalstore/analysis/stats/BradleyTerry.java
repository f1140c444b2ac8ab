package dev.evalstore.analysis.stats;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Bradley–Terry model: how strong each of several players is, from battles of two at a time. The first of two players
 * wins with probability e<sup>a</sup> / (e<sup>a</sup> + e<sup>b</sup>), where a and b are their log strengths. The
 * strengths are those of greatest likelihood, and sum to zero. A tie counts as half a win for each.
 *
 * <p>There is one answer where, of any two groups into which the players can be split, each took a win or tie from the
 * other (L. R. Ford, 1957). Otherwise some strength has no estimate, and the answer is {@link NoStrengths}, which says why.
 *
 * <p>Assumes that battles are independent, and that one number tells how strong a player is against anybody. With ties,
 * the standard errors are on the safe side: half a win varies less than the model says. Unlike {@link Elo}, the order of
 * the battles does not matter.
 *
 * <p>Sources: R. A. Bradley and M. E. Terry, Rank analysis of incomplete block designs, Biometrika 39, 1952; Newton's
 * method on the likelihood. Standard errors are from the inverse of the information under the constraint that strengths
 * sum to zero.
 */
public final class BradleyTerry {
    /** How many players may be compared. Time grows with the cube of their number. */
    public static final int MAX_PLAYERS = 2_000;

    private static final int MAX_ITERATIONS = 200;
    private static final int MAX_HALVINGS = 60;

    /** After a step as small as this, the next would be below the precision of a double. */
    private static final double SMALL_STEP = 1e-9;

    /** The answer: {@link Strengths} or {@link NoStrengths}. */
    public sealed interface Fit permits Strengths, NoStrengths {}

    private BradleyTerry() {}

    /**
     * Estimates the strengths. Several counts of one pair add up, in either order of the players; the order of the counts
     * does not matter otherwise.
     *
     * @throws IllegalArgumentException if counts are empty, or name more than {@value #MAX_PLAYERS} players
     */
    public static Fit fit(List<PairCount> counts) {
        WinGraph graph = WinGraph.of(Objects.requireNonNull(counts, "counts"));
        NoStrengths none = graph.missing();
        if (none != null) {
            return none;
        }
        double[] strengths = new double[graph.size()];
        double likelihood = logLikelihood(graph, strengths);
        for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
            Cholesky information = information(graph, strengths);
            if (information == null) {
                return graph.uneven();
            }
            double[] step = information.solve(gradient(graph, strengths));
            double longest = 0;
            for (double s : step) {
                longest = Math.max(longest, Math.abs(s));
            }
            double[] next = plus(strengths, step, 1);
            double reached = logLikelihood(graph, next);
            double size = 1;
            for (int halving = 0; halving < MAX_HALVINGS && isWorse(reached, likelihood); halving++) {
                size /= 2;
                next = plus(strengths, step, size);
                reached = logLikelihood(graph, next);
            }
            strengths = next;
            likelihood = reached;
            if (longest <= SMALL_STEP) {
                Cholesky last = information(graph, strengths);
                return last == null ? graph.uneven() : new Strengths(graph, strengths, last);
            }
        }
        return graph.uneven();
    }

    private static boolean isWorse(double reached, double before) {
        return !(reached >= before - 1e-12 * Math.abs(before));
    }

    /** Moved so that the strengths sum to zero, which the steps keep but for rounding. */
    private static double[] plus(double[] strengths, double[] step, double size) {
        double[] next = new double[strengths.length];
        double sum = 0;
        for (int i = 0; i < next.length; i++) {
            next[i] = strengths[i] + size * step[i];
            sum += next[i];
        }
        for (int i = 0; i < next.length; i++) {
            next[i] -= sum / next.length;
        }
        return next;
    }

    private static double logLikelihood(WinGraph graph, double[] strengths) {
        double sum = 0;
        for (WinGraph.Edge edge : graph.edges()) {
            double by = strengths[edge.first()] - strengths[edge.second()];
            sum += edge.firstScore() * logProbability(by) + edge.secondScore() * logProbability(-by);
        }
        return sum;
    }

    /** The logarithm of the probability of winning. */
    private static double logProbability(double by) {
        return by >= 0 ? -StrictMath.log1p(StrictMath.exp(-by)) : by - StrictMath.log1p(StrictMath.exp(by));
    }

    /** The probability of winning; the rarest one too has all its digits. */
    static double probability(double by) {
        return 1 / (1 + StrictMath.exp(-by));
    }

    private static double[] gradient(WinGraph graph, double[] strengths) {
        double[] gradient = new double[strengths.length];
        for (WinGraph.Edge edge : graph.edges()) {
            double by = strengths[edge.first()] - strengths[edge.second()];
            double more = edge.firstScore() * probability(-by) - edge.secondScore() * probability(by);
            gradient[edge.first()] += more;
            gradient[edge.second()] -= more;
        }
        return gradient;
    }

    /**
     * The information about the strengths. It says nothing about their sum, so a constant is added to each element: that
     * leaves what the inverse says of differences, and makes the inverse exist. Null where rounding ate an element.
     */
    private static @Nullable Cholesky information(WinGraph graph, double[] strengths) {
        int n = strengths.length;
        double[][] matrix = new double[n][n];
        double total = 0;
        for (WinGraph.Edge edge : graph.edges()) {
            double by = strengths[edge.first()] - strengths[edge.second()];
            double weight = (edge.firstScore() + edge.secondScore()) * probability(by) * probability(-by);
            matrix[edge.first()][edge.first()] += weight;
            matrix[edge.second()][edge.second()] += weight;
            matrix[edge.first()][edge.second()] -= weight;
            matrix[edge.second()][edge.first()] -= weight;
            total += weight;
        }
        double constant = total / n / n;
        for (double[] row : matrix) {
            for (int i = 0; i < n; i++) {
                row[i] += constant;
            }
        }
        return Cholesky.of(matrix);
    }
}
