package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventTourTest {
    @Test
    void delivers_in_order_retries_parks_and_sends_a_signed_webhook() throws Exception {
        List<String> lines;
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(DatabaseConfig.builder(server.url())
                        .schema("event_tour")
                        .build())) {
            db.migrate();
            lines = run(db);
            // A second run has subscriptions and orders of its own.
            assertThat(run(db)).isEqualTo(lines);
        }
        assertThat(lines)
                .containsSubsequence(
                        "in order           order a: [order.placed, order.paid, order.shipped], and 3 in the ledger",
                        "in order           order b: [order.placed, order.cancelled], and 2 in the ledger",
                        "retry              attempt 1 failed",
                        "retry              attempt 2 failed",
                        "retry              attempt 3 delivered",
                        "bill               order a: order.placed",
                        "bill               order a: order.paid",
                        "bill               order a: order.shipped",
                        "parked             order.placed: no such customer",
                        "parked             order.cancelled: waits behind it",
                        "retry parked       2 events",
                        "bill               order b: order.placed",
                        "bill               order b: order.cancelled",
                        "webhook            signature verified: order.shipped",
                        "correlation        5 events led from one cause",
                        "lag                0 events behind, 0 parked");
    }

    private static List<String> run(Database db) throws Exception {
        Printed printed = new Printed();
        new EventTour(db, printed.stream()).run();
        return printed.lines();
    }
}
