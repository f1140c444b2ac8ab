package dev.evalstore.bench;

import dev.evalstore.Cursor;
import dev.evalstore.Database;
import dev.evalstore.tracking.ExperimentQuery;
import dev.evalstore.tracking.ExperimentRepository;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The searches of {@code tracking}: {@code searches} (10) a side and round for 100 of {@code experiments} (10,000) of a project by a
 * metric and a param, whole and of three fields; the same with {@code large} (1,000,000) experiments in 1,000 projects; and pages of
 * 100 of all, the first and the last but one.
 */
final class TrackingSearchBench {
    private static final int LIMIT = 100;
    private static final String SMALL = "tracking_small";
    private static final String LARGE = "tracking_large";

    private final Lab lab;
    private final MlflowStatements statements;
    private final String mlflowSql;
    private final @Nullable MlflowPeer mlflow;
    private final int searched;
    private final int searches;

    TrackingSearchBench(Lab lab, MlflowStatements statements, String mlflowSql, @Nullable MlflowPeer mlflow) {
        this.lab = lab;
        this.statements = statements;
        this.mlflowSql = mlflowSql;
        this.mlflow = mlflow;
        this.searched = lab.settings().number("experiments", 10_000);
        this.searches = lab.settings().number("searches", 10);
    }

    void run(@Nullable String only) throws Exception {
        int large = lab.settings().number("large", 1_000_000);
        boolean besides = only == null || only.equals("search");
        boolean grown = only == null || only.equals("large");
        if (!besides && !grown) {
            return;
        }
        try {
            fill(SMALL, 0);
            if (besides) {
                besideMlflow();
                pages();
            }
            if (grown) {
                fill(LARGE, Math.max(0, large - searched));
                grown(large);
            }
        } finally {
            lab.execute("drop schema if exists " + SMALL + " cascade", "drop schema if exists " + LARGE + " cascade");
        }
    }

    private void fill(String schema, int others) throws Exception {
        lab.report().progress("making " + (searched + others) + " experiments in " + schema);
        lab.execute("drop schema if exists " + schema + " cascade");
        lab.db().withSchema(schema).migrate();
        new TrackingData(lab).fill(schema, searched, others);
    }

    private static ExperimentQuery all() {
        return ExperimentQuery.where("metrics.metric_0 > 0.5 and params.param_0 = 'v3'")
                .project("searched")
                .orderBy("metrics.metric_0 desc")
                .limit(LIMIT);
    }

    private static ExperimentQuery three() {
        return all().select("name", "metrics.metric_0", "params.param_0");
    }

    private void besideMlflow() throws Exception {
        TrackingData data = new TrackingData(lab);
        data.fillMlflow(mlflowSql, "1", searched);
        MlflowPeer itself = mlflow;
        if (itself != null) {
            data.fillMlflow(MlflowPeer.SCHEMA, itself.project(), searched);
        }
        ExperimentRepository experiments = lab.db().withSchema(SMALL).tracking().experiments();
        Recorder recorder = new Recorder(lab.pool());
        Database recording = Database.using(recorder.pool()).withSchema(SMALL);
        recording.tracking().experiments().search(all());
        recorder.explain("experiments.search").forEach(lab.report()::progress);
        int found = experiments.search(all()).items().size();
        int attributes = TrackingSample.METRICS + TrackingSample.PARAMS + TrackingSample.TAGS;
        if (statements.search(0.5, "v3", LIMIT) != found * attributes) {
            throw new IllegalStateException("the sides find different experiments");
        }
        lab.report().progress("tracking.search and search_projected, ms a search; " + found + " found");
        Rounds rounds = new Rounds(lab)
                .side("evalstore", () -> millis(() -> experiments.search(all())))
                .side("projected", () -> millis(() -> experiments.search(three())))
                .side("mlflow-sql", () -> millis(() -> statements.search(0.5, "v3", LIMIT)));
        if (itself != null) {
            rounds.side("mlflow", () -> itself.seconds("search " + searches + " " + LIMIT) * 1e3 / searches);
        }
        Map<String, Double> millis = rounds.medians();
        report("tracking.search", "evalstore", millis);
        report("tracking.search_projected", "projected", millis);
    }

    /** The times, and the ratios of the rates. */
    private void report(String bench, String side, Map<String, Double> millis) {
        Map<String, Double> times = new LinkedHashMap<>();
        Map<String, Double> rates = new LinkedHashMap<>();
        for (String name : List.of(side, "mlflow-sql", "mlflow")) {
            Double time = millis.get(name);
            if (time != null) {
                String system = name.equals(side) ? "evalstore" : name;
                times.put(system, time);
                rates.put(system, 1_000 / time);
            }
        }
        Map<String, Object> params = Map.of("experiments", searched, "limit", LIMIT, "rounds", lab.rounds());
        lab.report().values(bench + "_time", times, "ms", params);
        lab.report().values(bench, rates, "searches/s", params);
        for (String other : List.of("mlflow-sql", "mlflow")) {
            if (rates.containsKey(other)) {
                lab.report().ratio(bench, rates, "evalstore", other);
            }
        }
    }

    private double millis(Callable<?> search) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < searches; i++) {
            search.call();
        }
        return (System.nanoTime() - start) / 1e6 / searches;
    }

    private void pages() throws Exception {
        ExperimentRepository experiments = lab.db().withSchema(SMALL).tracking().experiments();
        ExperimentQuery query = ExperimentQuery.where("metrics.metric_0 is not null")
                .project("searched")
                .orderBy("metrics.metric_0 desc")
                .limit(LIMIT);
        int after = Math.max(LIMIT, searched - 2 * LIMIT);
        ExperimentQuery deep = query;
        for (int read = 0; read < after; read += LIMIT) {
            Cursor next = experiments.search(deep).next();
            if (next == null) {
                throw new IllegalStateException("there are only " + read + " experiments");
            }
            deep = query.after(next);
        }
        ExperimentQuery last = deep;
        String far = Integer.toString(after);
        lab.report().progress("tracking.page, ms a page");
        Map<String, Double> millis = new Rounds(lab)
                .side("1", () -> millis(() -> experiments.search(query)))
                .side(far, () -> millis(() -> experiments.search(last)))
                .medians();
        lab.report()
                .values(
                        "tracking.page",
                        millis,
                        "ms",
                        Map.of("experiments", searched, "limit", LIMIT, "rounds", lab.rounds()));
        lab.report().ratio("tracking.page", millis, far, "1");
    }

    private void grown(int large) throws Exception {
        Recorder recorder = new Recorder(lab.pool());
        Database.using(recorder.pool())
                .withSchema(LARGE)
                .tracking()
                .experiments()
                .search(all());
        recorder.explain("experiments.search").forEach(lab.report()::progress);
        String most = Integer.toString(large);
        String few = Integer.toString(searched);
        lab.report().progress("tracking.search_large, ms a search");
        Map<String, Double> millis = new Rounds(lab)
                .side(few, () -> millis(() -> in(SMALL).search(all())))
                .side(most, () -> millis(() -> in(LARGE).search(all())))
                .medians();
        lab.report()
                .values(
                        "tracking.search_large",
                        millis,
                        "ms",
                        Map.of("projects", 1_000, "limit", LIMIT, "rounds", lab.rounds()));
        lab.report().ratio("tracking.search_large", millis, most, few);
    }

    private ExperimentRepository in(String schema) {
        return lab.db().withSchema(schema).tracking().experiments();
    }
}
