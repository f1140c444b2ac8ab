package dev.evalstore.analysis;

import dev.evalstore.analysis.Agreement.Kind;
import dev.evalstore.analysis.Agreement.Level;
import dev.evalstore.analysis.Agreement.RaterPair;
import dev.evalstore.analysis.stats.ClusteredMean;
import dev.evalstore.analysis.stats.CohenKappa;
import dev.evalstore.analysis.stats.FleissKappa;
import dev.evalstore.analysis.stats.Interval;
import dev.evalstore.analysis.stats.KrippendorffAlpha;
import dev.evalstore.analysis.stats.Resampling;
import dev.evalstore.tracking.Feedback;
import dev.evalstore.tracking.Thumbs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Collects who gave which value to which evaluation, and computes how far they agree. */
final class Judgements {
    private final Kind kind;

    /** By evaluation, in the order of ids, so that nothing hangs on the order in which feedback is read. */
    private final Map<UUID, List<Judgement>> byEvaluation = new TreeMap<>();

    /** One object for each rater, however much the rater judged. */
    private final Map<UUID, UUID> raters = new HashMap<>();

    private long feedback;
    private long withoutValue;
    private long withoutRater;

    /** A value from 0 on. */
    private record Judgement(UUID rater, byte value) {}

    Judgements(Kind kind) {
        this.kind = kind;
    }

    void add(Feedback given) {
        feedback++;
        if (feedback > Agreement.MAX_FEEDBACK) {
            throw new IllegalArgumentException(
                    "filter must admit at most " + Agreement.MAX_FEEDBACK + " pieces of feedback");
        }
        Integer value = value(given);
        UUID rater = given.userId();
        if (value == null) {
            withoutValue++;
        } else if (rater == null) {
            withoutRater++;
        } else {
            UUID known = raters.computeIfAbsent(rater, id -> id);
            byEvaluation
                    .computeIfAbsent(given.evaluationId(), id -> new ArrayList<>(2))
                    .add(new Judgement(known, (byte) (value - kind.lowest())));
        }
    }

    private @Nullable Integer value(Feedback given) {
        Thumbs thumbs = given.thumbs();
        return switch (kind) {
            case RATINGS -> given.rating();
            case THUMBS -> thumbs == null ? null : thumbs == Thumbs.UP ? 1 : 0;
        };
    }

    Agreement agreement(double confidence, Resampling resampling) {
        int singles = (int)
                byEvaluation.values().stream().filter(one -> one.size() == 1).count();
        List<List<Judgement>> shared =
                byEvaluation.values().stream().filter(all -> all.size() > 1).toList();
        int[][] counts = shared.stream().map(this::counts).toArray(int[][]::new);
        Map<UUID, Integer> judged = new TreeMap<>();
        shared.forEach(all -> all.forEach(one -> judged.merge(one.rater(), 1, Integer::sum)));
        return new Agreement(
                kind,
                alpha(counts, singles, confidence, resampling),
                fleiss(counts),
                pairs(shared, judged, confidence),
                levels(shared, counts, confidence),
                judged.size(),
                feedback,
                withoutValue,
                withoutRater);
    }

    private int[] counts(List<Judgement> all) {
        int[] counts = new int[kind.size()];
        all.forEach(one -> counts[one.value()]++);
        return counts;
    }

    /** Of the shared evaluations; those with one rater are empty rows, since they tell nothing and are counted. */
    private KrippendorffAlpha alpha(int[][] counts, int singles, double confidence, Resampling resampling) {
        int[][] all = Arrays.copyOf(counts, Math.max(1, counts.length + singles));
        Arrays.fill(all, counts.length, all.length, new int[kind.size()]);
        KrippendorffAlpha alpha = KrippendorffAlpha.of(all, kind.scale(), confidence, resampling);
        return new KrippendorffAlpha(
                alpha.alpha(),
                alpha.interval(),
                alpha.observed(),
                alpha.expected(),
                alpha.items(),
                alpha.ratings(),
                singles);
    }

    private static @Nullable FleissKappa fleiss(int[][] counts) {
        long sizes = Arrays.stream(counts)
                .mapToInt(item -> IntStream.of(item).sum())
                .distinct()
                .count();
        return sizes == 1 ? FleissKappa.of(counts) : null;
    }

    private List<RaterPair> pairs(List<List<Judgement>> shared, Map<UUID, Integer> judged, double confidence) {
        // A stable sort of what is in the order of ids.
        List<UUID> paired = judged.entrySet().stream()
                .sorted(Map.Entry.<UUID, Integer>comparingByValue().reversed())
                .limit(Agreement.MAX_PAIRED_RATERS)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        Map<UUID, Integer> numbers = new HashMap<>();
        paired.forEach(rater -> numbers.put(rater, numbers.size()));
        Map<Integer, long[][]> tables = new TreeMap<>();
        for (List<Judgement> all : shared) {
            List<Judgement> those =
                    all.stream().filter(one -> numbers.containsKey(one.rater())).toList();
            for (Judgement first : those) {
                int row = numbers.getOrDefault(first.rater(), 0);
                for (Judgement second : those) {
                    int column = numbers.getOrDefault(second.rater(), 0);
                    if (row < column) {
                        long[][] table = tables.computeIfAbsent(
                                row * paired.size() + column, pair -> new long[kind.size()][kind.size()]);
                        table[first.value()][second.value()]++;
                    }
                }
            }
        }
        List<RaterPair> pairs = new ArrayList<>();
        tables.forEach((pair, table) -> pairs.add(new RaterPair(
                paired.get(pair / paired.size()),
                paired.get(pair % paired.size()),
                CohenKappa.of(table, kind.weights(), confidence))));
        pairs.sort(
                Comparator.comparingLong((RaterPair pair) -> pair.kappa().n()).reversed());
        return pairs;
    }

    private List<Level> levels(List<List<Judgement>> shared, int[][] counts, double confidence) {
        List<Level> levels = new ArrayList<>();
        for (int value = 0; value < kind.size(); value++) {
            int level = value;
            int given = Arrays.stream(counts).mapToInt(item -> item[level]).sum();
            if (given == 0) {
                continue;
            }
            double[] others = new double[given];
            int[] evaluations = new int[given];
            double agreeing = 0;
            int at = 0;
            for (int evaluation = 0; evaluation < counts.length; evaluation++) {
                int[] item = counts[evaluation];
                int rest = shared.get(evaluation).size() - 1;
                double sum = kind.lowest() * (rest + 1.0) - (kind.lowest() + level);
                for (int other = 0; other < item.length; other++) {
                    sum += (double) other * item[other];
                }
                for (int i = 0; i < item[level]; i++) {
                    others[at] = sum / rest;
                    evaluations[at++] = evaluation;
                    agreeing += (item[level] - 1.0) / rest;
                }
            }
            ClusteredMean mean = ClusteredMean.of(others, evaluations, confidence);
            levels.add(new Level(kind.lowest() + level, given, mean.mean(), within(mean), agreeing / given));
        }
        return levels;
    }

    /** Without what no value can be; the whole range where nothing is known. */
    private Interval within(ClusteredMean mean) {
        Interval interval = mean.interval();
        return new Interval(
                Math.max(kind.lowest(), interval.low()),
                Math.min(kind.lowest() + kind.size() - 1, interval.high()),
                interval.confidence());
    }
}
