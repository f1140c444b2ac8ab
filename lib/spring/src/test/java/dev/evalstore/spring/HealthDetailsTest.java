package dev.evalstore.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import org.junit.jupiter.api.Test;

class HealthDetailsTest {
    @Test
    void of_a_server_that_is_down_nothing_is_said_that_was_not_measured() {
        LocalServer server = LocalServer.start();
        assumeTrue(server.isEmbedded(), "SKIPPED: only a server of the test's own can be stopped");
        try (Database db = Database.open(
                DatabaseConfig.builder(server.url()).minimumIdle(0).build())) {
            assertThat(HealthDetails.of(db).details()).containsKeys("server", "primary", "schemaVersion");
            server.close();
            HealthDetails down = HealthDetails.of(db);
            assertThat(down.isUp()).isFalse();
            assertThat(down.details()).containsOnlyKeys("problem", "libraryVersion", "roundTripMillis");
        }
    }
}
