package dev.evalstore.bench;

import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.ExperimentRepository;
import dev.evalstore.tracking.NewExperiment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * {@code tracking}: beside {@link MlflowStatements} on {@link MlflowTables}, and MLflow itself where the Python that {@code python}
 * names has it; {@code python=none} leaves it out. Of {@code logs} (40) experiments a round, each gets 40 metrics, 20 params and 10
 * tags in one call; one gets the next step of {@code keys} (1,000) metrics that it has, {@code batches} (5) times a round. Histories
 * are those of {@link TrackingHistoryBench}, searches those of {@link TrackingSearchBench}. Ratios are of rates beside MLflow and by
 * hand, of times among sizes and pages, and of bytes. {@code only} names one of log, existing, history, bytes, search and large.
 */
final class TrackingBench {
    private static final String SCHEMA = "mlflow_sql";

    /** How many logs each side stores before it is measured: the first hundred of a fresh JVM take longer. */
    private static final int WARM_UP = 200;

    private final Lab lab;
    private final ExperimentRepository experiments;
    private final MlflowStatements statements;
    private final MlflowSides sides;

    private TrackingBench(Lab lab, MlflowStatements statements, MlflowSides sides) {
        this.lab = lab;
        this.experiments = lab.db().tracking().experiments();
        this.statements = statements;
        this.sides = sides;
    }

    static void run(Lab lab) throws Exception {
        String only = lab.settings().text("only");
        MlflowTables.create(lab, SCHEMA);
        try (MlflowPeer mlflow = "none".equals(lab.settings().text("python")) ? null : MlflowPeer.start(lab)) {
            MlflowStatements statements = new MlflowStatements(lab.pool(), SCHEMA);
            MlflowSides sides = new MlflowSides(lab, mlflow);
            TrackingBench bench = new TrackingBench(lab, statements, sides);
            if (only == null || only.equals("log")) {
                bench.log(lab.settings().number("logs", 40));
            }
            if (only == null || only.equals("existing")) {
                bench.logExisting(
                        lab.settings().number("keys", 1_000), lab.settings().number("batches", 5));
            }
            new TrackingHistoryBench(lab, statements, sides, SCHEMA).run(only);
            new TrackingSearchBench(lab, statements, SCHEMA, mlflow).run(only);
        } finally {
            lab.execute(
                    "drop schema if exists " + SCHEMA + " cascade",
                    "drop schema if exists " + MlflowPeer.SCHEMA + " cascade");
        }
    }

    static UUID experiment(ExperimentRepository experiments) {
        return experiments
                .create(NewExperiment.of("an experiment", ExperimentKind.EVALUATION)
                        .project("logged"))
                .id();
    }

    static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** What is logged to experiments that have nothing yet. */
    private void log(int logs) throws Exception {
        lab.report().progress("tracking.log, experiments a second");
        Map<String, Double> rates = sides.medians(
                (WARM_UP + logs - 1) / logs,
                () -> {
                    Deque<UUID> fresh = new ArrayDeque<>();
                    for (int i = 0; i < logs; i++) {
                        fresh.add(experiment(experiments));
                    }
                    long start = System.nanoTime();
                    fresh.forEach(id -> experiments.log(id, TrackingSample.whole()));
                    return logs / seconds(start);
                },
                null,
                () -> {
                    Deque<String> fresh = new ArrayDeque<>();
                    for (int i = 0; i < logs; i++) {
                        fresh.add(statements.createRun());
                    }
                    long start = System.nanoTime();
                    for (String run : fresh) {
                        statements.log(run, TrackingSample.METRICS, 0, TrackingSample.PARAMS, TrackingSample.TAGS);
                    }
                    return logs / seconds(start);
                },
                () -> {
                    sides.asked("make " + logs);
                    return logs / sides.asked("log " + logs);
                });
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("metrics", TrackingSample.METRICS);
        params.put("params", TrackingSample.PARAMS);
        params.put("tags", TrackingSample.TAGS);
        params.put("experiments", logs);
        params.put("rounds", lab.rounds());
        sides.report("tracking.log", rates, "logs/s", params);
    }

    /** A further step of metrics that an experiment has. */
    private void logExisting(int keys, int batches) throws Exception {
        UUID id = experiment(experiments);
        String run = statements.createRun();
        long[] steps = {0, 0};
        lab.report().progress("tracking.log_existing, metrics a second");
        Map<String, Double> rates = sides.medians(
                () -> {
                    long start = System.nanoTime();
                    for (int i = 0; i < batches; i++) {
                        experiments.log(id, TrackingSample.points(keys, steps[0]++));
                    }
                    return keys * batches / seconds(start);
                },
                null,
                () -> {
                    long start = System.nanoTime();
                    for (int i = 0; i < batches; i++) {
                        statements.log(run, keys, steps[1]++, 0, 0);
                    }
                    return keys * batches / seconds(start);
                },
                () -> keys * batches / sides.asked("existing " + batches + " " + keys));
        sides.report(
                "tracking.log_existing",
                rates,
                "metrics/s",
                Map.of("keys", keys, "batches", batches, "rounds", lab.rounds()));
    }
}
