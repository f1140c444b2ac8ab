package dev.evalstore.examples;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.account.NewUser;
import dev.evalstore.analysis.export.EvaluationExport;
import dev.evalstore.analysis.export.ExportFormat;
import dev.evalstore.analysis.export.ExportSummary;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.EvaluationOrder;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.testing.LocalServer;
import dev.evalstore.tracking.ExperimentKind;
import dev.evalstore.tracking.NewExperiment;
import dev.evalstore.tracking.NewFeedback;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * The answers of an experiment as CSV, JSON and NDJSON in a folder: a cell that a spreadsheet would run, the best three, what
 * people said of them; then an export that breaks off, and how that shows.
 */
public final class ExportEvaluations {
    private static final int QUESTIONS = 200;

    private final Database db;
    private final PrintStream out;

    ExportEvaluations(Database db, PrintStream out) {
        this.db = db;
        this.out = out;
    }

    /** Takes the folder, which must exist; {@code EVALSTORE_URL} names a server of your own. */
    public static void main(String[] args) throws IOException {
        Usage.require(
                args.length == 1 && Files.isDirectory(Path.of(args[0])),
                "ExportEvaluations <folder in which evaluations.csv, .json and .ndjson are written>");
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            new ExportEvaluations(db, System.out).run(Path.of(args[0]));
        }
    }

    void run(Path folder) throws IOException {
        EvaluationExport answers = EvaluationExport.of(EvaluationFilter.ALL.experiment(experiment()));
        Path csv = folder.resolve("evaluations.csv");
        ExportSummary all = answers.order(EvaluationOrder.OLDEST).metrics("f1").toFile(db, csv, ExportFormat.CSV);
        say("csv", "%d rows, %d lines", all.rows(), Files.readAllLines(csv).size());

        ExportSummary best = answers.order(EvaluationOrder.HIGHEST_SCORE)
                .columns("item_key", "output", "score")
                .maximum(3)
                .toFile(db, folder.resolve("best.csv"), ExportFormat.CSV);
        Files.readAllLines(folder.resolve("best.csv")).forEach(line -> say("best", "%s", line));
        say("best", "%d rows; the maximum left out others: %s", best.rows(), best.cut());

        EvaluationExport said =
                answers.order(EvaluationOrder.BEST_RATED).metadata().feedback();
        ExportSummary json = said.toFile(db, folder.resolve("evaluations.json"), ExportFormat.JSON);
        ExportSummary lines = said.toFile(db, folder.resolve("evaluations.ndjson"), ExportFormat.NDJSON);
        say("json", "%d rows in one array, %d in a line each", json.rows(), lines.rows());

        say("stream", "as %s, its last line says that it is whole:", ExportFormat.NDJSON.mediaType());
        answers.columns("score").maximum(1).toStream(db, out, ExportFormat.NDJSON);
        breakOff(answers);
    }

    private UUID experiment() {
        UUID id = db.tracking()
                .experiments()
                .create(NewExperiment.of("sums", ExperimentKind.EVALUATION).project("sums"))
                .id();
        List<NewEvaluation> answers = new ArrayList<>();
        for (int i = 0; i < QUESTIONS; i++) {
            String answer = i == 7 ? "=HYPERLINK(\"http://example.org\", \"42\")" : Integer.toString(2 * i);
            answers.add(NewEvaluation.of("acme", "adder", "What is " + i + " + " + i + "?", answer)
                    .experiment(id)
                    .item("sum-" + i)
                    .score(i == 7 ? 1 : 1.0 / (2 + i))
                    .usage(9, 1, new BigDecimal("0.00012"))
                    .metrics(Json.of(Map.of("f1", i / (double) QUESTIONS)))
                    .metadata(Json.of(Map.of("seed", i))));
        }
        List<UUID> stored = db.evaluations().createAll(answers);
        UUID ada = db.users().create(NewUser.of("ada@example.org", "ada")).id();
        db.tracking()
                .feedback()
                .give(NewFeedback.of(stored.get(0)).user(ada).rating(5).comment("Right, and short."));
        return id;
    }

    /** A reader that hangs up: what it has lacks the last line, so it can tell. */
    private void breakOff(EvaluationExport answers) {
        Impatient reader = new Impatient();
        try {
            answers.toStream(db, reader, ExportFormat.CSV);
        } catch (IOException e) {
            List<String> lines = reader.text().lines().toList();
            say(
                    "broken off",
                    "%s after %d lines; the last one says that it is whole: %s",
                    String.valueOf(e.getMessage()),
                    lines.size(),
                    lines.get(lines.size() - 1).startsWith("# end of export"));
        }
    }

    private void say(String what, String text, Object... values) {
        out.printf(Locale.ROOT, "%-12s %s%n", what, String.format(Locale.ROOT, text, values));
    }

    /** Takes 10,000 bytes and no more. */
    private static final class Impatient extends OutputStream {
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            if (taken.size() == 10_000) {
                throw new IOException("the reader hung up");
            }
            taken.write(b);
        }

        String text() {
            return taken.toString(StandardCharsets.UTF_8);
        }
    }
}
