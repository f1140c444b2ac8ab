package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueTourTest {
    @Test
    void shows_what_each_verb_did() {
        Printed printed = new Printed();
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url())
                        .schema("queue_tour")
                        .build())) {
            db.migrate();
            new QueueTour(db, printed.stream()).run();
        }
        List<String> lines = printed.lines();
        assertThat(lines).anyMatch(line -> line.matches("create and claim +.*\\[urgent, usual]"));
        assertThat(lines).anyMatch(line -> line.matches("fail +pending again after attempt 1: HTTP 500"));
        assertThat(lines).anyMatch(line -> line.matches("fail +no retries left: failed"));
        assertThat(lines).filteredOn(line -> line.startsWith("attempts")).hasSize(3);
        assertThat(lines).anyMatch(line -> line.matches("fence +a late completion is refused, the job is pending"));
        assertThat(lines).anyMatch(line -> line.matches("unique key +created: true, created again: false"));
        assertThat(lines).anyMatch(line -> line.matches("why not running +no live worker serves .* \\[gpu]"));
        assertThat(lines).anyMatch(line -> line.matches("why not running +queue default is paused"));
    }
}
