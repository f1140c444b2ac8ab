package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportEvaluationsTest {
    private static LocalServer server;

    private final Printed printed = new Printed();

    @TempDir
    private Path folder;

    @BeforeAll
    static void startServer() {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void writes_the_answers_in_each_format_and_shows_what_breaks_off() throws Exception {
        try (Database db = Database.open(
                DatabaseConfig.builder(server.url()).schema("exports").build())) {
            db.migrate();
            new ExportEvaluations(db, printed.stream()).run(folder);
        }

        assertThat(printed.lines())
                .filteredOn(line -> !line.isEmpty())
                .map(line -> line.replaceFirst("after [0-9]+ lines", "after some lines"))
                .containsExactly(
                        "csv          200 rows, 201 lines",
                        "best         item_key,output,score",
                        "best         sum-7,\"'=HYPERLINK(\"\"http://example.org\"\", \"\"42\"\")\",1",
                        "best         sum-0,0,0.5",
                        "best         sum-1,2,0.3333333333333333",
                        "best         3 rows; the maximum left out others: true",
                        "json         200 rows in one array, 200 in a line each",
                        "stream       as application/x-ndjson, its last line says that it is whole:",
                        "{\"score\":0.004975124378109453}",
                        "{\"end\":{\"rows\":1,\"cut\":true}}",
                        "broken off   the reader hung up after some lines; the last one says that it is whole: false");
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("best.csv", "evaluations.csv", "evaluations.json", "evaluations.ndjson");
        assertThat(Files.readString(folder.resolve("evaluations.ndjson")))
                .contains("\"metadata\":{\"seed\": 0},\"feedback\":[{\"user_id\":\"")
                .contains("\"rating\":5,\"thumbs\":null,\"comment\":\"Right, and short.\"");
    }
}
