package dev.evalstore.analysis.stats;

import java.util.List;
import java.util.Objects;

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
 * sum to zero. Strengths and errors have seven digits or more, also where many battles stand beside few.
 */
public final class BradleyTerry {
    /** How many players may be compared. Time grows with the cube of their number. */
    public static final int MAX_PLAYERS = 1_000;

    private static final int MAX_ITERATIONS = 200;

    /** The information changes so little over a step as small as this that Newton's method cannot miss. */
    private static final double SURE_STEP = 0.2;

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
        Likelihood at = Likelihood.at(graph, new double[graph.size()]);
        for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
            Information information = at.information();
            if (information == null) {
                return graph.uneven();
            }
            double[] step = information.solve(at.gradient());
            double size = Samples.size(step);
            if (!Double.isFinite(size)) {
                return graph.uneven();
            }
            double slope = at.slope(step);
            double part = 1;
            Likelihood next = Likelihood.at(graph, plus(at.strengths(), step, part));
            while (part * size > SURE_STEP && next.slope(step) < -slope / 2) {
                part /= 2;
                next = Likelihood.at(graph, plus(at.strengths(), step, part));
            }
            at = next;
            if (size <= SMALL_STEP) {
                Information last = at.information();
                return last == null ? graph.uneven() : new Strengths(graph, at, last);
            }
        }
        return graph.uneven();
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

    /** The probability of winning; the rarest one too has all its digits. */
    static double probability(double by) {
        return 1 / (1 + StrictMath.exp(-by));
    }
}
