package dev.evalstore.analysis.stats;

/** Two sorted samples walked together, a group of equal values at a time: in n log n with the sorting, not n². */
final class Groups {
    private Groups() {}

    /** Calls {@code visitor} for each value that occurs in either sample, in ascending order. */
    static void walk(double[] a, double[] b, Visitor visitor) {
        int i = 0;
        int j = 0;
        while (i < a.length || j < b.length) {
            double value = j == b.length || i < a.length && a[i] <= b[j] ? a[i] : b[j];
            int fromA = i;
            int fromB = j;
            while (i < a.length && a[i] == value) {
                i++;
            }
            while (j < b.length && b[j] == value) {
                j++;
            }
            visitor.visit(fromA, i - fromA, fromB, j - fromB);
        }
    }

    /** The term of a group of ties in the variance of rank statistics, t³ - t. */
    static double ties(double size) {
        return size * (size - 1) * (size + 1);
    }

    /** Told of each group. */
    interface Visitor {
        /**
         * One value.
         *
         * @param lowerA how many values of the first sample are lower
         * @param inA how many values of the first sample equal it
         * @param lowerB how many values of the second sample are lower
         * @param inB how many values of the second sample equal it
         */
        void visit(int lowerA, int inA, int lowerB, int inB);
    }
}
