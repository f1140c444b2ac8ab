package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuickStartTest {
    @Test
    void tells_its_story_in_a_few_aligned_lines() throws Exception {
        Printed printed = new Printed();
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url())
                        .schema("quick_start")
                        .build())) {
            new QuickStart(db, printed.stream()).run();

            List<String> lines = printed.lines();
            assertThat(lines).anyMatch(line -> line.matches("migrate +\\d+ migration\\(s\\) applied .* finds 0 to do"));
            assertThat(lines).anyMatch(line -> line.matches("create and start +run [0-9a-f-]{36} is running.*"));
            assertThat(lines).anyMatch(line -> line.matches("evaluations in batch +200 stored.*"));
            assertThat(lines).anyMatch(line -> line.matches("enqueue +200 jobs by one call"));
            assertThat(lines).anyMatch(line -> line.matches("progress +400 of 400 answered.*"));
            assertThat(lines).anyMatch(line -> line.matches("pages +400 rows on 3 pages.*"));
            assertThat(lines)
                    .anyMatch(line -> line.matches("summary +mean score 0\\.\\d{3}, .*144,800 tokens, 1\\.69 USD"));
            assertThat(lines)
                    .anyMatch(
                            line -> line.matches("complete +the run is completed, metrics \\{\"accuracy\":0\\.\\d+}"));
            assertThat(lines)
                    .filteredOn(line -> !line.isEmpty())
                    .allMatch(line -> line.charAt(22) == ' ' && line.charAt(23) != ' ');
        }
    }
}
