package dev.evalstore.bench;

import dev.evalstore.benchmark.Benchmark;
import dev.evalstore.benchmark.NewBenchmark;
import dev.evalstore.benchmark.NewEvaluation;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * {@code bulk}: {@code rows} evaluations with an input and an output of {@code bytes} each, stored by one {@code createAll}, by a
 * binary COPY written by hand, and one by one, each its own commit. Every side starts on empty tables.
 */
final class BulkBench {
    private static final String COPY = "copy evalstore.evaluations (id, benchmark_id, provider, model, input, output,"
            + " metrics, score, latency_ms, input_tokens, output_tokens, cost_usd) from stdin (format binary)";
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    private final Lab lab;
    private final List<Answer> answers = new ArrayList<>();
    private final List<NewEvaluation> rows = new ArrayList<>();

    /** A row as both ways of loading need it. */
    private record Answer(UUID run, String input, String output, double score, int latencyMs, BigDecimal costUsd) {
        NewEvaluation asNew() {
            return NewEvaluation.of("openai", "gpt-4", input, output)
                    .benchmark(run)
                    .score(score)
                    .latencyMs(latencyMs)
                    .usage(250, 250, costUsd);
        }
    }

    private BulkBench(Lab lab) {
        this.lab = lab;
    }

    static void run(Lab lab) throws Exception {
        new BulkBench(lab).run();
    }

    private void run() throws Exception {
        int count = lab.settings().number("rows", 10_000);
        int bytes = lab.settings().number("bytes", 1_000);
        Benchmark run = lab.db().benchmarks().create(NewBenchmark.of("bulk", "openai", "gpt-4", "mmlu", count));
        Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            answers.add(new Answer(
                    run.id(),
                    words(random, bytes),
                    words(random, bytes),
                    random.nextDouble(),
                    random.nextInt(2_000),
                    BigDecimal.valueOf(random.nextInt(100_000), 6)));
        }
        answers.forEach(answer -> rows.add(answer.asNew()));
        lab.report().progress("bulk.evaluations, rows a second");
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> rate(() -> lab.db().evaluations().createAll(rows)))
                .side("raw-copy", () -> rate(this::copyByHand))
                .side("one-by-one", () -> rate(() -> rows.forEach(lab.db().evaluations()::create)))
                .medians();
        lab.report().values("bulk.evaluations", rates, "rows/s", Map.of("rows", count, "bytes", bytes));
        lab.report().ratio("bulk.evaluations", rates, "evalstore", "raw-copy");
        lab.report().ratio("bulk.evaluations", rates, "evalstore", "one-by-one");
    }

    /** Words of a small vocabulary: text that compresses as prompts do. */
    private static String words(Random random, int bytes) {
        StringBuilder text = new StringBuilder();
        while (text.length() < bytes) {
            text.append(Integer.toString(random.nextInt(20_000) + 2_000, 36)).append(' ');
        }
        return text.substring(0, bytes);
    }

    private interface Load {
        void run() throws Exception;
    }

    private double rate(Load load) throws Exception {
        lab.execute("truncate evalstore.evaluations, evalstore.evaluation_feedback", "checkpoint");
        long start = System.nanoTime();
        load.run();
        return rows.size() / ((System.nanoTime() - start) / 1e9);
    }

    private void copyByHand() throws SQLException, IOException {
        try (Connection connection = lab.pool().getConnection()) {
            DataOutputStream out = new DataOutputStream(
                    new PGCopyOutputStream(connection.unwrap(PGConnection.class), COPY, 64 * 1024));
            out.write(HEADER);
            for (Answer row : answers) {
                out.writeShort(12);
                uuid(out, Ids.next());
                uuid(out, row.run());
                text(out, "openai");
                text(out, "gpt-4");
                text(out, row.input());
                text(out, row.output());
                out.writeInt(3);
                out.writeByte(1);
                out.writeBytes("{}");
                out.writeInt(8);
                out.writeDouble(row.score());
                integer(out, row.latencyMs());
                integer(out, 250);
                integer(out, 250);
                millionths(out, row.costUsd());
            }
            out.writeShort(-1);
            out.close();
        }
    }

    private static void uuid(DataOutputStream out, UUID value) throws IOException {
        out.writeInt(16);
        out.writeLong(value.getMostSignificantBits());
        out.writeLong(value.getLeastSignificantBits());
    }

    private static void text(DataOutputStream out, String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void integer(DataOutputStream out, int value) throws IOException {
        out.writeInt(4);
        out.writeInt(value);
    }

    /** A numeric below one with six decimals: two base-10,000 digits after the point. */
    private static void millionths(DataOutputStream out, BigDecimal value) throws IOException {
        int units = value.movePointRight(8).intValueExact();
        out.writeInt(12);
        out.writeShort(2);
        out.writeShort(-1);
        out.writeShort(0);
        out.writeShort(6);
        out.writeShort(units / 10_000);
        out.writeShort(units % 10_000);
    }
}
