package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TrackingTourTest {
    private static LocalServer server;

    private final Printed printed = new Printed();

    @BeforeAll
    static void startServer() {
        server = LocalServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void tells_its_story_in_a_few_aligned_lines() {
        try (Database db = Database.open(
                DatabaseConfig.builder(server.url()).schema("tracking").build())) {
            db.migrate();
            new TrackingTour(db, printed.stream()).run();
        }

        assertThat(printed.lines())
                .filteredOn(line -> !line.isEmpty())
                .containsExactly(
                        "dataset        sums 1.0.0, JSONL, 3 samples",
                        "log            sent twice, stored once: 10 points, last 0.75 at step 9, from 0.3 to 0.75",
                        "log            another seed is refused, and its batch with it: f1 is null",
                        "log            unless the batch overwrites: seed 43",
                        "complete       quick: COMPLETED, 150000 tokens, 1.5 US dollars",
                        "complete       no results on a FAILED one: results null, cost 0",
                        "search         metrics.accuracy > 0.5 and (params.rate >= 0.1 or tags.team in ('arithmetic', 'algebra'))",
                        "               by metrics.accuracy desc: [quick, slow]",
                        "search         not metrics.accuracy > 0.8",
                        "               by name: [slow, wild]",
                        "search         params.optimizer = 'adam'",
                        "               by metrics.loss: [quick, slow, wild]",
                        "search         metrics.loss is nan or status = 'failed'",
                        "               by name: [wild]",
                        "search         an error is at position 19",
                        "compare        params [rate, seed], metrics [accuracy, f1, loss]",
                        "history        1000 points in at most 40, and the peak is there: 9.5 at step 777",
                        "feedback       2, mean 4.5, stars [0, 0, 0, 1, 1]; the evaluation's rating is 4.5",
                        "feedback       99 stars are refused",
                        "evaluations    rated 4 or better: 1; of no experiment at all: 0",
                        "costs          3 times 0.1 is 0.3 US dollars",
                        "analytics      acme/adder: 2 answers, mean score 0.5, median latency 100.0 ms",
                        "summary        2 params, 2 metrics with 1001 points, 2 evaluations, 2 feedback",
                        "archive        an archived experiment takes no log",
                        "delete         gone: true",
                        "events         created, started, completed, archived, restored, deleted");
    }
}
