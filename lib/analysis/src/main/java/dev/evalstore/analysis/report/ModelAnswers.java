package dev.evalstore.analysis.report;

import dev.evalstore.analysis.internal.Numbers;
import dev.evalstore.analysis.stats.ClusteredMean;
import dev.evalstore.analysis.stats.Interval;
import dev.evalstore.analysis.stats.Proportion;
import dev.evalstore.benchmark.Evaluation;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The answers of one model of an experiment while they are read. Not thread-safe. */
final class ModelAnswers {
    static final double CONFIDENCE = 0.95;

    private final Map<String, Integer> items = new HashMap<>();
    private final DoubleStream.Builder scores = DoubleStream.builder();
    private final IntStream.Builder clusters = IntStream.builder();
    private final DoubleStream.Builder latencies = DoubleStream.builder();
    private long count;
    private long tooLarge;
    private int nextCluster;
    private long costed;
    private boolean tokens;
    private BigDecimal cost = BigDecimal.ZERO;

    /**
     * What the scores come to.
     *
     * @param low null where nothing is known of how sure the mean is
     */
    @SuppressWarnings("ArrayRecordComponent") // Made once, and changed by nobody.
    record Scores(
            double[] values,
            double mean,
            @Nullable Double low,
            @Nullable Double high) {}

    void add(Evaluation evaluation) {
        count++;
        Double score = evaluation.score();
        if (score != null && Math.abs(score) > Numbers.MAX_FIGURE) {
            tooLarge++;
        } else if (score != null) {
            scores.add(score);
            String item = evaluation.itemKey();
            clusters.add(item == null ? nextCluster++ : items.computeIfAbsent(item, key -> nextCluster++));
        }
        Integer latency = evaluation.latencyMs();
        if (latency != null) {
            latencies.add(latency);
        }
        tokens |= evaluation.inputTokens() != null || evaluation.outputTokens() != null;
        BigDecimal spent = evaluation.costUsd();
        if (spent != null) {
            costed++;
            cost = cost.add(spent);
        }
    }

    /** How many scores are left out since no statistics can be made of them. */
    long tooLarge() {
        return tooLarge;
    }

    long count() {
        return count;
    }

    /** Whether an answer says how many tokens were read or written for it. */
    boolean tellTokens() {
        return tokens;
    }

    /** US dollars for those answers that say what they cost; null where none does. */
    @Nullable
    BigDecimal cost() {
        return costed == 0 ? null : cost;
    }

    /** US dollars for an answer that says what it cost; null where none does. */
    @Nullable
    Double costOfOne() {
        return costed == 0 ? null : cost.doubleValue() / costed;
    }

    /** In milliseconds; null where no answer has a latency. To be called once. */
    @Nullable
    Double medianLatency() {
        double[] values = latencies.build().toArray();
        return values.length == 0 ? null : Median.of(values);
    }

    /**
     * With an interval of 95 %: Wilson's where all scores are 0 or 1 and no item is repeated, else Student's with an error that is
     * clustered by item. Null where no answer has a score. To be called once.
     */
    @Nullable
    Scores scores() {
        double[] values = scores.build().toArray();
        if (values.length == 0) {
            return null;
        }
        ClusteredMean mean = ClusteredMean.of(values, clusters.build().toArray(), CONFIDENCE);
        Interval interval = mean.interval();
        if (mean.clusters() == values.length && Arrays.stream(values).allMatch(each -> each == 0 || each == 1)) {
            long ones = Arrays.stream(values).filter(each -> each == 1).count();
            interval = Proportion.wilson(ones, values.length, CONFIDENCE);
        }
        boolean isKnown = Double.isFinite(interval.low()) && Double.isFinite(interval.high());
        return new Scores(values, mean.mean(), isKnown ? interval.low() : null, isKnown ? interval.high() : null);
    }
}
