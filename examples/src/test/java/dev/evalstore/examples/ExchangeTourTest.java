package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExchangeTourTest {
    private static LocalServer server;
    private static int schemas;

    private final Printed printed = new Printed();

    @BeforeAll
    static void startServer() {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    /** 87 tasks without examples, 65 of them with five, as in the real results. */
    @Test
    void tells_its_story_in_a_few_aligned_lines(@TempDir Path folder) throws Exception {
        write(folder, "tiny-1b", 87, 0, 0.25);
        write(folder, "tiny-1b", 65, 5, 0.25);
        write(folder, "large-9b", 87, 0, 0.5);
        write(folder, "large-9b", 65, 5, 1);
        Files.writeString(folder.resolve("broken.json"), "{");

        assertThat(run(folder)).isTrue();

        List<String> lines = printed.lines();
        assertThat(lines.get(0)).startsWith("skipped broken.json: it is not JSON");
        assertThat(lines)
                .contains(
                        "organization           North Lab; its only owner, ada, cannot leave",
                        "organization           Model Works; its only owner, bo, cannot leave",
                        "invitation             bo is a member of 2 organizations; redeemed and joined in one commit",
                        "draft                  1.0.0-rc.1, 174 test cases of 87 tasks, [0, 5] solved examples; one commit",
                        "difficulty             65 easy, 22 medium, 87 hard",
                        "release                1.0.0 with the cases of its parent, 174",
                        "render                 Task task_10, 0 solved examples before it. / Which is the largest? / Answer:",
                        "search                 under review it is not found: 0",
                        "active                 1.0.0 is closed: its cases change no more",
                        "versions               [1.1.0, 1.0.0, 1.0.0-rc.1]; the latest is 1.1.0",
                        "search                 \"pyth\" finds [Pythia suite, Answer forms]",
                        "search                 \"mult choi\" finds [Pythia suite]",
                        // 87 × 0.5 and 65 × 1, by 174
                        "aggregate              62.36 % by large-9b, which has a score in 152 of 174 cases",
                        "password reset         with the secret mailed: true, with the same again: false",
                        "log in                 old password false, new password true",
                        "audit                  [activate by ada, submit_for_review by ada, create by ada]");
        assertThat(lines).noneMatch(line -> line.contains("evt_"));
        assertThat(lines)
                .filteredOn(line -> line.matches("[a-z ]{22} .+ passes, .+ fails"))
                .hasSize(AnswerForm.ALL.size());
        assertThat(lines)
                .filteredOn(line -> !line.isEmpty() && !line.startsWith("skipped"))
                .hasSize(27)
                .allMatch(line -> line.charAt(22) == ' ' && line.charAt(23) != ' ' && line.length() <= 110);
    }

    @Test
    void a_folder_without_a_result_file_is_a_failure_that_says_so(@TempDir Path folder) throws Exception {
        assertThat(run(folder)).isFalse();

        assertThat(printed.lines()).contains("no result file in " + folder);
    }

    @Test
    void the_tasks_of_the_real_results_are_174_cases() throws Exception {
        String data = System.getProperty("evalstore.data", System.getenv("EVALSTORE_DATA"));
        if (data == null) {
            System.err.println(
                    "SKIPPED: the exchange of real results; set EVALSTORE_DATA to the folder that holds them");
        }
        assumeTrue(data != null, "EVALSTORE_DATA names the folder of real results");

        assertThat(run(Path.of(data, "lm-eval-pythia", "final"))).isTrue();

        assertThat(printed.lines())
                .contains(
                        "draft                  1.0.0-rc.1, 174 test cases of 87 tasks, [0, 5] solved examples; one commit");
    }

    private boolean run(Path folder) throws IOException {
        try (Database db = Database.open(DatabaseConfig.builder(server.url())
                .schema("exchange_" + ++schemas)
                .build())) {
            db.migrate();
            return new ExchangeTour(db, printed.stream()).run(folder);
        }
    }

    private static void write(Path folder, String model, int tasks, int shots, double accuracy) throws IOException {
        String results = IntStream.range(10, 10 + tasks)
                .mapToObj(task -> "\"task_" + task + "\": {\"acc\": " + accuracy + "}")
                .collect(Collectors.joining(", "));
        Files.writeString(
                folder.resolve(model + "_" + shots + ".json"),
                "{\"results\": {" + results + "}, \"config\": {\"model_args\": \"pretrained=acme/" + model
                        + "\", \"num_fewshot\": " + shots + "}}");
    }
}
