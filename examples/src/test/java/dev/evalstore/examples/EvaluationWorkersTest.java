package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationWorkersTest {
    private static final int TASKS = 150;

    @TempDir
    Path folder;

    private void write(String model, int shots) throws IOException {
        StringJoiner results = new StringJoiner(",");
        StringJoiner versions = new StringJoiner(",");
        for (int i = 0; i < TASKS; i++) {
            results.add("\"task-" + i + "\":{\"acc\":0." + (100 + i) + ",\"acc_stderr\":0.01}");
            versions.add("\"task-" + i + "\":0");
        }
        Files.writeString(
                folder.resolve(model + "-" + shots + ".json"),
                "{\"results\":{" + results + "},\"versions\":{" + versions
                        + "},\"config\":{\"model_args\":\"pretrained=maker/" + model + "\",\"num_fewshot\":" + shots
                        + "}}");
    }

    @Test
    void a_killed_worker_leaves_exactly_one_evaluation_a_job() throws Exception {
        write("small", 0);
        write("small", 5);
        Files.writeString(folder.resolve("broken.json"), "{");
        Printed printed = new Printed();
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url()).build())) {
            db.migrate();
            assertThat(new EvaluationWorkers(db, server.url(), folder, printed.stream()).run())
                    .isTrue();
        }
        assertThat(printed.lines()).anyMatch(line -> line.startsWith("broken.json is not JSON"));
        assertThat(printed.lines()).anyMatch(line -> line.startsWith("the few-shot worker was killed"));
        assertThat(printed.lines()).contains("300 jobs, 300 evaluations of 300 different jobs: exactly one each");
    }
}
