package dev.evalstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatrixDrainTest {
    @Test
    void each_configuration_ends_with_one_result_although_processes_are_killed() throws Exception {
        try (LocalServer server = LocalServer.start();
                Database db = Database.open(
                        DatabaseConfig.builder(server.url()).schema("drain").build())) {
            db.migrate();
            Printed printed = new Printed();
            assertThat(new MatrixDrain(server, db, "drain", printed.stream()).run(List.of(1, 16), List.of(1024)))
                    .isTrue();
            assertThat(printed.lines())
                    .contains("270 configurations of Llama-3.1-8B; left out, since it needs more memory: [g4dn.xlarge]")
                    .anyMatch(line -> line.startsWith("270 configurations, 270 completed, 270 results; "));
            db.revertTo(0);
        }
    }
}
