package dev.evalstore.bench;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.testing.faults.ChildJvm;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code stream}: reads {@code rows} evaluations in a JVM with a heap of {@code heap} MB, which they would fill many times over.
 */
final class StreamBench {
    private static final String SELECT = "select id, benchmark_id, provider, model, input, output, expected, metrics,"
            + " score, latency_ms, input_tokens, output_tokens, cost_usd, metadata, created_by, created_at"
            + " from evalstore.evaluations";

    private StreamBench() {}

    static void run(Lab lab) throws Exception {
        int rows = lab.settings().number("rows", 1_000_000);
        int heap = lab.settings().number("heap", 64);
        lab.report().progress("making " + rows + " evaluations");
        lab.execute(
                "truncate evalstore.evaluations, evalstore.evaluation_feedback",
                "insert into evalstore.evaluations (provider, model, input, output, metrics, score, latency_ms)"
                        + " select 'openai', 'gpt-4', repeat('question ', 20) || i, repeat('answer ', 20) || i,"
                        + " jsonb_build_object('exact', i % 2, 'f1', random()), random(), (random() * 2000)::int"
                        + " from generate_series(1, " + rows + ") i",
                "vacuum (freeze, analyze) evalstore.evaluations",
                "checkpoint");
        lab.report().progress("stream.evaluations, rows a second");
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> rate(lab, heap, rows, "evalstore"))
                .side("raw", () -> rate(lab, heap, rows, "raw"))
                .medians();
        lab.report().values("stream.evaluations", rates, "rows/s", Map.of("rows", rows, "heap_mb", heap));
        lab.report().ratio("stream.evaluations", rates, "evalstore", "raw");
    }

    private static double rate(Lab lab, int heap, int rows, String side) throws Exception {
        String[] printed = ChildJvm.output(
                        Child.class, List.of("-Xmx" + heap + "m"), lab.server().url(), side)
                .split(" ", 2);
        if (Integer.parseInt(printed[0]) != rows) {
            throw new IllegalStateException("read " + printed[0] + " of " + rows);
        }
        return rows / Double.parseDouble(printed[1]);
    }

    /** Reads all evaluations once and prints their number and the seconds that it took. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws SQLException {
            DatabaseConfig config = DatabaseConfig.builder()
                    .url(args[0])
                    .poolSize(1)
                    .slowStatement(null)
                    .build();
            Counter counter = new Counter();
            if (args[1].equals("raw")) {
                byHand(config, counter);
            } else {
                try (Database db = Database.open(config)) {
                    counter.start = System.nanoTime();
                    db.evaluations().stream(EvaluationFilter.ALL, counter);
                }
            }
            System.out.println(counter.rows + " " + (System.nanoTime() - counter.start) / 1e9);
        }

        /** The same rows into records of the same shape; documents stay text. */
        private static void byHand(DatabaseConfig config, Counter counter) throws SQLException {
            try (Connection connection = DriverManager.getConnection(config.url(), config.user(), config.password())) {
                connection.setAutoCommit(false);
                counter.start = System.nanoTime();
                try (PreparedStatement statement = connection.prepareStatement(SELECT)) {
                    statement.setFetchSize(1_000);
                    try (ResultSet row = statement.executeQuery()) {
                        while (row.next()) {
                            counter.accept(evaluation(row));
                        }
                    }
                }
            }
        }

        private static Row evaluation(ResultSet row) throws SQLException {
            return new Row(
                    row.getObject(1, UUID.class),
                    row.getObject(2, UUID.class),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7),
                    row.getString(8),
                    (Double) row.getObject(9),
                    (Integer) row.getObject(10),
                    (Integer) row.getObject(11),
                    (Integer) row.getObject(12),
                    row.getBigDecimal(13),
                    row.getString(14),
                    row.getObject(15, UUID.class),
                    row.getObject(16, OffsetDateTime.class).toInstant());
        }
    }

    /** An evaluation as a service would read it by hand. */
    private record Row(
            UUID id,
            @Nullable UUID benchmarkId,
            String provider,
            String model,
            String input,
            String output,
            @Nullable String expected,
            String metrics,
            @Nullable Double score,
            @Nullable Integer latencyMs,
            @Nullable Integer inputTokens,
            @Nullable Integer outputTokens,
            @Nullable BigDecimal costUsd,
            @Nullable String metadata,
            @Nullable UUID createdBy,
            Instant createdAt) {}

    private static final class Counter implements Consumer<Object> {
        private long start;
        private int rows;

        @Override
        public void accept(Object evaluation) {
            rows++;
        }
    }
}
