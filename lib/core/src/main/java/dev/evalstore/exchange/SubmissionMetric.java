package dev.evalstore.exchange;

import dev.evalstore.internal.Check;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a submission measured: given with it, and read back as it was given.
 *
 * @param name unique in the submission, not blank, at most 200 characters
 * @param value from -1e300 to 1e300
 * @param unit such as tokens/s, not blank, at most 100 characters, or null
 * @param spread of the samples that the value is made of
 */
public record SubmissionMetric(
        String name, double value, @Nullable String unit, Spread spread) {
    public SubmissionMetric {
        Check.text("metric name", name, 1, 200);
        Check.figureOrNull("metric value", value);
        Check.textOrNull("metric unit", unit, 100);
        Objects.requireNonNull(spread, "spread");
    }

    /** A value alone. */
    public static SubmissionMetric of(String name, double value) {
        return new SubmissionMetric(name, value, null, Spread.UNKNOWN);
    }

    public SubmissionMetric unit(String word) {
        return new SubmissionMetric(name, value, word, spread);
    }

    public SubmissionMetric spread(Spread samples) {
        return new SubmissionMetric(name, value, unit, samples);
    }

    /**
     * How samples are spread, in the unit of the metric. Each figure is from -1e300 to 1e300, or null where it is not
     * known. Those that are given are in order: {@code min}, {@code median}, {@code p95}, {@code max}.
     *
     * @param stddev the standard deviation, at least 0
     * @param min the least sample
     * @param max the greatest sample
     * @param median the median
     * @param p95 the 95th percentile
     * @param samples how many there are, at least 1
     */
    public record Spread(
            @Nullable Double stddev,
            @Nullable Double min,
            @Nullable Double max,
            @Nullable Double median,
            @Nullable Double p95,
            @Nullable Long samples) {
        /** Nothing is known. */
        public static final Spread UNKNOWN = new Spread(null, null, null, null, null, null);

        public Spread {
            Check.figureOrNull("metric stddev", stddev);
            Check.notNegativeOrNull("metric stddev", stddev);
            Check.figureOrNull("metric min", min);
            Check.figureOrNull("metric max", max);
            Check.figureOrNull("metric median", median);
            Check.figureOrNull("metric p95", p95);
            Check.positiveOrNull("metric samples", samples);
            Double last = null;
            for (Double figure : new Double[] {min, median, p95, max}) {
                if (last != null && figure != null && last > figure) {
                    throw new IllegalArgumentException("metric min, median, p95 and max must be in this order");
                }
                last = figure == null ? last : figure;
            }
        }

        public Spread stddev(double value) {
            return new Spread(value, min, max, median, p95, samples);
        }

        /** The least and the greatest sample. */
        public Spread range(double least, double greatest) {
            return new Spread(stddev, least, greatest, median, p95, samples);
        }

        public Spread median(double value) {
            return new Spread(stddev, min, max, value, p95, samples);
        }

        public Spread p95(double value) {
            return new Spread(stddev, min, max, median, value, samples);
        }

        public Spread samples(long value) {
            return new Spread(stddev, min, max, median, p95, value);
        }
    }
}
