package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateTourTest {
    @Test
    void shows_what_each_operation_did() throws Exception {
        Printed printed = new Printed();
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url())
                        .schema("state_tour")
                        .build())) {
            db.migrate();
            new StateTour(db, printed.stream()).run();
        }
        List<String> lines = printed.lines();
        assertThat(lines)
                .contains(
                        "get          run/2/offset = 17",
                        "list         run/1/ has [run/1/model, run/1/offset]",
                        "metadata     ada's: [run/1/model]",
                        "count        4 entries, 2 of run 2",
                        "increment    hits = 41, then 42",
                        "compare      with the version read: true; with the same one again: false",
                        "if absent    refused: the key has an entry in state namespace tour",
                        "expiry       the session is gone; the sweeper frees 1 entry",
                        "persist      it expires never",
                        "restore      2 keys; run/1/offset = 1",
                        "measure      6 entries in it",
                        "lock         held by guide; a second one gets it: false");
        assertThat(lines).filteredOn(line -> line.startsWith("diff ")).hasSize(2);
        assertThat(lines)
                .anyMatch(line -> line.matches("clean up +1 checkpoint forgotten, [1-9]\\d* rows of history freed"));
        assertThat(lines).anyMatch(line -> line.matches("watch +[1-9]\\d+ changes so far; .*"));
        assertThat(lines).anyMatch(line -> line.matches("export +6 entries in \\d+ bytes; imported 6"));
        assertThat(lines).anyMatch(line -> line.matches("fence +.*, and nothing was stored: true"));
        assertThat(lines).anyMatch(line -> line.endsWith("healthy: true"));
    }
}
