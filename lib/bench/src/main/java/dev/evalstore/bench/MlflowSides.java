package dev.evalstore.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sides of {@code tracking}: the library, MLflow's statements, and MLflow itself where there is one. */
final class MlflowSides {
    static final String EVALSTORE = "evalstore";
    static final String MLFLOW_SQL = "mlflow-sql";
    private static final String MLFLOW = "mlflow";
    private static final String RAW = "raw";

    private final Lab lab;
    private final @Nullable MlflowPeer mlflow;

    MlflowSides(Lab lab, @Nullable MlflowPeer mlflow) {
        this.lab = lab;
        this.mlflow = mlflow;
    }

    /** Reports rates, and the ratio to each of the other sides. */
    void report(String bench, Map<String, Double> rates, String unit, Map<String, Object> params) {
        lab.report().values(bench, rates, unit, params);
        for (String other : List.of(RAW, MLFLOW_SQL, MLFLOW)) {
            if (rates.containsKey(other)) {
                lab.report().ratio(bench, rates, EVALSTORE, other);
            }
        }
    }

    /** The sides in turns, MLflow itself only where there is one. */
    Map<String, Double> medians(Rounds.Side evalstore, Rounds.@Nullable Side raw, Rounds.Side sql, Rounds.Side itself)
            throws Exception {
        return medians(1, evalstore, raw, sql, itself);
    }

    /** The same after more rounds that do not count. */
    Map<String, Double> medians(
            int warmUps, Rounds.Side evalstore, Rounds.@Nullable Side raw, Rounds.Side sql, Rounds.Side itself)
            throws Exception {
        Rounds rounds = new Rounds(lab).warmUps(warmUps).side(EVALSTORE, evalstore);
        if (raw != null) {
            rounds.side(RAW, raw);
        }
        rounds.side(MLFLOW_SQL, sql);
        if (mlflow != null) {
            rounds.side(MLFLOW, itself);
        }
        return rounds.medians();
    }

    double asked(String command) throws Exception {
        if (mlflow == null) {
            throw new IllegalStateException("there is no MLflow to ask");
        }
        return mlflow.seconds(command);
    }

    /** A run of MLflow's own; empty where there is no MLflow. */
    String run() throws IOException {
        return mlflow == null ? "" : mlflow.ask("run");
    }
}
