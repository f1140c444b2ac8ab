package dev.evalstore.bench;

import dev.evalstore.tracking.ExperimentRepository;
import dev.evalstore.tracking.LogBatch;
import dev.evalstore.tracking.MetricPoint;
import dev.evalstore.tracking.StepRange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The histories of {@code tracking}: {@code points} (100,000) points of one metric are read, also by hand, and reduced to 320; and
 * the size of as many points of 400 metrics.
 */
final class TrackingHistoryBench {
    private static final int REDUCED = 320;
    private static final String LOSS = "loss";

    private final Lab lab;
    private final ExperimentRepository experiments;
    private final MlflowStatements statements;
    private final MlflowSides sides;
    private final String schema;

    TrackingHistoryBench(Lab lab, MlflowStatements statements, MlflowSides sides, String schema) {
        this.lab = lab;
        this.experiments = lab.db().tracking().experiments();
        this.statements = statements;
        this.sides = sides;
        this.schema = schema;
    }

    void run(@Nullable String only) throws Exception {
        int points = lab.settings().number("points", 100_000);
        if (only == null || only.equals("history")) {
            history(points);
        }
        if (only == null || only.equals("bytes")) {
            bytes(points);
        }
    }

    private void history(int points) throws Exception {
        UUID id = TrackingBench.experiment(experiments);
        for (int from = 0; from < points; from += 10_000) {
            LogBatch batch = LogBatch.of();
            for (int step = from; step < Math.min(points, from + 10_000); step++) {
                batch = batch.metric(LOSS, TrackingSample.value(0, step), step, TrackingSample.BEGIN.plusSeconds(step));
            }
            experiments.log(id, batch);
        }
        TrackingData data = new TrackingData(lab);
        String run = statements.createRun();
        data.fillHistory(schema, run, LOSS, points);
        String own = sides.run();
        if (!own.isEmpty()) {
            data.fillHistory(MlflowPeer.SCHEMA, own, LOSS, points);
        }
        lab.execute("vacuum analyze evalstore.metric_points", "checkpoint");
        lab.report().progress("tracking.history, points a second");
        Map<String, Double> rates = sides.medians(
                () -> {
                    int[] count = {0};
                    long start = System.nanoTime();
                    experiments.history(id, LOSS, StepRange.ALL, point -> count[0]++);
                    return rate(points, count[0], start);
                },
                () -> {
                    long start = System.nanoTime();
                    return rate(points, historyByHand(id), start);
                },
                () -> {
                    long start = System.nanoTime();
                    return rate(points, statements.history(run, LOSS), start);
                },
                () -> points / sides.asked("history " + own + " " + points));
        sides.report("tracking.history", rates, "points/s", Map.of("points", points, "rounds", lab.rounds()));
        lab.report().progress("tracking.history_reduced, calls a second");
        Map<String, Double> reduced = sides.medians(
                () -> calls(5, () -> experiments.history(id, LOSS, REDUCED).size()),
                null,
                () -> calls(5, () -> statements.sampled(run, LOSS, REDUCED)),
                () -> 1 / sides.asked("sampled " + own + " " + REDUCED));
        Map<String, Double> millis = new LinkedHashMap<>();
        reduced.forEach((side, rate) -> millis.put(side, 1_000 / rate));
        Map<String, Object> params = Map.of("points", points, "to", REDUCED, "rounds", lab.rounds());
        lab.report().values("tracking.history_reduced_time", millis, "ms", params);
        sides.report("tracking.history_reduced", reduced, "calls/s", params);
    }

    private static double rate(int expected, int got, long start) {
        double seconds = TrackingBench.seconds(start);
        if (got != expected) {
            throw new IllegalStateException("read " + got + " points of " + expected);
        }
        return got / seconds;
    }

    /** Reads a number of points. */
    private interface Reduced {
        int read() throws Exception;
    }

    private static double calls(int number, Reduced reduced) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < number; i++) {
            int got = reduced.read();
            if (got < 1 || got > REDUCED) {
                throw new IllegalStateException("reduced to " + got);
            }
        }
        return number / TrackingBench.seconds(start);
    }

    /** The same points into the same records, by a statement written by hand for these tables. */
    private int historyByHand(UUID id) throws SQLException {
        int count = 0;
        try (Connection connection = lab.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement =
                    connection.prepareStatement("select p.step, p.at, p.value from evalstore.metric_points p"
                            + " where p.experiment = (select number from evalstore.experiments where id = ?)"
                            + " and p.name_id = (select id from evalstore.metric_names where name = ?)"
                            + " order by p.step, p.at, p.value")) {
                statement.setObject(1, id);
                statement.setString(2, LOSS);
                statement.setFetchSize(1_000);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        MetricPoint point = new MetricPoint(
                                row.getLong(1),
                                row.getObject(2, OffsetDateTime.class).toInstant(),
                                row.getDouble(3));
                        count += point.step() >= 0 ? 1 : 0;
                    }
                }
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
        return count;
    }

    /** Ten experiments with forty metrics each, a step after the other, as training logs them. */
    private void bytes(int points) throws Exception {
        lab.execute("truncate evalstore.metric_points", "truncate " + schema + ".metrics");
        int steps = Math.max(1, points / 10 / TrackingSample.METRICS);
        for (int i = 0; i < 10; i++) {
            UUID id = TrackingBench.experiment(experiments);
            String run = statements.createRun();
            for (int step = 0; step < steps; step++) {
                experiments.log(id, TrackingSample.points(TrackingSample.METRICS, step));
                statements.log(run, TrackingSample.METRICS, step, 0, 0);
            }
        }
        lab.execute("vacuum evalstore.metric_points", "vacuum " + schema + ".metrics");
        Map<String, Double> bytes = new LinkedHashMap<>();
        bytes.put(MlflowSides.EVALSTORE, bytesAPoint("evalstore.metric_points"));
        bytes.put(MlflowSides.MLFLOW_SQL, bytesAPoint(schema + ".metrics"));
        lab.report().values("tracking.bytes", bytes, "bytes", Map.of("points", steps * 10 * TrackingSample.METRICS));
        lab.report().ratio("tracking.bytes", bytes, MlflowSides.EVALSTORE, MlflowSides.MLFLOW_SQL);
    }

    private double bytesAPoint(String table) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement("select pg_total_relation_size('" + table
                        + "')::float8 / (select count(*) from " + table + ")");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getDouble(1);
        }
    }
}
