package dev.evalstore.analysis.stats;

/**
 * Cliff's delta (Cliff 1993): how much likelier a value of x is above a value of y than below it, over all pairs of a
 * value of x and a value of y. From -1, where all of x is below all of y, to 1. The samples need not be paired; if they
 * are, the pairing is not used. It is the rank-biserial correlation too, and 2 U / (n<sub>x</sub> n<sub>y</sub>) - 1 of
 * {@link MannWhitney}. Assumes no distribution; ties count as neither. In n log n.
 *
 * @param delta from -1 to 1; 0 where both are as likely
 * @param greater the pairs of which x is greater
 * @param less the pairs of which x is less
 * @param ties the pairs of equal values
 */
public record CliffsDelta(double delta, long greater, long less, long ties) {

    /**
     * Compares two samples.
     *
     * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or beyond
     *     {@link Samples#MAX_VALUE}
     */
    public static CliffsDelta of(double[] x, double[] y) {
        double[] first = Order.sorted(Samples.sample("x", x));
        double[] second = Order.sorted(Samples.sample("y", y));
        Counter counter = new Counter();
        Groups.walk(first, second, counter);
        long greater = counter.greater;
        long ties = counter.ties;
        long less = (long) x.length * y.length - greater - ties;
        double pairs = (double) x.length * y.length;
        return new CliffsDelta((greater - less) / pairs, greater, less, ties);
    }

    private static final class Counter implements Groups.Visitor {
        private long greater;
        private long ties;

        @Override
        public void visit(int lowerA, int inA, int lowerB, int inB) {
            greater += (long) inA * lowerB;
            ties += (long) inA * inB;
        }
    }
}
