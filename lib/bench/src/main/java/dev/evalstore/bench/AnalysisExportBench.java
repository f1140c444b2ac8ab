package dev.evalstore.bench;

import dev.evalstore.Database;
import dev.evalstore.DatabaseOptions;
import dev.evalstore.analysis.export.EvaluationExport;
import dev.evalstore.analysis.export.ExportFormat;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.EvaluationOrder;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.postgresql.PGConnection;

/**
 * {@code analysis.export}: {@code rows} (1,000,000) evaluations to CSV, and the same columns of the same table by {@code COPY …
 * TO STDOUT (format csv)} through the driver, which sorts nothing. JSON and NDJSON stand beside them.
 */
final class AnalysisExportBench {
    private static final EvaluationExport EXPORT = EvaluationExport.of(EvaluationFilter.ALL)
            .order(EvaluationOrder.OLDEST)
            .metrics()
            .metadata();

    private static final String COPY = "copy evalstore.evaluations (id, benchmark_id, experiment_id, model_version_id,"
            + " provider, model, item_key, repeat, input, output, expected, score, latency_ms, input_tokens, output_tokens,"
            + " cost_usd, rating, judge_scores, criteria, evaluator_version, created_by, created_at, metrics, metadata)"
            + " to stdout (format csv, header)";

    private AnalysisExportBench() {}

    static void run(Lab lab) throws Exception {
        int rows = lab.settings().number("rows", 1_000_000);
        lab.report().progress("making " + rows + " evaluations");
        lab.execute(
                "truncate evalstore.evaluations, evalstore.evaluation_feedback",
                "insert into evalstore.evaluations (provider, model, input, output, expected, metrics, score, latency_ms,"
                        + " input_tokens, output_tokens, cost_usd, metadata, item_key, created_at)"
                        + " select 'openai', 'gpt-4', repeat('question ', 20) || i, repeat('answer ', 20) || i, 'answer ' || i,"
                        + " jsonb_build_object('exact', i % 2, 'f1', random()), random(), (random() * 2000)::int, 120, 80,"
                        + " 0.0042, '{\"seed\": 42}', 'question-' || i, '2026-01-01Z'::timestamptz + i * interval '1 second'"
                        + " from generate_series(1, " + rows + ") i",
                "vacuum (freeze, analyze) evalstore.evaluations",
                "checkpoint");
        lab.report().progress("analysis.export, rows a second");
        Database db = Database.using(lab.pool(), DatabaseOptions.DEFAULT.slowStatement(null));
        Map<String, Double> rates = new Rounds(lab)
                .side("evalstore", () -> rate(db, rows, ExportFormat.CSV))
                .side("evalstore JSON", () -> rate(db, rows, ExportFormat.JSON))
                .side("evalstore NDJSON", () -> rate(db, rows, ExportFormat.NDJSON))
                .side("raw-copy", () -> copied(lab, rows))
                .medians();
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("rows", rows);
        params.put("rounds", lab.rounds());
        lab.report().values("analysis.export", rates, "rows/s", params);
        lab.report().ratio("analysis.export", rates, "evalstore", "raw-copy");
    }

    private static double rate(Database db, int rows, ExportFormat format) throws IOException {
        Counted out = new Counted();
        long start = System.nanoTime();
        long written = EXPORT.toStream(db, out, format).rows();
        double seconds = TrackingBench.seconds(start);
        return checked(rows, written, out) / seconds;
    }

    private static double copied(Lab lab, int rows) throws SQLException, IOException {
        try (Connection connection = lab.pool().getConnection()) {
            Counted out = new Counted();
            long start = System.nanoTime();
            long copied = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(COPY, out);
            double seconds = TrackingBench.seconds(start);
            return checked(rows, copied, out) / seconds;
        }
    }

    private static long checked(long rows, long written, Counted out) {
        if (written != rows || out.bytes < 300 * rows) {
            throw new IllegalStateException(written + " of " + rows + " rows in " + out.bytes + " bytes");
        }
        return written;
    }

    /** Takes everything and keeps how much it was. */
    private static final class Counted extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] given, int offset, int length) {
            bytes += length;
        }
    }
}
