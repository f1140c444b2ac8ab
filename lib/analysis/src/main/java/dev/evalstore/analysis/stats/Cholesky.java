package dev.evalstore.analysis.stats;

import org.jspecify.annotations.Nullable;

/** A symmetric positive definite matrix as the product of a lower triangle and its transpose, for solving. */
final class Cholesky {
    private final double[][] lower;

    private Cholesky(double[][] lower) {
        this.lower = lower;
    }

    /** Of a matrix, its lower triangle, which is overwritten; null if it is not positive definite, within rounding. */
    static @Nullable Cholesky of(double[][] matrix) {
        for (int i = 0; i < matrix.length; i++) {
            double[] row = matrix[i];
            for (int j = 0; j <= i; j++) {
                double[] other = matrix[j];
                double sum = row[j];
                for (int k = 0; k < j; k++) {
                    sum -= row[k] * other[k];
                }
                if (j < i) {
                    row[j] = sum / other[j];
                } else if (sum > 0 && sum < Double.POSITIVE_INFINITY) {
                    row[i] = Math.sqrt(sum);
                } else {
                    return null;
                }
            }
        }
        return new Cholesky(matrix);
    }

    /** What the matrix turns into the right side. */
    double[] solve(double[] right) {
        double[] x = forward(right, 0);
        for (int i = x.length - 1; i >= 0; i--) {
            double[] row = lower[i];
            x[i] /= row[i];
            for (int k = 0; k < i; k++) {
                x[k] -= row[k] * x[i];
            }
        }
        return x;
    }

    /** The product of a vector, the inverse of the matrix, and the vector again; the vector is zero before {@code from}. */
    double inverseNorm(double[] vector, int from) {
        double sum = 0;
        for (double value : forward(vector, from)) {
            sum += value * value;
        }
        return sum;
    }

    private double[] forward(double[] right, int from) {
        double[] x = new double[right.length];
        for (int i = from; i < x.length; i++) {
            double[] row = lower[i];
            double sum = right[i];
            for (int k = from; k < i; k++) {
                sum -= row[k] * x[k];
            }
            x[i] = sum / row[i];
        }
        return x;
    }
}
