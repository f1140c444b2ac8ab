package dev.evalstore.analysis.export;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.benchmark.Evaluation;
import dev.evalstore.benchmark.EvaluationFilter;
import dev.evalstore.benchmark.EvaluationOrder;
import dev.evalstore.benchmark.NewEvaluation;
import dev.evalstore.testing.LocalServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.QuoteMode;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server with evaluations, and readers of each format that share no line with the writers. */
final class ExportWorld implements AutoCloseable {
    /** What a careless writer or a spreadsheet would change. */
    static final List<String> HOSTILE = List.of(
            "plain",
            "a \"quoted\" word",
            "\"",
            "one, two; three",
            "line\r\nbreak",
            "line\nbreak",
            "ends with\r",
            "=HYPERLINK(\"http://example.org\",\"click\")",
            "+1",
            "-1",
            "@SUM(A1:A9)",
            "\ttab first",
            "\r\n=1",
            "\n=1",
            "\uFF1D1+1",
            "'=1",
            "''=1",
            "'tis",
            "'",
            "# no comment",
            "",
            " ",
            " =1 ",
            "\uFEFFmarked",
            "NULL",
            "\\N",
            "\u0141\u00f3d\u017a \u03bb \u0416 \u6f22 \uD83D\uDE00 \u2028",
            "</script>/");

    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    final LocalServer server = LocalServer.start();
    final Database db = open(server.url());

    static Database open(String url) {
        Database db = Database.open(DatabaseConfig.builder(url).build());
        db.migrate();
        return db;
    }

    /** Those that have readers here. */
    static Stream<ExportFormat> formats() {
        return Stream.of(ExportFormat.CSV, ExportFormat.JSON, ExportFormat.NDJSON);
    }

    @Override
    public void close() {
        db.close();
        server.close();
    }

    void execute(String sql) {
        DatabaseConfig config = DatabaseConfig.builder(server.url()).build();
        try (Connection connection = DriverManager.getConnection(config.url(), config.user(), config.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void empty() {
        execute("truncate evalstore.evaluations, evalstore.evaluation_feedback");
    }

    /** So many rows of a line each. */
    void fill(int rows) {
        execute(
                "insert into evalstore.evaluations (provider, model, input, output, metrics, score, latency_ms, metadata)"
                        + " select 'openai', 'gpt-4', repeat('question ', 20) || i, repeat('answer, ', 20) || i,"
                        + " jsonb_build_object('exact', i % 2, 'f1', 1.0 / i), 1.0 / i, i % 2000, '{\"seed\": 1}'"
                        + " from generate_series(1, " + rows + ") i");
    }

    /** A row for each hostile text, with gaps and ties in all that can be ordered by. */
    List<Evaluation> addHostile() {
        List<NewEvaluation> rows = new ArrayList<>();
        for (int i = 0; i < HOSTILE.size(); i++) {
            String text = HOSTILE.get(i);
            NewEvaluation row =
                    NewEvaluation.of("acme", "adder", text, text).metrics(Json.of(Map.of("f1", i / 8.0, "note", text)));
            row = i % 3 == 0 ? row : row.expected(text).score((i % 5 - 2) / 4.0).latencyMs(i % 4);
            rows.add(
                    i % 4 == 0
                            ? row
                            : row.usage(i, 2, BigDecimal.valueOf(i % 6, 9)).metadata(Json.of(Map.of("n", text))));
        }
        db.evaluations().createAll(rows);
        return all(EvaluationFilter.ALL, EvaluationOrder.NEWEST);
    }

    List<Evaluation> all(EvaluationFilter filter, EvaluationOrder order) {
        List<Evaluation> rows = new ArrayList<>();
        db.evaluations().stream(filter, order, Long.MAX_VALUE, rows::add);
        return rows;
    }

    UUID only() {
        return db.evaluations().list(EvaluationFilter.ALL, 1).items().get(0).id();
    }

    byte[] bytes(Export<?> export, ExportFormat format) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            export.toStream(db, out, format);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    String text(Export<?> export, ExportFormat format) {
        return new String(bytes(export, format), StandardCharsets.UTF_8);
    }

    /** The rows as cells by column, whatever the format: texts, null, and in JSON what is no text as its JSON. */
    List<Map<String, String>> read(Export<?> export, ExportFormat format) {
        return read(bytes(export, format), format);
    }

    static List<Map<String, String>> read(byte[] bytes, ExportFormat format) {
        return switch (format.toString()) {
            case "CSV" -> readCsv(bytes);
            case "JSON" -> objects(MAPPER.readTree(bytes));
            default -> readLines(bytes);
        };
    }

    /** By Apache Commons CSV. A cell that is not quoted and empty is null; the last line is a comment. */
    private static List<Map<String, String>> readCsv(byte[] bytes) {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setNullString("")
                .setQuoteMode(QuoteMode.ALL_NON_NULL)
                .setCommentMarker('#')
                .get();
        List<Map<String, String>> rows = new ArrayList<>();
        try (CSVParser parser = CSVParser.builder()
                .setReader(new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8))
                .setFormat(format)
                .get()) {
            List<String> names = parser.getHeaderNames();
            for (CSVRecord row : parser) {
                if (!row.isConsistent()) {
                    throw new IllegalStateException("a row has " + row.size() + " cells");
                }
                Map<String, String> cells = new LinkedHashMap<>();
                names.forEach(name -> cells.put(name, row.get(name)));
                rows.add(cells);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    private static List<Map<String, String>> objects(JsonNode array) {
        List<Map<String, String>> rows = new ArrayList<>();
        array.forEach(row -> rows.add(cells(row)));
        return rows;
    }

    private static List<Map<String, String>> readLines(byte[] bytes) {
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
            JsonNode row = MAPPER.readTree(line);
            if (!row.has("end")) {
                rows.add(cells(row));
            }
        }
        return rows;
    }

    private static Map<String, String> cells(JsonNode row) {
        Map<String, String> cells = new LinkedHashMap<>();
        row.properties()
                .forEach(cell -> cells.put(
                        cell.getKey(),
                        cell.getValue().isNull()
                                ? null
                                : cell.getValue().isString()
                                        ? cell.getValue().asString()
                                        : cell.getValue().toString()));
        return cells;
    }
}
