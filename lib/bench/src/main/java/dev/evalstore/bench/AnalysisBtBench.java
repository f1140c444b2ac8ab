package dev.evalstore.bench;

import dev.evalstore.analysis.stats.BradleyTerry;
import dev.evalstore.analysis.stats.PairCount;
import dev.evalstore.analysis.stats.Strengths;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * {@code analysis.bt}: strengths with their standard errors of {@code models} (100) from the counts of {@code battles}
 * (1,000,000), a tenth of them ties, each pair having met.
 */
final class AnalysisBtBench {
    private static final int FITS = 5;

    private AnalysisBtBench() {}

    static void run(Lab lab) throws Exception {
        int models = lab.settings().number("models", 100);
        int battles = lab.settings().number("battles", 1_000_000);
        List<PairCount> counts = counts(models, battles);
        lab.report().progress("analysis.bt, milliseconds");
        Map<String, Double> times =
                new Rounds(lab).side("evalstore", () -> millis(counts, models)).medians();
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("models", models);
        params.put("battles", battles);
        params.put("rounds", lab.rounds());
        lab.report().values("analysis.bt", times, "ms", params);
    }

    private static double millis(List<PairCount> counts, int models) {
        long start = System.nanoTime();
        for (int fit = 0; fit < FITS; fit++) {
            if (!(BradleyTerry.fit(counts) instanceof Strengths strengths)
                    || strengths.strengths().size() != models
                    || !strengths.strengths().stream().allMatch(strength -> strength.standardError() > 0)) {
                throw new IllegalStateException("no strengths");
            }
        }
        return TrackingBench.seconds(start) * 1_000 / FITS;
    }

    private static List<PairCount> counts(int models, int battles) {
        SplittableRandom random = new SplittableRandom(17);
        double[] strengths = random.doubles(models).map(value -> 4 * value - 2).toArray();
        List<PairCount> counts = new ArrayList<>();
        int pairs = models * (models - 1) / 2;
        for (int first = 0; first < models; first++) {
            for (int second = 0; second < first; second++) {
                double wins = 1 / (1 + Math.exp(strengths[second] - strengths[first]));
                int[] scores = new int[3];
                // The first pairs take what the division leaves.
                int met = battles / pairs + (counts.size() < battles % pairs ? 1 : 0);
                for (int battle = 0; battle < met; battle++) {
                    scores[random.nextInt(10) == 0 ? 2 : random.nextDouble() < wins ? 0 : 1]++;
                }
                counts.add(new PairCount("model " + first, "model " + second, scores[0], scores[1], scores[2]));
            }
        }
        return counts;
    }
}
