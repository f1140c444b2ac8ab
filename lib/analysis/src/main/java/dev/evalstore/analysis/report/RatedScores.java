package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.Charts.Axis;
import dev.evalstore.analysis.report.Charts.Bin;
import dev.evalstore.analysis.stats.ClusteredMean;
import dev.evalstore.analysis.stats.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Scores with the ratings that people gave to the same answers. Not thread-safe. */
final class RatedScores {
    static final double LOWEST_RATING = 1;
    static final double HIGHEST_RATING = 5;
    private static final int BINS = 10;

    private final DoubleStream.Builder scores = DoubleStream.builder();
    private final DoubleStream.Builder ratings = DoubleStream.builder();

    void add(double score, double rating) {
        scores.add(score);
        ratings.add(rating);
    }

    /** The chart; empty where all scores are the same, or there is none. To be called once. */
    Optional<Figure> figure() {
        double[] x = scores.build().toArray();
        double[] y = ratings.build().toArray();
        double low = Arrays.stream(x).min().orElse(0);
        double high = Arrays.stream(x).max().orElse(0);
        if (low == high) {
            return Optional.empty();
        }
        Axis axis = Axis.of("Score");
        boolean isShare = low >= 0 && high <= 1;
        return Optional.of(Charts.calibration(
                "Mean rating by score",
                isShare ? axis.between(0, 1) : axis,
                Axis.of("Mean rating", "stars").between(LOWEST_RATING, HIGHEST_RATING),
                "95 % interval",
                isShare ? bins(x, y, 0, 1) : bins(x, y, low, high)));
    }

    /** Ten of equal width; those without an answer are left out. */
    private static List<Bin> bins(double[] x, double[] y, double low, double high) {
        List<Bin> bins = new ArrayList<>();
        int[] places = Arrays.stream(x)
                .mapToInt(each -> (int) Math.min(BINS - 1, Math.floor((each - low) / (high - low) * BINS)))
                .toArray();
        for (int bin = 0; bin < BINS; bin++) {
            int place = bin;
            int[] members =
                    IntStream.range(0, x.length).filter(i -> places[i] == place).toArray();
            if (members.length > 0) {
                bins.add(bin(
                        Arrays.stream(members).mapToDouble(i -> x[i]).toArray(),
                        Arrays.stream(members).mapToDouble(i -> y[i]).toArray()));
            }
        }
        return bins;
    }

    private static Bin bin(double[] x, double[] y) {
        int[] own = IntStream.range(0, x.length).toArray();
        double score = ClusteredMean.of(x, own, ModelAnswers.CONFIDENCE).mean();
        ClusteredMean rating = ClusteredMean.of(y, own, ModelAnswers.CONFIDENCE);
        return bin(score, rating.mean(), rating.interval(), x.length);
    }

    /** With the part of the interval that ratings can have; without an interval where nothing is known of it. */
    static Bin bin(double x, double mean, Interval interval, long count) {
        if (!Double.isFinite(interval.low()) || !Double.isFinite(interval.high())) {
            return new Bin(x, mean, null, null, count);
        }
        return new Bin(
                x, mean, Math.max(LOWEST_RATING, interval.low()), Math.min(HIGHEST_RATING, interval.high()), count);
    }
}
