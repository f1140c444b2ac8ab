package dev.evalstore.bench;

import dev.evalstore.analysis.Comparison;
import dev.evalstore.analysis.ComparisonResult;
import dev.evalstore.analysis.TestKind;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.ItemMetric;
import dev.evalstore.tracking.NewExperiment;
import dev.evalstore.tracking.Pairing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * {@code analysis.paired}: two experiments with {@code items} (100,000) answers each, compared from their rows to the result: by
 * all paired tests but permutation, with effects, intervals and the input hash; by McNemar where values are 0 or 1; and, for
 * comparison, the reading alone.
 */
final class AnalysisPairedBench {
    private AnalysisPairedBench() {}

    static void run(Lab lab) throws Exception {
        int items = lab.settings().number("items", 100_000);
        lab.report().progress("making 2 experiments of " + items + " evaluations");
        UUID a = fill(lab, "a", items, 0.01);
        UUID b = fill(lab, "b", items, 0);
        lab.execute("vacuum (freeze, analyze) evalstore.evaluations", "checkpoint");
        Comparison scores = Comparison.between(a, b).tests(TestKind.PAIRED_T, TestKind.WILCOXON, TestKind.SIGN);
        Comparison passed = Comparison.between(a, b).metric("metrics.exact");
        lab.report().progress("analysis.paired, milliseconds");
        Map<String, Double> times = new Rounds(lab)
                .side("evalstore", () -> time(lab, scores, items))
                .side("evalstore McNemar", () -> time(lab, passed, items))
                .side("reading", () -> read(lab, a, b, items))
                .medians();
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("items", items);
        params.put("rounds", lab.rounds());
        lab.report().values("analysis.paired", times, "ms", params);
    }

    private static UUID fill(Lab lab, String name, int items, double more) throws Exception {
        UUID id = lab.db()
                .tracking()
                .experiments()
                .create(NewExperiment.of(name + " " + UUID.randomUUID(), ExperimentKind.EVALUATION))
                .id();
        lab.execute(
                "insert into evalstore.evaluations (provider, model, input, output, metrics, score, experiment_id, item_key)"
                        + " select 'openai', '" + name + "', repeat('question ', 20) || i, repeat('answer ', 20) || i,"
                        + " jsonb_build_object('exact', (random() < 0.6)::int), random() * 0.3 + (i * 7919 % 1000) / 1500.0 + "
                        + more
                        + ", '" + id + "', 'question-' || i from generate_series(1, " + items + ") i");
        return id;
    }

    private static double time(Lab lab, Comparison comparison, int items) {
        long start = System.nanoTime();
        ComparisonResult result = comparison.on(lab.db()).run();
        double millis = (System.nanoTime() - start) / 1e6;
        if (result.sampleSize() != items) {
            throw new IllegalStateException(result.sampleSize() + " of " + items + " items");
        }
        return millis;
    }

    private static double read(Lab lab, UUID a, UUID b, int items) {
        long start = System.nanoTime();
        int rows = lab.db()
                .tracking()
                .comparisons()
                .pairExperiments(List.of(a, b), ItemMetric.SCORE, Pairing.ITEM)
                .size();
        double millis = (System.nanoTime() - start) / 1e6;
        if (rows != items) {
            throw new IllegalStateException(rows + " of " + items + " items");
        }
        return millis;
    }
}
