package dev.evalstore.bench;

import dev.evalstore.Json;
import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.BenchmarkStatus;
import dev.evalstore.benchmark.NewBenchmark;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * {@code point}: one row by its id, and one new row, through the library and by hand: the same statement, the same pool, the
 * same record as result. {@code calls} and {@code creates} are a side's calls in a round.
 */
final class PointBench {
    private static final String COLUMNS = "id, name, description, provider, model, dataset, status, total_iterations,"
            + " completed_iterations, failed_iterations, results, metrics, error, created_by, created_at, started_at,"
            + " completed_at, updated_at";
    private static final String FIND = "select " + COLUMNS + " from evalstore.benchmarks where id = ?";
    private static final String CREATE = "insert into evalstore.benchmarks"
            + " (name, description, provider, model, dataset, total_iterations, created_by, id)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?) returning " + COLUMNS;
    private static final NewBenchmark RUN = NewBenchmark.of("GPT-4 on MMLU", "openai", "gpt-4", "mmlu", 100);

    private final Lab lab;

    private PointBench(Lab lab) {
        this.lab = lab;
    }

    static void run(Lab lab) throws Exception {
        PointBench bench = new PointBench(lab);
        bench.find();
        bench.create();
    }

    private void find() throws Exception {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            ids.add(lab.db().benchmarks().create(RUN).id());
        }
        lab.execute("vacuum analyze evalstore.benchmarks");
        int[] next = {0, 0};
        compare(
                "point.find",
                lab.settings().number("calls", 20_000),
                () -> lab.db()
                        .benchmarks()
                        .find(ids.get(next[0]++ % ids.size()))
                        .orElseThrow(),
                () -> findByHand(ids.get(next[1]++ % ids.size())));
    }

    private void create() throws Exception {
        compare(
                "point.create",
                lab.settings().number("creates", 2_000),
                () -> lab.db().benchmarks().create(RUN),
                () -> createByHand(RUN));
    }

    private void compare(String bench, int calls, Callable<Benchmark> library, Callable<Benchmark> hand)
            throws Exception {
        lab.report().progress(bench + ", us a call");
        Map<String, Double> micros = new Calls(lab, calls)
                .side("evalstore", library)
                .side("raw", hand)
                .medianMicros();
        lab.report().values(bench, micros, "us", Map.of("calls", calls, "rounds", lab.rounds()));
        lab.report().ratio(bench, micros, "evalstore", "raw");
    }

    private Benchmark findByHand(UUID id) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setObject(1, id);
            return only(statement);
        }
    }

    private Benchmark createByHand(NewBenchmark run) throws SQLException {
        try (Connection connection = lab.pool().getConnection();
                PreparedStatement statement = connection.prepareStatement(CREATE)) {
            statement.setString(1, run.name());
            statement.setString(2, run.description());
            statement.setString(3, run.provider());
            statement.setString(4, run.model());
            statement.setString(5, run.dataset());
            statement.setInt(6, run.totalIterations());
            statement.setObject(7, run.createdBy());
            statement.setObject(8, Ids.next());
            return only(statement);
        }
    }

    private static Benchmark only(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("no row");
            }
            return new Benchmark(
                    row.getObject(1, UUID.class),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    BenchmarkStatus.valueOf(row.getString(7).toUpperCase(Locale.ROOT)),
                    row.getInt(8),
                    row.getInt(9),
                    row.getInt(10),
                    json(row.getString(11)),
                    json(row.getString(12)),
                    row.getString(13),
                    row.getObject(14, UUID.class),
                    row.getObject(15, OffsetDateTime.class).toInstant(),
                    instant(row.getObject(16, OffsetDateTime.class)),
                    instant(row.getObject(17, OffsetDateTime.class)),
                    row.getObject(18, OffsetDateTime.class).toInstant());
        }
    }

    private static @Nullable Json json(@Nullable String text) {
        return text == null ? null : Json.parse(text);
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
