package dev.evalstore.analysis.stats;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * The upper tail of the noncentral t distribution, (Z + shift) / S, where Z is standard normal and df S² is χ²; Commons
 * Statistics has none. It is the mean over S of the normal tail beyond t S - shift (Johnson, Kotz and Balakrishnan,
 * Continuous Univariate Distributions 2, 1995, chapter 31), integrated numerically over u = ln S, where all is smooth.
 */
final class NoncentralT {
    /** Beyond so many deviations a normal tail is nothing. */
    private static final double FAR = 9;

    /** The weight at which the distribution of S is cut off, as a negative logarithm. */
    private static final double CUT = 40;

    /** Nodes and weights of Gauss and Legendre's rule of eight points on -1 to 1: those above zero. */
    private static final double[] NODES = {0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363
    };

    private static final double[] WEIGHTS = {
        0.362683783378362, 0.31370664587788727, 0.22238103445337448, 0.10122853629037626
    };

    private NoncentralT() {}

    /** The probability of more than t, which is not negative, at one degree of freedom or more. */
    static double above(double t, double df, double shift) {
        double spread = Math.sqrt(CUT / df);
        double low = -CUT / df - spread;
        double high = spread;
        double scale = 0.5 / Math.sqrt(2 * df);
        double to = shift > -FAR ? Math.min(high, StrictMath.log((shift + FAR) / t)) : low;
        double from = low;
        double certain = 0;
        if (shift > FAR) {
            double nearly = (shift - FAR) / t;
            certain = ChiSquaredDistribution.of(df).cumulativeProbability(df * nearly * nearly);
            from = Math.max(low, StrictMath.log(nearly));
        }
        if (to <= from) {
            return Math.min(1, certain);
        }
        DoubleUnaryOperator weight = u -> StrictMath.exp(df * (u - StrictMath.expm1(2 * u) / 2));
        double step = Math.min(scale, 0.5 / Math.max(1, Math.abs(shift)));
        double part = integral(
                u -> weight.applyAsDouble(u) * Tails.NORMAL.survivalProbability(t * StrictMath.exp(u) - shift),
                from,
                to,
                step);
        return Math.min(1, certain + part / integral(weight, low, high, scale));
    }

    private static double integral(DoubleUnaryOperator f, double from, double to, double step) {
        int panels = (int) Math.ceil((to - from) / step);
        double half = (to - from) / panels / 2;
        double sum = 0;
        for (int panel = 0; panel < panels; panel++) {
            double middle = from + (2 * panel + 1) * half;
            for (int i = 0; i < NODES.length; i++) {
                double distance = half * NODES[i];
                sum += WEIGHTS[i] * (f.applyAsDouble(middle - distance) + f.applyAsDouble(middle + distance));
            }
        }
        return sum * half;
    }
}
